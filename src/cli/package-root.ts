import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { plainPath } from '../config/plain-path.ts';
import { CaroError } from '../domain/errors.ts';

/**
 * The folder of this installation, with `package.json`, `hooks/` and `config/`. It is above the
 * sources and above the bundles.
 */
export function packageRoot(): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'bin', 'caro.js'))) return plainPath('the folder of this program', folder);
    if (folder === dirname(folder)) {
      throw new CaroError('internal', 'expected bin/caro.js above this program; install it again');
    }
  }
}
