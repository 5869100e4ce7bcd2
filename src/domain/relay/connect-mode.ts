/**
 * How a node uses the relay of its organization. `auto`: a supervisor or trustee stays connected, a
 * member connects now and then.
 */
export const CONNECT_CHOICES = ['auto', 'poll', 'stay', 'off'] as const;
export type ConnectChoice = (typeof CONNECT_CHOICES)[number];
/** What a node that uses a relay does. */
export const CONNECT_MODES = ['poll', 'stay'] as const;
export type ConnectMode = (typeof CONNECT_MODES)[number];
