/** Brace expansion: `{a,b}`, `{1..3}`, nested and repeated. Bash manual §3.5.1. */
import { MAX_EXPANSION } from '../limits.ts';
import type { Span, WordPart } from '../model.ts';

type Parts = readonly WordPart[];

/** A character of a word, or a part that brace expansion leaves as it is. */
type Atom = string | WordPart;

const SEQUENCE = /^(?:(-?\d{1,9})\.\.(-?\d{1,9})|([A-Za-z])\.\.([A-Za-z]))(?:\.\.(-?\d{1,9}))?$/;
const MAX_NESTING = 20;

/** Tells whether `expandBraces` may change a word. */
export const hasBraces = (parts: Parts): boolean =>
  parts.some((part) => part.kind === 'literal' && !part.quoted && part.text.includes('{'));

/**
 * Expands braces into at most `MAX_EXPANSION` words; above that, and without a brace that expands,
 * returns the word itself. The span of an expanded part is that of all unquoted text of the word.
 */
export function expandBraces(parts: Parts): readonly Parts[] {
  const atoms: Atom[] = [];
  const bare = parts.filter((part) => part.kind === 'literal' && !part.quoted);
  const [first, last] = [bare[0], bare.at(-1)];
  if (first === undefined || last === undefined) return [parts];
  for (const part of parts) {
    if (part.kind === 'literal' && !part.quoted && part.text.length < 4096) atoms.push(...Array.from(part.text));
    else atoms.push(part);
  }
  if (findBrace(atoms) === null) return [parts];
  const expanded = expandAtoms(atoms, 0);
  if (expanded === null || expanded.length > MAX_EXPANSION) return [parts];
  return expanded.map((alternative) => joinAtoms(alternative, { start: first.start, end: last.end }));
}

function expandAtoms(atoms: readonly Atom[], depth: number): Atom[][] | null {
  if (depth > MAX_NESTING) return null;
  const open = findBrace(atoms);
  if (open === null) return [[...atoms]];
  const before = atoms.slice(0, open.start);
  const tails = expandAtoms(atoms.slice(open.end + 1), depth + 1);
  if (tails === null) return null;
  const middles: Atom[][] = [];
  for (const alternative of open.alternatives) {
    const inner = expandAtoms(alternative, depth + 1);
    if (inner === null) return null;
    middles.push(...inner);
    if (middles.length * tails.length > MAX_EXPANSION) return null;
  }
  return middles.flatMap((middle) => tails.map((tail) => [...before, ...middle, ...tail]));
}

interface Brace {
  readonly start: number;
  readonly end: number;
  readonly alternatives: readonly (readonly Atom[])[];
}

/** Finds the first brace that expands; a brace without comma or sequence is literal. */
function findBrace(atoms: readonly Atom[]): Brace | null {
  for (let start = 0; start < atoms.length; start += 1) {
    if (atoms[start] !== '{') continue;
    const brace = readBrace(atoms, start);
    if (brace !== null) return brace;
    if (start > 256) return null;
  }
  return null;
}

function readBrace(atoms: readonly Atom[], start: number): Brace | null {
  const alternatives: Atom[][] = [];
  let current: Atom[] = [];
  let open = 0;
  for (let at = start + 1; at < atoms.length; at += 1) {
    const atom = atoms[at] ?? '';
    if (atom === '}' && open === 0) {
      const sequence = alternatives.length === 0 ? readSequence(current) : [...alternatives, current];
      return sequence === null ? null : { start, end: at, alternatives: sequence };
    }
    if (atom === '{') open += 1;
    if (atom === '}') open -= 1;
    if (atom === ',' && open === 0) {
      alternatives.push(current);
      current = [];
    } else current.push(atom);
  }
  return null;
}

function readSequence(atoms: readonly Atom[]): Atom[][] | null {
  const letter = atoms.filter((atom) => typeof atom === 'string');
  if (letter.length < atoms.length) return null;
  const found = SEQUENCE.exec(letter.join(''));
  if (found === null) return null;
  const letters = found[3] !== undefined;
  const first = letters ? (found[3] ?? '').charCodeAt(0) : Number(found[1]);
  const last = letters ? (found[4] ?? '').charCodeAt(0) : Number(found[2]);
  const stride = Math.max(1, Math.abs(Number(found[5] ?? 1)));
  if (Math.abs(last - first) / stride > MAX_EXPANSION) return null;
  const values: Atom[][] = [];
  const sign = last >= first ? 1 : -1;
  for (let value = first; sign * value <= sign * last; value += sign * stride) {
    values.push([letters ? String.fromCharCode(value) : String(value)]);
  }
  return values;
}

function joinAtoms(atoms: readonly Atom[], origin: Span): Parts {
  const parts: WordPart[] = [];
  let text = '';
  const flush = (): void => {
    if (text !== '') parts.push({ kind: 'literal', quoted: false, text, ...origin });
    text = '';
  };
  for (const atom of atoms) {
    if (typeof atom === 'string') text += atom;
    else {
      flush();
      parts.push(atom);
    }
  }
  flush();
  return parts;
}
