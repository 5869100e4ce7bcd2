/**
 * Other releases of Node.js than the one that runs this, from the registry, where npm packs their
 * binaries.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/**
 * Installs that version (`22`, `24.1`, …) below `folder`, which may hold it already. Returns the
 * interpreter's path: npm packs it as `node-SYSTEM-ARCH`.
 */
export function fetchNode(version: string, folder: string): string {
  const name = `node-${process.platform}-${process.arch}`;
  const where = join(folder, version);
  execFileSync('npm', ['install', '--silent', '--no-audit', '--no-fund', '--prefix', where, `${name}@${version}`], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return join(where, 'node_modules', name, 'bin', 'node');
}
