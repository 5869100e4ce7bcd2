/** `text.slice(start, end)` is secret. */
export interface SecretSpan {
  readonly start: number;
  readonly end: number;
  readonly kind: string;
}
