/* The modifiers of Sigma that change a value before it is compared. */
import { RuleFault } from './condition.ts';

type Bytes = Buffer;

/** `utf16le` and `wide` are the same; `utf16` begins with a byte order mark. */
const ENCODERS: Readonly<Record<string, (text: string) => Bytes>> = {
  wide: (text) => Buffer.from(text, 'utf16le'),
  utf16le: (text) => Buffer.from(text, 'utf16le'),
  utf16be: (text) => Buffer.from(text, 'utf16le').swap16(),
  utf16: (text) => Buffer.from(`\ufeff${text}`, 'utf16le'),
};

export const isEncoding = (modifier: string): boolean => Object.hasOwn(ENCODERS, modifier);

/** A value as text or, after an encoding, as bytes. */
export type Encoded = string | Bytes;

export function encode(value: Encoded, modifier: string): Encoded {
  const encoder = ENCODERS[modifier];
  return encoder && typeof value === 'string' ? encoder(value) : value;
}

const bytesOf = (value: Encoded): Bytes => (typeof value === 'string' ? Buffer.from(value, 'utf8') : value);

export const base64 = (value: Encoded): string => bytesOf(value).toString('base64');

/** Characters at both ends of base64 text that depend on the neighbouring bytes, by offset. */
const LEADING = [0, 2, 3] as const;
const TRAILING = [undefined, -3, -2] as const;

/** The three ways in which a value can appear inside base64 text. */
export function base64Offsets(value: Encoded): readonly string[] {
  const bytes = bytesOf(value);
  if (bytes.length === 0) throw new RuleFault('expected text for base64offset, got none');
  return LEADING.map((leading, offset) => {
    const text = Buffer.concat([Buffer.alloc(offset, 0x20), bytes]).toString('base64');
    return text.slice(leading, TRAILING[(bytes.length + offset) % 3]);
  });
}
