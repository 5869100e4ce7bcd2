import { homedir } from 'node:os';
import { CaroError } from '../domain/errors.ts';

/**
 * The user's home directory: `HOME`, or what the system's list of accounts says; `CARO_HOME` for a
 * user in neither (a container's, a service's).
 *
 * @throws CaroError `place_unusable` where none of them says
 */
export function homeDirectory(env: Readonly<Record<string, string | undefined>>): string {
  try {
    return homedir();
  } catch (error) {
    const own = env['CARO_HOME'];
    if (own !== undefined && own !== '') return own;
    throw new CaroError(
      'place_unusable',
      'expected a home directory, but HOME is not set and the system has no account for this user: set HOME, or CARO_HOME to an absolute path',
      { cause: error },
    );
  }
}
