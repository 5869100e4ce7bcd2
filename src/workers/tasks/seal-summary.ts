import type { Envelope } from '../../domain/identity/signed-envelope.ts';
import { seal } from '../../identity/envelope.ts';
import { signWithSeed } from '../../identity/pool-signature.ts';

export interface SealSummaryInput {
  readonly seed: Uint8Array;
  /** 16 hex digits, the key id in the envelope. */
  readonly fingerprint: string;
  readonly payloadType: string;
  readonly payload: Uint8Array;
}

/** DSSE envelope around a payload, signed with the audited @noble/ed25519 (NFR-201). */
export function sealSummary({ seed, fingerprint, payloadType, payload }: SealSummaryInput): Envelope {
  return seal(payloadType, payload, { fingerprint, sign: (bytes) => signWithSeed(seed, bytes) });
}
