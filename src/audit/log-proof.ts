import { encodeNodeId, parseNodeId } from '../domain/identity/node-id.ts';
import type { DualEnvelope } from '../domain/identity/signed-envelope.ts';
import { openRotation } from '../identity/key-statement.ts';
import { verify } from '../identity/signature.ts';
import type { LogProof } from './chain.ts';

/**
 * What a log is checked with where nothing is known but a public key of its node (32 bytes): the
 * present one or a former one. The log itself proves the others.
 */
export const logProof = (publicKey: Uint8Array): LogProof => ({
  node: encodeNodeId(publicKey),
  signerOf: (keys, bytes, signature) => {
    const isSigner = (id: string): boolean => {
      const key = parseNodeId(id);
      return key !== undefined && verify(key, bytes, signature);
    };
    return keys.find(isSigner) ?? null;
  },
  openStep: (statement) => openRotation(statement as DualEnvelope),
});
