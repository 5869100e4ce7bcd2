import { readFileSync } from 'node:fs';
import { CaroError } from '../../domain/errors.ts';

/** Longer than any task; the service takes no longer document. */
const MAX_CHARACTERS = 65_536;

/**
 * Text of a file that a person names.
 * @param what what it should hold, e.g. `a task`
 * @throws CaroError `usage`
 */
export function taskTextIn(file: string, what: string): string {
  const text = readText(file, what);
  if (text.length > MAX_CHARACTERS)
    throw new CaroError('usage', `${file}: expected ${what}, got a file that is longer than any`);
  return text;
}

function readText(file: string, what: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new CaroError('usage', `${file}: expected ${what} that can be read, got ${code}`);
  }
}
