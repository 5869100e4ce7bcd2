/**
 * Limits of one analysis, which bound its work: even a program that was just started reads a line
 * of 4 MiB in less than 300 ms of processor time. What exceeds them is not parsed, except for
 * commands that look dangerous (`rest.ts`); `truncated` is set, and the text from there on is
 * stored as a mask.
 */

/** UTF-16 units read of one command line: more than anybody types or pastes. */
export const MAX_LENGTH = 1 << 17;
/**
 * Nesting of brackets, quotes with substitutions, and payloads. Deeper ones are skipped by counting
 * brackets.
 */
export const MAX_DEPTH = 60;
/** Words, parts and commands read from text, payloads included. */
export const MAX_STEPS = 20_000;
/** Steps that a script inside of a word counts for, because it needs a reader of its own. */
export const SCRIPT_STEPS = 4;
/** Invocations recorded. */
export const MAX_INVOCATIONS = 500;
/** Commands walked, including function calls and loop iterations. */
export const MAX_CALLS = 1_500;
/** Characters of all commands walked; each wrapper walks the words of its command again. */
export const MAX_WALKED = 1 << 18;
/** Wrappers around one command. */
export const MAX_WRAPPERS = 40;
/** Words produced by one brace expansion. */
export const MAX_EXPANSION = 512;
/** Characters of a computed value or output. */
export const MAX_VALUE = 1 << 16;
/** `((` that turn out not to be arithmetic: each is read a second time. */
export const MAX_BACKTRACKS = 16;
/** Characters read a second time because of them. */
export const MAX_REREAD = 1 << 17;
/** Characters of all substituted variable values together. */
export const MAX_SUBSTITUTED = 1 << 18;
/** `[` without a nearby `]`; after this many, `[` no longer starts a pattern. */
export const MAX_OPEN_BRACKETS = 10_000;
/** Characters of all payloads together. */
export const MAX_PAYLOADS = 1 << 22;
