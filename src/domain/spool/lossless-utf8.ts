import { isUtf8 } from 'node:buffer';

/**
 * Text from a terminal is UTF-8 most of the time and bytes always. A byte that belongs to no valid
 * sequence becomes one character of the private-use block U+EF80 … U+EFFF (its value plus U+EF00),
 * so that the text can be stored and shown anywhere and the bytes are still in it. Bytes that spell
 * one of these characters are treated the same way, so nothing is ambiguous.
 */
const ESCAPE = 0xef00;
const ESCAPED = /[\uEF80-\uEFFF]/;

/** Never fails; `textToBytes` gives the same bytes back. */
export function bytesToText(bytes: Buffer): string {
  const text = isUtf8(bytes) ? bytes.toString('utf8') : null;
  return text === null || ESCAPED.test(text) ? escapeInvalid(bytes) : text;
}

/** UTF-8, with escaped bytes as themselves. */
export function textToBytes(text: string): Buffer {
  if (!ESCAPED.test(text)) return Buffer.from(text, 'utf8');
  const parts = text.split(/([\uEF80-\uEFFF]+)/);
  return Buffer.concat(
    parts.map((part, index) =>
      index % 2 === 0
        ? Buffer.from(part, 'utf8')
        : Buffer.from(Array.from(part, (char) => char.charCodeAt(0) - ESCAPE)),
    ),
  );
}

function escapeInvalid(bytes: Buffer): string {
  const parts: string[] = [];
  let at = 0;
  let valid = 0;
  const flush = (): void => {
    if (at > valid) parts.push(bytes.toString('utf8', valid, at));
  };
  while (at < bytes.length) {
    const size = sequenceLength(bytes, at);
    if (size > 0) {
      at += size;
      continue;
    }
    flush();
    parts.push(String.fromCharCode(ESCAPE + (bytes[at] ?? 0)));
    at += 1;
    valid = at;
  }
  flush();
  return parts.join('');
}

/**
 * Length of the well-formed sequence at `at` (RFC 3629 §4), 0 if there is none or it spells an
 * escape.
 */
function sequenceLength(bytes: Buffer, at: number): number {
  const [lead = 0, second = 0, third = 0, fourth = 0] = bytes.subarray(at, at + 4);
  if (lead < 0x80) return 1;
  const tail = (byte: number): boolean => (byte & 0xc0) === 0x80;
  if (lead >= 0xc2 && lead <= 0xdf) return tail(second) ? 2 : 0;
  if (lead >= 0xe0 && lead <= 0xef) {
    if (!tail(second) || !tail(third)) return 0;
    const code = ((lead & 0x0f) << 12) | ((second & 0x3f) << 6) | (third & 0x3f);
    const bad = code < 0x800 || (code >= 0xd800 && code <= 0xdfff) || (code >= 0xef80 && code <= 0xefff);
    return bad ? 0 : 3;
  }
  if (lead < 0xf0 || lead > 0xf4 || !tail(second) || !tail(third) || !tail(fourth)) return 0;
  const code = ((lead & 0x07) << 18) | ((second & 0x3f) << 12) | ((third & 0x3f) << 6) | (fourth & 0x3f);
  return code >= 0x10000 && code <= 0x10ffff ? 4 : 0;
}
