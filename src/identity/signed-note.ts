/** Signed notes (C2SP signed-note), as transparency logs use them. */
import { createHash } from 'node:crypto';
import { decodeBase64 } from '../domain/encoding/base64.ts';
import { CaroError } from '../domain/errors.ts';

/** Signature types of the specification. */
export const NOTE_TYPES = { ed25519: 0x01, cosignature: 0x04 } as const;
export type NoteType = keyof typeof NOTE_TYPES;

/** A key under a name, for one type of signature. */
export interface NoteKey {
  readonly name: string;
  readonly type: NoteType;
  /** 32 bytes, Ed25519. */
  readonly publicKey: Uint8Array;
}

export interface NoteSignature {
  readonly name: string;
  /** 4 bytes. */
  readonly keyId: Uint8Array;
  readonly signature: Uint8Array;
}

export interface Note {
  /** With the final newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

const NAME = /^[^\s+]+$/u;
const SIGNATURE_LINE = /^— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/u;
/** The specification asks for at least 16. */
const MAX_SIGNATURES = 64;
/** Other than a newline. */
const hasControl = (text: string): boolean => Buffer.from(text).some((byte) => byte < 0x20 && byte !== 0x0a);

/** The first four bytes of SHA-256 over name, newline, type and key. */
export const noteKeyId = ({ name, type, publicKey }: NoteKey): Buffer =>
  createHash('sha256')
    .update(`${name}\n`)
    .update(Uint8Array.of(NOTE_TYPES[type]))
    .update(publicKey)
    .digest()
    .subarray(0, 4);

/** The verifier key, as other programs are configured with it: `NAME+KEY_ID+BASE64`. */
export function verifierKey(key: NoteKey): string {
  const material = Buffer.concat([Uint8Array.of(NOTE_TYPES[key.type]), key.publicKey]);
  return `${key.name}+${noteKeyId(key).toString('hex')}+${material.toString('base64')}`;
}

/** A signature of this key, to be put under a note. */
export const noteSignature = (key: NoteKey, signature: Uint8Array): NoteSignature => ({
  name: key.name,
  keyId: noteKeyId(key),
  signature,
});

/** The signature of this key, if the note has one. It MUST be verified; others are ignored. */
export function signatureOf({ signatures }: Note, key: NoteKey): Uint8Array | undefined {
  const keyId = noteKeyId(key);
  return signatures.find(({ name, keyId: id }) => name === key.name && keyId.equals(id))?.signature;
}

export function encodeNote({ text, signatures }: Note): string {
  const lines = signatures.map(
    ({ name, keyId, signature }) => `— ${name} ${Buffer.concat([keyId, signature]).toString('base64')}\n`,
  );
  return `${text}\n${lines.join('')}`;
}

/** @throws CaroError `tlog_malformed` */
export function decodeNote(encoded: string): Note {
  const end = encoded.lastIndexOf('\n\n');
  const text = encoded.slice(0, end + 1);
  const lines = encoded.slice(end + 2).split('\n');
  if (end < 0 || hasControl(encoded) || lines.pop() !== '' || lines.length === 0 || lines.length > MAX_SIGNATURES)
    throw malformed('expected a text, an empty line and signature lines');
  return { text, signatures: lines.map(decodeSignature) };
}

function decodeSignature(line: string): NoteSignature {
  const [, name = '', base64 = ''] = SIGNATURE_LINE.exec(line) ?? [];
  const bytes = decodeBase64(base64);
  if (!NAME.test(name) || bytes === undefined || bytes.length < 5)
    throw malformed('expected a signature line: an em dash, a key name and base64');
  return { name, keyId: bytes.subarray(0, 4), signature: bytes.subarray(4) };
}

const malformed = (message: string): CaroError => new CaroError('tlog_malformed', `signed note: ${message}`);
