import { verify } from '../../identity/signature.ts';

export interface Signed {
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/** One result per item, in order; a malformed key or signature is false. */
export const verifyBatch = (items: readonly Signed[]): readonly boolean[] =>
  items.map(({ publicKey, message, signature }) => verify(publicKey, message, signature));
