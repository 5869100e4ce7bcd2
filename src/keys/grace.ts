/**
 * How long the receiving owner has to object before trust moves to a new key (design.md §6), in ms.
 */
export const GRACE_MS = 24 * 3_600_000;
