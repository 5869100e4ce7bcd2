import { decodeBase64 } from '../encoding/base64.ts';

const PREFIX = 'caro:ed25519:';
const KEY_BYTES = 32;
/**
 * Base64 of bytes that are no key: points whose order divides 8, with which one signature fits many
 * messages (y = 0, 1, p - 1 and two of order 8, with either sign), and encodings with y ≥ p.
 */
const WEAK_KEYS = [
  'A[AQ]A{39}[AI]A=',
  '[789+/][Pfv/]/{39}[3/]8=',
  'JuiVj8KyJ7BFw/SJ8u\\+Y8NXfrAXTxjM5sTgCiG1T/[AI]U=',
  'xxdqcD1N2E\\+6PAt2DRBnDyogU/osOczGTsf9d5KsA[3/]o=',
];
/**
 * What `encodeNodeId` makes of a key. The last digit of 32 bytes has two bits of padding. Every
 * schema and `parseNodeId` use this pattern.
 */
export const NODE_ID_PATTERN = `^${PREFIX}(?!(?:${WEAK_KEYS.join('|')})$)[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$`;
const NODE_ID = new RegExp(NODE_ID_PATTERN);

/** `caro:ed25519:<base64>` of a 32-byte Ed25519 public key, padded as in RFC 4648 §4 (FR-103). */
export function encodeNodeId(publicKey: Uint8Array): string {
  if (publicKey.length !== KEY_BYTES) {
    throw new RangeError(`expected a public key of ${KEY_BYTES} bytes, got ${publicKey.length}`);
  }
  return PREFIX + Buffer.from(publicKey).toString('base64');
}

/**
 * The public key in a node id; undefined unless `text` is exactly what `encodeNodeId` makes of a
 * key that is canonically encoded and not of small order.
 */
export const parseNodeId = (text: string): Uint8Array | undefined =>
  NODE_ID.test(text) ? decodeBase64(text.slice(PREFIX.length)) : undefined;
