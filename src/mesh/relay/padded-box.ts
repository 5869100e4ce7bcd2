/**
 * What travels over a relay: a signed envelope, padded to steps of 2 KiB and sealed. The box is
 * bound to its subject: a relay that delivers it elsewhere delivers nothing.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { openBox, type SealingKey, sealBox } from '../../blind/sealing.ts';
import { CaroError } from '../../domain/errors.ts';

export const STEP_BYTES = 2_048;
const LENGTH_BYTES = 4;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const INFO = Buffer.from('caro-relay-v1');

export interface BoxFor {
  /** X25519 public key of the recipient. */
  readonly recipient: Uint8Array;
  readonly subject: string;
}

export const sealFor = ({ recipient, subject }: BoxFor, text: string): Uint8Array =>
  sealBox({ recipient, info: INFO, associatedData: Buffer.from(subject), plaintext: pad(text) });

/**
 * @param keys of this node; a leader or trustee has two
 * @throws CaroError `blind_box_invalid`, `message_malformed`
 */
export function openFrom(keys: readonly SealingKey[], subject: string, box: Uint8Array): string {
  let failure: unknown;
  for (const key of keys) {
    try {
      return unpad(openBox({ key, info: INFO, associatedData: Buffer.from(subject), box }));
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/**
 * A question to all members, sealed with the key that all of them have and the relay has not.
 * @param nonce 12 fresh random bytes
 */
export function sealForAll(key: Uint8Array, subject: string, text: string, nonce: Uint8Array): Uint8Array {
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(subject));
  return Buffer.concat([nonce, cipher.update(pad(text)), cipher.final(), cipher.getAuthTag()]);
}

/** @throws CaroError `blind_box_invalid`, `message_malformed` */
export function openForAll(key: Uint8Array, subject: string, box: Uint8Array): string {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, box.subarray(0, NONCE_BYTES))
      .setAAD(Buffer.from(subject))
      .setAuthTag(box.subarray(-TAG_BYTES));
    return unpad(Buffer.concat([decipher.update(box.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]));
  } catch (error) {
    if (error instanceof CaroError) throw error;
    throw new CaroError('blind_box_invalid', 'expected a question to all members, got one with another key');
  }
}

/** Length, text, zeros up to the next step. */
function pad(text: string): Uint8Array {
  const size = Buffer.byteLength(text);
  const padded = Buffer.alloc(Math.ceil((LENGTH_BYTES + size) / STEP_BYTES) * STEP_BYTES);
  padded.writeUInt32BE(size);
  Buffer.from(text).copy(padded, LENGTH_BYTES);
  return padded;
}

/** Only what `pad` makes: another padding could carry something that nobody sees. */
function unpad(padded: Uint8Array): string {
  const bytes = Buffer.from(padded.buffer, padded.byteOffset, padded.length);
  const size = bytes.length < LENGTH_BYTES ? -1 : bytes.readUInt32BE();
  const text = bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + Math.max(size, 0)).toString('utf8');
  if (size < 0 || size > bytes.length - LENGTH_BYTES || !bytes.equals(pad(text)))
    throw new CaroError('message_malformed', `expected a text padded to steps of ${STEP_BYTES} bytes`);
  return text;
}
