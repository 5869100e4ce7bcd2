import type { Kind, Messages, Replies, RequestKind } from './messages.ts';

type Answer<K extends Kind> = K extends RequestKind ? Replies[K] | Promise<Replies[K]> : void | Promise<void>;

/** One handler per kind that an actor handles; a missing one does not compile. */
export type Handlers<K extends Kind> = { readonly [P in K]: (body: Messages[P]) => Answer<P> };

/**
 * A named part of the service with its own state. `start` runs before the first message; `stop`
 * runs after the last one. Both are bounded by the supervisor.
 */
export interface Actor<K extends Kind = Kind> {
  readonly name: string;
  readonly handlers: Handlers<K>;
  /**
   * Kinds that wait for others rather than work: the next message is delivered while they are being
   * handled.
   */
  readonly concurrent?: readonly RequestKind[];
  readonly start?: () => void | Promise<void>;
  readonly stop?: () => void | Promise<void>;
}
