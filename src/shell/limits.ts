/**
 * What one analysis may cost. Beyond these the rest is left unread and `truncated` is set; nothing
 * is refused.
 */

/** UTF-16 units of one command line that are read. */
export const MAX_LENGTH = 1 << 20;
/**
 * Brackets, quotes with substitutions and payloads inside each other. Deeper ones are skipped over
 * by counting brackets.
 */
export const MAX_DEPTH = 60;
/** Words, parts and commands read from text, payloads included. */
export const MAX_STEPS = 60_000;
/** Invocations that are noted. */
export const MAX_INVOCATIONS = 4_000;
/** Commands walked, calls of functions and turns of loops included. */
export const MAX_CALLS = 12_000;
/** Wrappers around one command. */
export const MAX_WRAPPERS = 40;
/** Words that one brace expansion may make. */
export const MAX_EXPANSION = 512;
/** Characters of a value or an output that is computed. */
export const MAX_VALUE = 1 << 16;
/** `((` that turned out to be no arithmetic: each costs a second reading. */
export const MAX_BACKTRACKS = 16;
/** Characters of all values that are put in for variables. */
export const MAX_SUBSTITUTED = 1 << 21;
/** `[` that close nowhere near: behind so many, none is taken for a pattern any more. */
export const MAX_OPEN_BRACKETS = 10_000;
/** Characters of all payloads together: text that was put together is read again. */
export const MAX_PAYLOADS = 1 << 22;
