import { readFileSync } from 'node:fs';
import { CaroError } from '../../domain/errors.ts';
import { withPrivateFile } from '../../platform/files/private-file.ts';

/**
 * The token that opens `/metrics`, or null where `caro metrics --token` has made none. It is read
 * for each request, so that removing the file takes effect at once.
 *
 * @throws CaroError `permissions_unsafe` for a file that others can read or that another user owns
 */
export function readMetricsToken(file: string): string | null {
  try {
    return withPrivateFile(file, (descriptor) => readFileSync(descriptor, 'utf8').trim());
  } catch (error) {
    if (error instanceof CaroError) throw error;
    return null;
  }
}
