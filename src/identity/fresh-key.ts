import { generateKeyPairSync, type JsonWebKey } from 'node:crypto';

const JWK = { format: 'jwk' } as const;

/**
 * A fresh key pair as a JSON Web Key (RFC 8037 §2), encoded while it is made. Node.js 20 may wait
 * for ever where a key that was just made is exported: if memory is collected meanwhile, the
 * collection waits for the key that the export holds.
 */
export function freshKey(curve: 'ed25519' | 'x25519'): JsonWebKey & { readonly d: string; readonly x: string } {
  const encoding = { publicKeyEncoding: JWK, privateKeyEncoding: JWK };
  // The types do not know the form, nor that both curves take the same options.
  const generate = generateKeyPairSync as unknown as (
    type: string,
    options: typeof encoding,
  ) => { readonly privateKey: JsonWebKey & { readonly d: string; readonly x: string } };
  return generate(curve, encoding).privateKey;
}
