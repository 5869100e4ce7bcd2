import { blake3 } from '@noble/hashes/blake3.js';

const FINGERPRINT_BYTES = 8;

/** First 8 bytes of BLAKE3(public key) as 16 hex digits, for people to compare (FR-105). */
export function fingerprint(publicKey: Uint8Array): string {
  return Buffer.from(blake3(publicKey).subarray(0, FINGERPRINT_BYTES)).toString('hex');
}
