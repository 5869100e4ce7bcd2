/**
 * Credentials of a NATS server (JWT, version 2), signed with OpenSSL. The client's own library
 * would take two hundred times as long for each.
 */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';

const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_BYTES = 12;
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
/** First byte of a public key, which gives its first letter. */
const PREFIXES = { operator: 14 << 3, account: 0, user: 20 << 3 } as const;

export type NatsKind = keyof typeof PREFIXES;

/** A signing key, from its seed of 32 bytes. */
export interface NatsKey {
  /** As NATS spells it: `A…`, `O…`, `U…`. */
  readonly name: string;
  readonly secret: KeyObject;
}

export function natsKey(kind: NatsKind, seed: Uint8Array): NatsKey {
  const secret = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
  const raw = createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(SPKI_BYTES);
  return { name: natsName(kind, raw), secret };
}

/** A public key of 32 bytes as NATS spells it: prefix, key and CRC-16 in base 32. */
export function natsName(kind: NatsKind, publicKey: Uint8Array): string {
  const bytes = [PREFIXES[kind], ...publicKey];
  const sum = crc16(bytes);
  return base32([...bytes, sum & 0xff, sum >> 8]);
}

export interface Claims {
  readonly sub: string;
  readonly name: string;
  readonly nats: Readonly<Record<string, unknown>>;
  /** Seconds since the epoch. */
  readonly exp?: number;
}

/** @param nowS seconds since the epoch */
export function signJwt(signer: NatsKey, { sub, name, nats, exp }: Claims, nowS: number): string {
  const claims = {
    jti: '',
    iat: nowS,
    iss: signer.name,
    name,
    sub,
    nats: { ...nats, version: 2 },
    ...(exp === undefined ? {} : { exp }),
  };
  claims.jti = createHash('sha256').update(JSON.stringify(claims)).digest('hex');
  const text = `${encode({ typ: 'JWT', alg: 'ed25519-nkey' })}.${encode(claims)}`;
  return `${text}.${sign(null, Buffer.from(text), signer.secret).toString('base64url')}`;
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** RFC 4648 §6, without padding. */
function base32(bytes: readonly number[]): string {
  const bits = bytes.map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const groups = bits.match(/.{1,5}/g) ?? [];
  return groups.map((group) => BASE32[Number.parseInt(group.padEnd(5, '0'), 2)] ?? '').join('');
}

/** CRC-16 with polynomial 0x1021 and start value 0. */
function crc16(bytes: readonly number[]): number {
  return bytes.reduce((sum, byte) => {
    let next = sum ^ (byte << 8);
    for (let bit = 0; bit < 8; bit += 1) next = (next & 0x8000) === 0 ? next << 1 : (next << 1) ^ 0x1021;
    return next & 0xffff;
  }, 0);
}
