import { homedir } from 'node:os';
import { CaroError } from '../domain/errors.ts';

/**
 * The user's home directory: `HOME`, or the one of the system account; `CARO_HOME` for a user
 * without either (in a container or a service).
 *
 * @throws CaroError `place_unusable` if none of them is set
 */
export function homeDirectory(env: Readonly<Record<string, string | undefined>>): string {
  try {
    return homedir();
  } catch (error) {
    const own = env['CARO_HOME'];
    if (own !== undefined && own !== '') return own;
    throw new CaroError(
      'place_unusable',
      'expected a home directory, but HOME is not set and the system has no account for this user; set HOME, or set CARO_HOME to an absolute path',
      { cause: error },
    );
  }
}
