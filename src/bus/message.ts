import type { Kind, Messages } from './messages.ts';

/** A message in a mailbox: its body, and where the answer goes. */
export interface Message<K extends Kind = Kind> {
  readonly kind: K;
  readonly body: Messages[K];
  readonly settle: Settle;
}

export interface Settle {
  readonly done: (reply: unknown) => void;
  readonly failed: (error: unknown) => void;
}
