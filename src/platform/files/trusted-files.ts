/*
 * Files that others may read and nobody else may change: those of an administrator, deployed for
 * many users. The folders above them count too, because whoever may rename a folder may replace it.
 */
import { lstatSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { type FileFacts, fileKind } from './permissions.ts';

const WRITABLE_BY_OTHERS = 0o022;
const STICKY = 0o1000;

/**
 * Why somebody else could change this file or folder, with the command that helps; null if nobody
 * could.
 */
export function distrust(path: string, { mode, uid }: FileFacts): string | null {
  const own = process.getuid?.() ?? uid;
  if (uid !== own && uid !== 0) return `expected it to belong to you or to root, got user ${uid}`;
  if ((mode & WRITABLE_BY_OTHERS) === 0) return null;
  return `expected nobody else to be able to write, got mode 0${(mode & 0o777).toString(8)}; to fix it: chmod go-w '${path.replaceAll("'", "'\\''")}'`;
}

/**
 * The real path of a folder; symbolic links on the way are followed.
 *
 * @returns what is wrong with it or a folder above it, or null
 * @throws what the file system reports, e.g. ENOENT
 */
export function openTrustedFolder(path: string): { readonly path: string; readonly fault: string | null } {
  const real = realpathSync(path);
  const facts = lstatSync(real);
  if (fileKind(facts.mode) !== 'directory')
    return { path: real, fault: `${real}: expected a directory, got a ${fileKind(facts.mode)}` };
  const own = distrust(real, facts);
  if (own !== null) return { path: real, fault: `${real}: ${own}` };
  for (let parent = dirname(real); ; parent = dirname(parent)) {
    const found = lstatSync(parent);
    const isSticky = (found.mode & STICKY) !== 0;
    const fault = isSticky ? null : distrust(parent, found);
    if (fault !== null) return { path: real, fault: `${parent}: ${fault}` };
    if (parent === dirname(parent)) return { path: real, fault: null };
  }
}
