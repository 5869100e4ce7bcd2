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
