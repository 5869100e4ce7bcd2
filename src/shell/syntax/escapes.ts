/** Escapes of `$'…'`, `echo -e` and `printf`. */

export interface Escape {
  readonly text: string;
  /** Characters read, including the backslash. */
  readonly length: number;
}

const SIMPLE: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '?': '?',
};
const HEX = /x([0-9A-Fa-f]{1,2})|x\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})/y;
const OCTAL = /[0-7]{1,3}/y;
const LEADING_ZERO_OCTAL = /0[0-7]{0,3}|[1-7][0-7]{0,2}/y;

const fromCode = (code: number): string => (code <= 0x10ffff ? String.fromCodePoint(code) : '');

/**
 * Reads the escape whose backslash is at `at`. An unknown escape keeps its backslash. `zeroOctal`:
 * octal numbers that start with 0 may have four digits, as in `echo -e` and `printf '%b'`.
 */
export function readEscape(text: string, at: number, zeroOctal = false): Escape {
  const next = text[at + 1];
  if (next === undefined) return { text: '\\', length: 1 };
  const simple = SIMPLE[next];
  if (simple !== undefined) return { text: simple, length: 2 };
  HEX.lastIndex = at + 1;
  const hex = HEX.exec(text);
  if (hex) {
    const digits = hex[1] ?? hex[2] ?? hex[3] ?? hex[4] ?? '0';
    return { text: fromCode(Number.parseInt(digits, 16)), length: hex[0].length + 1 };
  }
  const pattern = zeroOctal ? LEADING_ZERO_OCTAL : OCTAL;
  pattern.lastIndex = at + 1;
  const octal = pattern.exec(text);
  if (octal) return { text: fromCode(Number.parseInt(octal[0], 8) & 0xff), length: octal[0].length + 1 };
  if (next === 'c' && text[at + 2] !== undefined) {
    return { text: fromCode(text.charCodeAt(at + 2) & 0x1f), length: 3 };
  }
  return { text: `\\${next}`, length: 2 };
}

export function decodeEscapes(text: string, zeroOctal = false): string {
  if (!text.includes('\\')) return text;
  let result = '';
  let at = 0;
  while (at < text.length) {
    const backslash = text.indexOf('\\', at);
    if (backslash < 0) return result + text.slice(at);
    const decoded = readEscape(text, backslash, zeroOctal);
    result += text.slice(at, backslash) + decoded.text;
    at = backslash + decoded.length;
  }
  return result;
}
