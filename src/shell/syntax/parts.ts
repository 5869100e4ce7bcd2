import type { LiteralPart, Span, Word, WordPart } from '../model.ts';
import { countStep, type Mutable, type Reader, spanFrom } from './reader.ts';

/**
 * Adds the characters read since `start` as literal `text`, and merges them with an adjacent
 * literal. Text of a payload that the command line has with escapes in between becomes several
 * parts, so that each has its own place.
 */
export function addLiteral(reader: Reader, parts: WordPart[], start: number, text: string, quoted: boolean): void {
  const { start: from, end } = spanFrom(reader, start);
  const isAsRead = reader.source.exact && text.length > 1 && reader.text.startsWith(text, start);
  if (!isAsRead || end - from === text.length) {
    addPart(reader, parts, { start: from, end }, text, quoted);
    return;
  }
  for (let at = start; at < start + text.length; at += 1) {
    const place = { start: reader.source.from(at), end: reader.source.to(at + 1) };
    addPart(reader, parts, place, reader.text.charAt(at), quoted);
  }
}

function addPart(reader: Reader, parts: WordPart[], span: Span, text: string, quoted: boolean): void {
  const last = parts.at(-1);
  if (last?.kind === 'literal' && last.quoted === quoted && extendsLiteral(reader, last, span.start, span.end, text)) {
    const draft: Mutable<LiteralPart> = last;
    draft.text += text;
    draft.end = Math.max(last.end, span.end);
    return;
  }
  if (countStep(reader)) parts.push({ kind: 'literal', text, quoted, start: span.start, end: span.end });
}

function extendsLiteral(reader: Reader, last: LiteralPart, start: number, end: number, text: string): boolean {
  if (!reader.source.exact) return true;
  const bothVerbatim = last.end - last.start === last.text.length && end - start === text.length;
  return bothVerbatim && last.end === start;
}

/** Builds a word from its parts; `value` is null if a part is not literal. */
export function wordOf(parts: readonly WordPart[], start: number, end: number, exact: boolean): Word {
  const only = parts[0];
  if (parts.length === 1 && only?.kind === 'literal') {
    return { start, end, value: only.text, text: only.text, parts, exact };
  }
  let text = '';
  let known = true;
  for (const part of parts) {
    text += part.text;
    if (part.kind !== 'literal') known = false;
  }
  return { start, end, value: known ? text : null, text, parts, exact };
}

/** A word with computed text, which has the span of the text it came from. */
export const computedWord = (text: string, { start, end }: Span): Word =>
  wordOf([{ kind: 'literal', quoted: true, text, start, end }], start, end, false);
