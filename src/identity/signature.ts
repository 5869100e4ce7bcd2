import { createPublicKey, verify as opensslVerify } from 'node:crypto';

const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
/** Field prime and group order (RFC 8032 §5.1). */
const P = 2n ** 255n - 19n;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const SIGN_BIT = 2n ** 255n;
/** y of a point of order 8; the other such points have P - y. */
const ORDER_8_Y = 2707385501144840649318225287225658788936804267575313519463743609750303402022n;
/**
 * y of the points whose order divides 8. With such a key one signature fits many messages. RFC 8032
 * lets a verifier accept them; a strict one refuses.
 */
const SMALL_ORDER_Y: ReadonlySet<bigint> = new Set([0n, 1n, P - 1n, ORDER_8_Y, P - ORDER_8_Y]);

/**
 * Verifies every signature of this program, strictly by RFC 8032 §5.1.7 (not ZIP215). OpenSSL
 * alone accepts some that are refused here first: points that are not canonically encoded, and keys
 * and commitments of small order.
 *
 * @param publicKey 32 bytes
 * @param signature 64 bytes
 * @returns false also for another length, since keys and signatures come from peers
 */
export function verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false;
  if (!isStrictPoint(publicKey) || !isStrictPoint(signature.subarray(0, 32))) return false;
  if (littleEndian(signature.subarray(32)) >= L) return false;
  return opensslVerify(null, message, publicKeyObject(publicKey), signature);
}

/**
 * RFC 8032 §5.1.3 steps 1 and 4 (y < p; x = 0 has no sign, and only points of small order have x =
 * 0), and no small order.
 */
function isStrictPoint(bytes: Uint8Array): boolean {
  const y = littleEndian(bytes) & (SIGN_BIT - 1n);
  return y < P && !SMALL_ORDER_Y.has(y);
}

function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
}

/** As a JSON Web Key (RFC 8037 §2), which is read in an eighth of the time of DER. */
const publicKeyObject = (publicKey: Uint8Array): ReturnType<typeof createPublicKey> =>
  createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(publicKey).toString('base64url') },
    format: 'jwk',
  });
