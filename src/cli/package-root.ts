import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CaroError } from '../domain/errors.ts';

/**
 * The folder of this installation: what holds `package.json`, `hooks/` and `config/`, above the
 * sources and the bundles alike.
 */
export function packageRoot(): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'bin', 'caro.js'))) return folder;
    if (folder === dirname(folder)) {
      throw new CaroError('internal', 'expected bin/caro.js above this program; install it again');
    }
  }
}
