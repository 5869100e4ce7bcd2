/**
 * Text between words: blanks, comments, line ends, and the here-document bodies after a line end.
 */
import type { WordPart } from '../model.ts';
import { type Piece, piecedSource } from '../source.ts';
import { addLiteral, wordOf } from './parts.ts';
import { consume, countStep, newReader, type PendingDocument, type Reader, spanFrom } from './reader.ts';
import { readExpandingDocument } from './words.ts';

const BLANKS = /(?:[ \t\r]|\\\n)+/y;
const COMMENT = /#[^\n]*/y;

export const skipBlanks = (reader: Reader): void => {
  consume(reader, BLANKS);
};

/** Skips a comment at the position and records its span. */
export function skipComment(reader: Reader): boolean {
  const start = reader.pos;
  if (consume(reader, COMMENT) === null) return false;
  if (countStep(reader)) reader.state.comments.push(spanFrom(reader, start));
  return true;
}

/** Skips blanks, comments and line ends, and reads pending here-documents after a line end. */
export function skipLines(reader: Reader): void {
  while (reader.pos < reader.text.length) {
    skipBlanks(reader);
    if (skipComment(reader)) continue;
    if (reader.text[reader.pos] !== '\n') return;
    reader.pos += 1;
    readDocuments(reader);
  }
}

/** Reads the bodies of all here-documents of the line that just ended. */
export function readDocuments(reader: Reader): void {
  for (const pending of reader.documents.splice(0)) readDocument(reader, pending);
}

function readDocument(reader: Reader, pending: PendingDocument): void {
  const pieces: Piece[] = [];
  const bodyStart = reader.pos;
  let bodyEnd = reader.pos;
  let closed = false;
  while (reader.pos < reader.text.length) {
    const newline = reader.text.indexOf('\n', reader.pos);
    const lineEnd = newline < 0 ? reader.text.length : newline;
    let lineStart = reader.pos;
    if (pending.stripTabs) while (reader.text[lineStart] === '\t') lineStart += 1;
    if (isDelimiter(reader, pending, lineStart, lineEnd)) {
      closed = true;
      reader.pos = Math.min(lineStart + pending.delimiter.length, lineEnd);
      if (reader.text[reader.pos] === '\n') reader.pos += 1;
      break;
    }
    reader.pos = Math.min(lineEnd + 1, reader.text.length);
    bodyEnd = reader.pos;
    if (pending.stripTabs) pieces.push({ text: reader.text.slice(lineStart, bodyEnd), ...spanFrom(reader, lineStart) });
  }
  if (!closed) reader.state.complete = false;
  if (!pending.stripTabs && bodyEnd > bodyStart) {
    const span = { start: reader.source.from(bodyStart), end: reader.source.to(bodyEnd) };
    pieces.push({ text: reader.text.slice(bodyStart, bodyEnd), ...span });
  }
  setBody(reader, pending, pieces);
}

/** Inside `$(…)`, the closing bracket may directly follow the delimiter. */
function isDelimiter(reader: Reader, pending: PendingDocument, lineStart: number, lineEnd: number): boolean {
  const { delimiter } = pending;
  if (!reader.text.startsWith(delimiter, lineStart)) return false;
  const after = lineStart + delimiter.length;
  return (
    after === lineEnd || reader.text.slice(after, lineEnd) === '\r' || (reader.depth > 0 && reader.text[after] === ')')
  );
}

function setBody(reader: Reader, pending: PendingDocument, pieces: readonly Piece[]): void {
  const source = piecedSource(pieces, reader.source.exact);
  const inner = newReader(source, reader.dialect, reader.state, reader.grammar, reader.depth);
  if (!pending.quoted) {
    pending.redirection.body = readExpandingDocument(inner);
    return;
  }
  const parts: WordPart[] = [];
  for (const piece of pieces) {
    const start = inner.pos;
    inner.pos += piece.text.length;
    addLiteral(inner, parts, start, piece.text, true);
  }
  const span = spanFrom(inner, 0);
  pending.redirection.body = wordOf(parts, span.start, span.end, source.exact);
}
