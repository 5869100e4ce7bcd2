import type { Kind, Messages } from './messages.ts';

/** What travels: the body, and where the answer goes. */
export interface Message<K extends Kind = Kind> {
  readonly kind: K;
  readonly body: Messages[K];
  readonly settle: Settle;
}
export interface Settle {
  readonly done: (reply: unknown) => void;
  readonly failed: (error: unknown) => void;
}
