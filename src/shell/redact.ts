/**
 * Masks secrets before anything is stored (FR-503). Only the value is replaced; the rest of the
 * command stays.
 */
import { analyse } from './analyse.ts';
import type { Analysis } from './model.ts';
import { isMarked, markOf, withoutMarks } from './secrets/masks.ts';
import { findInQuotedWords } from './secrets/quoted-words.ts';
import { parsedSecrets } from './secrets/secret-options.ts';
import { scanSecrets } from './secrets/secret-scan.ts';
import type { SecretSpan } from './secrets/secret-span.ts';
import { type ZoneAt, zonesOf } from './secrets/text-zones.ts';

export interface Redacted {
  readonly text: string;
  /**
   * Kinds of masked secrets, each once, in order of appearance: `password`, `token`,
   * `github-token`, `private-key`, …; `not-analysed` for text beyond the limits of the analysis.
   */
  readonly kinds: readonly string[];
  /** Masked spans of the command, in order, not overlapping. */
  readonly masked: readonly SecretSpan[];
}

/** Merges overlapping spans; the more specific kind wins (a known token format over a name). */
const merge = (spans: readonly SecretSpan[]): readonly SecretSpan[] => {
  const merged: SecretSpan[] = [];
  for (const span of [...spans].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = merged.at(-1);
    if (last && span.start < last.end) {
      const kind = last.kind === 'password' || last.kind === 'token' || last.kind === 'key' ? span.kind : last.kind;
      merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, span.end), kind };
    } else if (span.end > span.start) merged.push(span);
  }
  return merged;
};

/**
 * Keeps quotes around the secret outside the mask, so that the result still parses as the same
 * command.
 */
const insideQuotes = (text: string, span: SecretSpan): SecretSpan => {
  const first = text[span.start];
  const quoted = (first === '"' || first === "'") && text[span.end - 1] === first && span.end - span.start > 1;
  return quoted ? { ...span, start: span.start + 1, end: span.end - 1 } : span;
};

/** A secret may begin this far before the text that was not analysed. */
const REACH = 1024;
/** Text read past that offset, so that a token which continues there is recognized. */
const AHEAD = 4096;

/**
 * Where the text begins that a limit kept from being analysed: it is masked as a whole, because
 * nobody knows what is in it. It begins with a line, where one begins shortly before.
 */
const unreadFrom = (command: string, { truncated, analysedTo }: Analysis): number => {
  if (!truncated) return command.length;
  const line = command.lastIndexOf('\n', analysedTo - 1) + 1;
  return line >= analysedTo - REACH ? line : analysedTo - REACH;
};

/**
 * `mysql -phunter2` becomes `mysql -p‹redacted:password›`. `analysis` MUST be that of `command`.
 * Never throws, takes time linear in the length of the command, and leaves its own output
 * unchanged. A text that looks like a mask protects nothing of a value around it.
 */
export const redact = (command: string, analysis: Analysis): Redacted => {
  let redacted = redactOnce(command, analysis);
  if (redacted.masked.length === 0) return redacted;
  // A broken line may be read in another way once a secret in it is masked.
  for (let pass = 1; pass < MAX_PASSES; pass += 1) {
    const again = redactOnce(redacted.text, analyse(redacted.text, analysis.dialect));
    if (again.masked.length === 0) break;
    redacted = withMasks(
      command,
      merge([...redacted.masked, ...again.masked.map((span) => originOf(redacted.masked, span))]),
    );
  }
  return redacted;
};

/** Two were enough for each of 60,000 broken lines. */
const MAX_PASSES = 4;

/** The span of the command. One that begins or ends within a mask has all that is masked there. */
function originOf(masked: readonly SecretSpan[], { start, end, kind }: SecretSpan): SecretSpan {
  const origin = (offset: number, isEnd: boolean): number => {
    let shift = 0;
    for (const span of masked) {
      const from = span.start - shift;
      const to = from + markOf(span).length;
      if (isEnd ? offset <= from : offset < from) break;
      if (isEnd ? offset <= to : offset < to) return isEnd ? span.end : span.start;
      shift = span.end - to;
    }
    return offset + shift;
  };
  return { start: origin(start, false), end: origin(end, true), kind };
}

const redactOnce = (command: string, analysis: Analysis): Redacted => {
  const plain = withoutMarks(command);
  return redactPlain(command, plain, plain === command ? analysis : analyse(plain, analysis.dialect));
};

/** @param plain the command without marks, which `analysis` is of */
const redactPlain = (command: string, plain: string, analysis: Analysis): Redacted => {
  const unread = unreadFrom(plain, analysis);
  const read = plain.slice(0, unread + AHEAD);
  let known: ZoneAt | null = null;
  const zones = (): ZoneAt => {
    known ??= zonesOf(plain, analysis);
    return known;
  };
  const found = [
    ...scanSecrets(read, zones),
    ...findInQuotedWords(plain, analysis, zones),
    ...parsedSecrets(plain, analysis),
  ];
  if (found.length === 0 && unread === command.length) return { text: command, kinds: [], masked: [] };
  const spans = merge(found.map((item) => insideQuotes(plain, item)))
    .filter(({ start }) => start < unread)
    .map((span) => ({ ...span, end: Math.min(span.end, unread) }))
    .filter(({ start, end }) => !isMarked(command.slice(start, end)));
  const rest = unread < command.length ? [{ start: unread, end: command.length, kind: 'not-analysed' }] : [];
  return withMasks(command, [...spans, ...rest]);
};

function withMasks(command: string, masked: readonly SecretSpan[]): Redacted {
  const kinds = new Set<string>();
  let text = '';
  let from = 0;
  for (const span of masked) {
    text += `${command.slice(from, span.start)}${markOf(span)}`;
    from = span.end;
    kinds.add(span.kind);
  }
  return { text: text + command.slice(from), kinds: [...kinds], masked };
}

/**
 * `analysis.tools`, with the mask in place of a name that contains a secret, such as a token pasted
 * as a command.
 */
export const redactedTools = ({ invocations }: Analysis, { masked }: Redacted): readonly string[] =>
  invocations
    .filter(({ topLevel }) => topLevel)
    .map(({ name, tool }) => {
      const secret = masked.find((span) => span.start < name.end && name.start < span.end);
      return secret === undefined ? tool : markOf(secret);
    });
