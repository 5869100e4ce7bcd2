/**
 * Fetches the release of better-sqlite3 that npm leaves out on Node.js 20. Archives for every
 * Node.js need it (ADR 0011).
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Binding, sharedBinding } from './bundle-contents.ts';

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version: string; readonly integrity: string }>>;
}

/**
 * Fetches it from the registry into `folder`.
 * @throws Error when its hash differs from the lock file of `root`
 */
export function fetchSharedBinding(root: string, folder: string): Binding {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock;
  const locked = packages['node_modules/better-sqlite3-napi'];
  if (locked === undefined) throw new Error('expected better-sqlite3-napi in package-lock.json');
  const pack = ['pack', `better-sqlite3@${locked.version}`, '--silent', '--pack-destination', folder];
  const file = join(folder, execFileSync('npm', pack, { cwd: folder, encoding: 'utf8' }).trim());
  const found = `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`;
  if (found !== locked.integrity)
    throw new Error(`expected better-sqlite3@${locked.version} to be ${locked.integrity}, got ${found}`);
  execFileSync('tar', ['-xzf', file, '-C', folder]);
  return sharedBinding(join(folder, 'package'));
}
