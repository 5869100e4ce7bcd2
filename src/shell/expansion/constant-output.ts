/**
 * Output of some harmless programs, computed from literal arguments, to detect encoded and
 * assembled commands.
 */

import { MAX_VALUE } from '../limits.ts';
import type { Dialect, Input, Word } from '../model.ts';
import { decodeEscapes } from '../syntax/escapes.ts';
import { inputText } from './input-text.ts';

type Filter = (args: readonly string[], input: string | null, dialect: Dialect) => string | null;

/** What `tool` prints; null if that is unknown. */
export function constantOutput(tool: string, words: readonly Word[], input: Input, dialect: Dialect): string | null {
  const filter = Object.hasOwn(FILTERS, tool) ? FILTERS[tool] : undefined;
  if (filter === undefined) return null;
  const args: string[] = [];
  for (const word of words.slice(1)) {
    const value =
      word.value ?? (word.parts.every(({ kind }) => kind !== 'command') && tool === 'echo' ? word.text : null);
    if (value === null) return null;
    args.push(value);
  }
  const output = filter(args, inputText(input), dialect);
  return output !== null && output.length > MAX_VALUE ? null : output;
}

const isDecoding = (args: readonly string[]): boolean => args.some((arg) => /^(?:-d|-D|--decode|-di|-id)$/.test(arg));

const FILTERS: Readonly<Record<string, Filter>> = {
  echo,
  printf,
  ':': () => '',
  true: () => '',
  false: () => '',
  cd: () => '',
  test: () => '',
  '[': () => '',
  sleep: () => '',
  cat: (args, input) => (args.every((arg) => arg === '-') ? input : null),
  tee: (_args, input) => input,
  sort: (args, input) => (args.length === 0 && input?.trimEnd().includes('\n') === false ? input : null),
  rev: (args, input) =>
    args.length > 0 || input === null
      ? null
      : input
          .split('\n')
          .map((line) => Array.from(line).reverse().join(''))
          .join('\n'),
  base64: (args, input) => (isDecoding(args) ? decodeBase64(input) : null),
  gbase64: (args, input) => (isDecoding(args) ? decodeBase64(input) : null),
  b64decode: (_args, input) => decodeBase64(input),
  base32: (args, input) => (isDecoding(args) ? decodeBase32(input) : null),
  openssl: (args, input) =>
    args.includes('-d') && (args[0] === 'base64' || args.includes('-base64') || args.includes('-a'))
      ? decodeBase64(input)
      : null,
  xxd: (args, input) => (args.some((arg) => /^-(?:r|rp|rps|pr|psr|r-p|revert)$/.test(arg)) ? decodeHex(input) : null),
  tr: translate,
  which: firstName,
  command: (args) => (args[0] === '-v' ? firstName(args.slice(1)) : null),
};

function firstName(args: readonly string[]): string | null {
  const names = args.filter((arg) => !arg.startsWith('-'));
  return names.length === 1 ? (names[0] ?? null) : null;
}

function echo(args: readonly string[], _input: string | null, dialect: Dialect): string {
  let readsEscapes = dialect === 'zsh' || dialect === 'sh';
  let newline = '\n';
  let at = 0;
  for (; /^-[neE]+$/.test(args[at] ?? ''); at += 1) {
    const flags = args[at] ?? '';
    if (flags.includes('n')) newline = '';
    if (flags.includes('e')) readsEscapes = true;
    if (flags.includes('E')) readsEscapes = false;
  }
  const text = args.slice(at).join(' ');
  return (readsEscapes ? decodeEscapes(text, true) : text) + newline;
}

const DIRECTIVE = /%(?:%|[-+ #0]*\d*(?:\.\d+)?([sbqdiuxXoc]))/g;

function printf(args: readonly string[]): string | null {
  const rest = args[0] === '--' ? args.slice(1) : args;
  const format = rest[0];
  if (format === undefined || format === '-v') return null;
  const pending = rest.slice(1);
  let output = '';
  do {
    const before = pending.length;
    output += decodeEscapes(format, true).replace(DIRECTIVE, (whole, kind: string | undefined) => {
      if (kind === undefined) return whole === '%%' ? '%' : whole;
      return formatOne(kind, pending.shift() ?? '');
    });
    if (pending.length === before || output.length > MAX_VALUE) break;
  } while (pending.length > 0);
  return output;
}

function formatOne(kind: string, value: string): string {
  switch (kind) {
    case 'b':
      return decodeEscapes(value, true);
    case 'c':
      return value.slice(0, 1);
    case 'x':
      return Number(value).toString(16);
    case 'X':
      return Number(value).toString(16).toUpperCase();
    case 'o':
      return Number(value).toString(8);
    default:
      return value;
  }
}

/** Decodes base64; null if the input is not base64 or does not decode to text. */
export function decodeBase64(input: string | null): string | null {
  const text = input?.replace(/\s+/g, '') ?? '';
  if (text === '' || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) return null;
  return printable(Buffer.from(text, 'base64').toString('utf8'));
}

function decodeHex(input: string | null): string | null {
  const text = input?.replace(/\s+/g, '') ?? '';
  if (text === '' || !/^[0-9A-Fa-f]+$/.test(text)) return null;
  return printable(Buffer.from(text, 'hex').toString('utf8'));
}

function decodeBase32(input: string | null): string | null {
  const text = input?.replace(/[\s=]+/g, '').toUpperCase() ?? '';
  if (text === '' || !/^[A-Z2-7]+$/.test(text)) return null;
  let bits = '';
  for (const char of text) bits += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(char).toString(2).padStart(5, '0');
  const bytes = bits.match(/.{8}/g) ?? [];
  return printable(Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2))).toString('utf8'));
}

/** Rejects decoded data that is not text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what tells data from text
const printable = (text: string): string | null => (/[\x00-\x08\x0e-\x1f\ufffd]/.test(text) ? null : text);

function translate(args: readonly string[], input: string | null): string | null {
  if (input === null) return null;
  const flags = args.filter((arg) => /^-[a-zA-Z]+$/.test(arg)).join('');
  const sets = args.filter((arg) => !/^-[a-zA-Z]+$/.test(arg)).map(expandSet);
  const [from, to] = sets;
  if (from === undefined || /[cCst]/.test(flags)) return null;
  if (flags.includes('d'))
    return Array.from(input)
      .filter((char) => !from.includes(char))
      .join('');
  if (to === undefined || to.length === 0) return null;
  return Array.from(input)
    .map((char) => {
      const at = from.indexOf(char);
      return at < 0 ? char : (to[Math.min(at, to.length - 1)] ?? '');
    })
    .join('');
}

function expandSet(set: string): string[] {
  const text = decodeEscapes(set, true)
    .replace('[:upper:]', 'A-Z')
    .replace('[:lower:]', 'a-z')
    .replace('[:digit:]', '0-9')
    .replace('[:space:]', ' \t\n\r');
  const chars: string[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const last = text.charCodeAt(at + 2);
    if (text[at + 1] === '-' && last >= text.charCodeAt(at)) {
      for (let code = text.charCodeAt(at); code <= last && chars.length < 512; code += 1)
        chars.push(String.fromCharCode(code));
      at += 2;
    } else chars.push(text[at] ?? '');
  }
  return chars;
}
