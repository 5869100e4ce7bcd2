import { hashes, sign } from '@noble/ed25519';
import { sha512 } from '@noble/hashes/sha2.js';

const SEED_BYTES = 32;

/**
 * Ed25519 signature (64 bytes, RFC 8032 §5.1.6) by the audited JavaScript implementation, for
 * worker threads, which get the seed and never a key file. The same bytes as from `Identity.sign`,
 * since Ed25519 is deterministic.
 *
 * @throws RangeError unless `seed` has 32 bytes
 */
export function signWithSeed(seed: Uint8Array, message: Uint8Array): Uint8Array {
  if (seed.length !== SEED_BYTES) throw new RangeError(`expected a seed of ${SEED_BYTES} bytes, got ${seed.length}`);
  hashes.sha512 = sha512;
  return sign(message, seed);
}
