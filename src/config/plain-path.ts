import { CaroError } from '../domain/errors.ts';

/**
 * Returns a path that holds no control character. A path is written into service units, shell code
 * and messages, where a line break would begin another directive or command.
 *
 * @throws CaroError `usage`
 */
export function plainPath(name: string, path: string): string {
  // All but the ranges without one: `\p{Cc}` would load the tables of Unicode (docs/adr/0002).
  if (!/[^\u0020-\u007e\u00a0-\u2027\u202a-\uffff]/.test(path)) return path;
  throw new CaroError(
    'usage',
    `${name}: expected a path without line breaks and other control characters, got ${JSON.stringify(path)}; use another path`,
  );
}
