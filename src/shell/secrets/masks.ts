/** The marks that stand for masked secrets: `‹redacted:token›`. */
import { FORMAT_KINDS } from './formats/secret-formats.ts';
import type { SecretSpan } from './secret-span.ts';

/** Kinds that no format names. */
const OTHER_KINDS = ['password', 'token', 'key', 'secret', 'cookie', 'private-key', 'not-analysed'];

let kinds: ReadonlySet<string> | null = null;
/** A mark with any other word is text like any other: the word may be the secret. */
const isKind = (name: string): boolean => {
  kinds ??= new Set([...OTHER_KINDS, ...FORMAT_KINDS]);
  return kinds.has(name);
};

export const markOf = ({ kind }: Pick<SecretSpan, 'kind'>): string => `‹redacted:${kind}›`;

const MARK = /‹redacted:([\w-]{1,40})›/g;

/**
 * The text with a plain letter for each character of a mark, and for the quotes of marks elsewhere.
 * Secrets are searched in it, so that nothing that looks like a mark ends or hides a value. It has
 * the length of the text.
 */
export const withoutMarks = (text: string): string =>
  text.includes('‹') || text.includes('›')
    ? text
        .replace(MARK, (mark, kind: string) => (isKind(kind) ? 'x'.repeat(mark.length) : mark.replace(':', 'x')))
        .replace(/[‹›]/g, 'x')
    : text;

/** Tells whether a text is nothing but marks, and what separates them. */
export const isMarked = (text: string): boolean =>
  text.includes('‹redacted:') &&
  !/[\p{L}\p{N}‹›]/u.test(text.replace(MARK, (mark, kind: string) => (isKind(kind) ? '' : mark)));
