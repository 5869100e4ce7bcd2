import type { Redirection, Word } from '../model.ts';
import { emptyWord, type Mutable, type Reader, spanFrom } from './reader.ts';
import { skipBlanks } from './trivia.ts';
import { readWord } from './words.ts';

/** Operators of what a program prints: `>`, `>>`, `>|`, `>&`, `&>`, `&>>`. */
export const OUTPUT = /^&?>/;

const SH = /(\d{1,4})?(<<<|<<-|<<|<>|<&|<(?!\()|>>(?!\()|>&|>\||>(?!\())|(&>>|&>)/y;
const BASH = /(\d{1,4}|\{[A-Za-z_]\w*\})?(<<<|<<-|<<|<>|<&|<(?!\()|>>(?!\()|>&|>\||>(?!\())|(&>>|&>)/y;
const ZSH = /(\d{1,4}|\{[A-Za-z_]\w*\})?(<<<|<<-|<<|<>|<&|<(?!\()|>>&?[|!]?(?!\()|>&[|!]?|>[|!]|>(?!\())|(&>>?[|!]?)/y;

/**
 * Reads a redirection at the position; null if there is none. The body of a here-document is read
 * at the next line end.
 */
export function readRedirection(reader: Reader): Redirection | null {
  const start = reader.pos;
  const pattern = reader.dialect === 'zsh' ? ZSH : reader.dialect === 'sh' ? SH : BASH;
  pattern.lastIndex = start;
  const found = pattern.exec(reader.text);
  if (found === null) return null;
  reader.pos += found[0].length;
  const operator = (found[2] ?? found[3] ?? '>').replace('!', '|');
  skipBlanks(reader);
  const target = reader.pos < reader.text.length ? readWord(reader) : emptyWord(reader);
  if (target.parts.length === 0) reader.state.complete = false;
  const redirection: Mutable<Redirection> = {
    operator,
    fd: descriptor(found[1], operator),
    target,
    body: null,
    ...spanFrom(reader, start),
  };
  if (operator === '<<' || operator === '<<-') queueDocument(reader, redirection, target);
  return redirection;
}

function descriptor(written: string | undefined, operator: string): number | string {
  if (written === undefined) return operator.startsWith('<') ? 0 : 1;
  return written.startsWith('{') ? written.slice(1, -1) : Number(written);
}

function queueDocument(reader: Reader, redirection: Mutable<Redirection>, delimiter: Word): void {
  const at = reader.source.to(reader.pos);
  redirection.body = { start: at, end: at, value: '', text: '', parts: [], exact: reader.source.exact };
  reader.documents.push({
    redirection,
    delimiter: delimiter.text,
    quoted: delimiter.parts.some((part) => part.kind !== 'literal' || part.quoted),
    stripTabs: redirection.operator === '<<-',
  });
}

/** Reads all redirections after a compound command. */
export function readRedirections(reader: Reader): Redirection[] {
  const found: Redirection[] = [];
  for (;;) {
    skipBlanks(reader);
    const redirection = readRedirection(reader);
    if (redirection === null) return found;
    found.push(redirection);
  }
}
