/**
 * How long the receiving owner can object before trust moves to a new key, in ms (docs/design.md
 * §6).
 */
export const GRACE_MS = 24 * 3_600_000;
