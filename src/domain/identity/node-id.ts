import { decodeBase64 } from '../encoding/base64.ts';

const PREFIX = 'caro:ed25519:';
const KEY_BYTES = 32;
/** Exactly what `encodeNodeId` makes: the last digit of 32 bytes has two bits of padding. */
export const NODE_ID_PATTERN = `^${PREFIX}[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$`;

/** `caro:ed25519:<base64>` of a 32-byte Ed25519 public key, padded as in RFC 4648 §4 (FR-103). */
export function encodeNodeId(publicKey: Uint8Array): string {
  if (publicKey.length !== KEY_BYTES) {
    throw new RangeError(`expected a public key of ${KEY_BYTES} bytes, got ${publicKey.length}`);
  }
  return PREFIX + Buffer.from(publicKey).toString('base64');
}

/** The public key in a node id; undefined unless `text` is exactly what `encodeNodeId` makes. */
export function parseNodeId(text: string): Uint8Array | undefined {
  if (!text.startsWith(PREFIX)) return undefined;
  const key = decodeBase64(text.slice(PREFIX.length));
  return key?.length === KEY_BYTES ? key : undefined;
}
