/**
 * Limits of one analysis, which bound its work. What exceeds them is not read, `truncated` is set,
 * and the text from there on is stored as a mask.
 */

/** UTF-16 units read of one command line: more than anybody types or pastes. */
export const MAX_LENGTH = 1 << 18;
/**
 * Nesting of brackets, quotes with substitutions, and payloads. Deeper ones are skipped by counting
 * brackets.
 */
export const MAX_DEPTH = 60;
/** Words, parts and commands read from text, payloads included. */
export const MAX_STEPS = 60_000;
/** Invocations recorded. */
export const MAX_INVOCATIONS = 2_000;
/** Commands walked, including function calls and loop iterations. */
export const MAX_CALLS = 6_000;
/** Wrappers around one command. */
export const MAX_WRAPPERS = 40;
/** Words produced by one brace expansion. */
export const MAX_EXPANSION = 512;
/** Characters of a computed value or output. */
export const MAX_VALUE = 1 << 16;
/** `((` that turn out not to be arithmetic: each is read a second time. */
export const MAX_BACKTRACKS = 16;
/** Characters of all substituted variable values together. */
export const MAX_SUBSTITUTED = 1 << 18;
/** `[` without a nearby `]`; after this many, `[` no longer starts a pattern. */
export const MAX_OPEN_BRACKETS = 10_000;
/** Characters of all payloads together. */
export const MAX_PAYLOADS = 1 << 22;
