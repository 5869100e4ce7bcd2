import { readFileSync } from 'node:fs';
import { parse, TomlDate, TomlError } from 'smol-toml';
import type { Validator } from '../domain/encoding/validator.ts';
import { CaroError } from '../domain/errors.ts';
import { withPrivateFile } from '../platform/private-file.ts';
import { KeyLines } from './key-lines.ts';
import { located, type Problem, schemaProblems } from './problem.ts';
import type { ConfigurationSchema } from './schema.ts';

const MAX_BYTES = 4 * 1024 * 1024;

/** The stack ends before the brackets do. */
const TOO_DEEP = 'expected values nested a few levels deep, got thousands; remove the brackets';

/** A TOML file that was read: its checked data, or what is wrong with it. */
export type SettingsFile<T> =
  | { readonly file: string; readonly lines: KeyLines; readonly data: T; readonly problems: readonly [] }
  | { readonly file: string; readonly problems: readonly [Problem, ...Problem[]] };

/**
 * Reads and checks one file; a missing one counts as empty. Defaults of the schema are filled in.
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
  const [first, ...others] = schemaProblems(schema, data, isValid.errors ?? []).map((finding) =>
    located(file, lines, finding),
  );
  if (!first) throw new CaroError('internal', `expected a reason why ${file} does not fit its schema`);
  return { file, problems: [first, ...others] };
}

/**
 * Without the excerpt that smol-toml adds: it could hold a pattern that the owner keeps to himself.
 */
const reason = (error: TomlError): string =>
  (error.message.split('\n')[0] ?? '').replace(/^Invalid TOML document: /, '');

/** Ordinary objects, and dates as text: no key takes a date, so it is an error that shows it. */
function plain(value: unknown): unknown {
  if (value instanceof TomlDate) return value.toISOString();
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]));
}

/** The file may be a symbolic link: some owners keep their settings in a folder of their own. */
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
