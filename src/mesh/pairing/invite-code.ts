import { createHash } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import { base32crockford } from '@scure/base';
import { CaroError } from '../../domain/errors.ts';
import { encodeNodeId, parseNodeId } from '../../domain/identity/node-id.ts';

/**
 * The content of an invite code. It holds the secret, so it MUST NOT be logged, stored or put into
 * an argument list.
 */
export interface InviteCode {
  /** IP address and port at which the inviting node listens. */
  readonly host: string;
  readonly port: number;
  readonly id: string;
  /** 16 bytes. */
  readonly secret: Uint8Array;
}

/** Digits of Crockford's base 32, which has no I, L, O, U. */
const DIGITS = /^[0-9A-HJKMNP-TV-Z]*$/;
const GROUP = 5;
const VERSION = 1;
const KEY_BYTES = 32;
export const SECRET_BYTES = 16;
const CHECK_BYTES = 4;
const ADDRESS_BYTES = { 4: 4, 6: 16 } as const;

/**
 * Text that people paste: groups of 5 base 32 digits, joined by dashes, that encode `version(1)
 * family(1: 4 or 6) address(4 or 16) port(2) public key(32) secret(16) check(4)`. The check is the
 * start of SHA-256 over the bytes before it.
 *
 * @throws RangeError unless `host` is an IP address, `id` a node id and `secret` has 16 bytes
 */
export function encodeInviteCode({ host, port, id, secret }: InviteCode): string {
  const key = parseNodeId(id);
  if (!key) throw new RangeError('expected a node id');
  if (secret.length !== SECRET_BYTES)
    throw new RangeError(`expected a secret of ${SECRET_BYTES} bytes, got ${secret.length}`);
  const address = addressBytes(host);
  const family = address.length === ADDRESS_BYTES[4] ? 4 : 6;
  const content = Buffer.concat([
    Buffer.from([VERSION, family]),
    address,
    Buffer.from([port >> 8, port & 0xff]),
    key,
    secret,
  ]);
  const digits = base32crockford.encode(Buffer.concat([content, check(content)]));
  return digits.match(new RegExp(`.{1,${GROUP}}`, 'g'))?.join('-') ?? '';
}

/**
 * Reads what `encodeInviteCode` writes. Case, dashes and spaces are ignored, O is read as 0, and I
 * and L as 1.
 * @throws CaroError `invite_code_invalid`, whose message does not quote the text
 */
export function decodeInviteCode(text: string): InviteCode {
  const bytes = fromBase32(text.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1'));
  const content = bytes.subarray(0, -CHECK_BYTES);
  if (!check(content).equals(bytes.subarray(-CHECK_BYTES)))
    throw invalid('its check digits do not match; paste the whole code');
  const family = content[1];
  if (content[0] !== VERSION || (family !== 4 && family !== 6)) throw invalid('it has another version');
  const keyAt = 2 + ADDRESS_BYTES[family] + 2;
  if (content.length !== keyAt + KEY_BYTES + SECRET_BYTES) throw invalid('it has another length');
  const port = content.readUInt16BE(keyAt - 2);
  if (port === 0) throw invalid('it has no port');
  const id = encodeNodeId(content.subarray(keyAt, keyAt + KEY_BYTES));
  if (!parseNodeId(id)) throw invalid('it names no key of a node');
  return {
    host: addressText(content.subarray(2, keyAt - 2)),
    port,
    id,
    secret: new Uint8Array(content.subarray(keyAt + KEY_BYTES)),
  };
}

const check = (content: Uint8Array): Buffer => createHash('sha256').update(content).digest().subarray(0, CHECK_BYTES);

function fromBase32(text: string): Buffer {
  if (!DIGITS.test(text)) throw invalid('it contains a character that no code has');
  const bytes = decodedBase32(text);
  if (bytes === undefined || bytes.length <= CHECK_BYTES + 2) throw invalid('it has another length');
  return bytes;
}

/** Undefined unless the digits encode whole bytes. */
function decodedBase32(digits: string): Buffer | undefined {
  try {
    return Buffer.from(base32crockford.decode(digits));
  } catch {
    return undefined;
  }
}

function addressBytes(host: string): Buffer {
  if (isIPv4(host)) return Buffer.from(host.split('.').map(Number));
  if (!isIPv6(host) || host.includes('%')) throw new RangeError('expected an IP address without a zone');
  const groups = new URL(`http://[${host}]/`).hostname.slice(1, -1).split('::');
  const [head = [], tail = []] = groups.map((part) => part.split(':').filter((group) => group !== ''));
  const zeros = Array<string>(8 - head.length - tail.length).fill('0');
  return Buffer.from([...head, ...zeros, ...tail].map((group) => group.padStart(4, '0')).join(''), 'hex');
}

function addressText(bytes: Buffer): string {
  if (bytes.length === ADDRESS_BYTES[4]) return bytes.join('.');
  const groups = bytes.toString('hex').match(/.{4}/g) ?? [];
  return new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1);
}

const invalid = (why: string): CaroError =>
  new CaroError('invite_code_invalid', `expected the code that "caro peers invite" printed on the other node: ${why}`);
