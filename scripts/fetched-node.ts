/** Fetches other releases of Node.js from the npm registry. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/**
 * Installs that version (`22`, `24.1`, …) below `folder`, unless it is there already. Returns the
 * path of the interpreter, which the package `node-SYSTEM-ARCH` contains.
 */
export function fetchNode(version: string, folder: string): string {
  const name = `node-${process.platform}-${process.arch}`;
  const where = join(folder, version);
  execFileSync('npm', ['install', '--silent', '--no-audit', '--no-fund', '--prefix', where, `${name}@${version}`], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return join(where, 'node_modules', name, 'bin', 'node');
}
