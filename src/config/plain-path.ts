import { CaroError } from '../domain/errors.ts';

/**
 * Returns a path that holds no control character. A path is written into service units, shell code
 * and messages, where a line break would begin another directive or command.
 *
 * @throws CaroError `usage`
 */
export function plainPath(name: string, path: string): string {
  if (!/[\p{Cc}\u2028\u2029]/u.test(path)) return path;
  throw new CaroError(
    'usage',
    `${name}: expected a path without line breaks and other control characters, got ${JSON.stringify(path)}; use another path`,
  );
}
