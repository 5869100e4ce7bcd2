/** `text.slice(start, end)` is secret. */
export interface SecretSpan {
  readonly start: number;
  readonly end: number;
  readonly kind: string;
  /** The secret, if it came to this place from elsewhere: through a variable or an argument. */
  readonly from?: string;
}
