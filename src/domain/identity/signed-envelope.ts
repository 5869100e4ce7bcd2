/** Dead Simple Signing Envelope (DSSE v1); `payload` is base64 of the exact signed bytes. */
export interface Envelope {
  readonly payloadType: string;
  readonly payload: string;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
}

/** A DSSE envelope with the signatures of the old and the new key, in this order. */
export interface DualEnvelope {
  readonly payloadType: string;
  readonly payload: string;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
}

/** What a node says about its own keys (docs/design.md §6). */
export interface KeyStatements {
  /** Oldest first, each from the key to which the one before led. */
  readonly rotations: readonly DualEnvelope[];
  readonly revocations: readonly Envelope[];
}
