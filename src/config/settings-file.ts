import { readFileSync } from 'node:fs';
import { parse, TomlDate, TomlError } from 'smol-toml';
import type { Validator } from '../domain/encoding/validator.ts';
import { CaroError } from '../domain/errors.ts';
import { withPrivateFile } from '../platform/files/private-file.ts';
import { KeyLines } from './key-lines.ts';
import { located, type Problem, schemaProblems } from './problem.ts';
import type { ConfigurationSchema } from './schema.ts';

const MAX_BYTES = 4 * 1024 * 1024;

/** Deep nesting exhausts the stack of the parser. */
const TOO_DEEP = 'expected values nested a few levels deep, got thousands; remove the brackets';

/** A TOML file that was read: its validated data, or its problems. */
export type SettingsFile<T> =
  | { readonly file: string; readonly lines: KeyLines; readonly data: T; readonly problems: readonly [] }
  | { readonly file: string; readonly problems: readonly [Problem, ...Problem[]] };

/**
 * Reads and validates one file, and fills in the defaults of the schema. A missing file counts as
 * empty.
 * @throws CaroError `permissions_unsafe`, `place_unusable`
 */
export function readSettings<T>(file: string, schema: ConfigurationSchema, isValid: Validator<T>): SettingsFile<T> {
  return parseSettings(file, readPrivately(file) ?? '', schema, isValid);
}

export function parseSettings<T>(
  file: string,
  text: string,
  schema: ConfigurationSchema,
  isValid: Validator<T>,
): SettingsFile<T> {
  let data: unknown;
  try {
    data = plain(parse(text, { unsafeKeyBehaviour: 'throw' }));
  } catch (error) {
    if (error instanceof RangeError) return { file, problems: [{ file, line: 1, key: '', text: TOO_DEEP }] };
    if (!(error instanceof TomlError)) throw error;
    return {
      file,
      problems: [{ file, line: error.line, key: '', text: `expected TOML, got an error: ${reason(error)}` }],
    };
  }
  const lines = new KeyLines(text);
  if (isValid(data)) return { file, lines, data, problems: [] };
  const [first, ...others] = schemaProblems(schema, data, isValid.errors ?? []).map((problem) =>
    located(file, lines, problem),
  );
  if (!first) throw new CaroError('internal', `expected a reason why ${file} does not fit its schema`);
  return { file, problems: [first, ...others] };
}

/**
 * Omits the excerpt that smol-toml adds: it could contain a private pattern of the owner.
 */
const reason = (error: TomlError): string =>
  (error.message.split('\n')[0] ?? '').replace(/^Invalid TOML document: /, '');

/**
 * Converts to ordinary objects, with dates as text: no key accepts a date, so the error quotes it.
 */
function plain(value: unknown): unknown {
  if (value instanceof TomlDate) return value.toISOString();
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]));
}

/** The file may be a symbolic link, for owners who keep their settings in another folder. */
function readPrivately(file: string): string | undefined {
  try {
    return withPrivateFile(file, (descriptor, { size }) => readLimited(file, descriptor, size), { followLinks: true });
  } catch (error) {
    if (error instanceof CaroError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    if (code === 'ENOENT') return undefined;
    throw new CaroError('place_unusable', `${file}: expected to read the configuration, got ${code}`, { cause: error });
  }
}

function readLimited(file: string, descriptor: number, size: number): string {
  if (size > MAX_BYTES)
    throw new CaroError('config_invalid', `${file}: expected at most ${MAX_BYTES} bytes, got ${size}`);
  return readFileSync(descriptor, 'utf8');
}
