import { realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Working directories that are looked up once: a shell stays in few of them. */
const REMEMBERED = 256;

/**
 * Tests whether a working directory is in one of these folders (`[[observe.private]]`), also by way
 * of a symbolic link on either side. `~` stands for the home directory.
 */
export function privatePlaces(
  places: readonly { readonly path: string }[],
  home: string,
): (directory: string) => boolean {
  const folders = places.flatMap(({ path }) => {
    const folder = path === '~' || path.startsWith('~/') ? join(home, path.slice(1)) : resolve(path);
    return [withSlash(resolve(folder)), withSlash(realPath(folder))];
  });
  const known = new Map<string, boolean>();
  return (directory) => {
    if (folders.length === 0) return false;
    const before = known.get(directory);
    if (before !== undefined) return before;
    const names = [withSlash(resolve(directory)), withSlash(realPath(directory))];
    const isInside = names.some((name) => folders.some((folder) => name.startsWith(folder)));
    if (known.size >= REMEMBERED) known.clear();
    known.set(directory, isInside);
    return isInside;
  };
}

const withSlash = (path: string): string => (path.endsWith('/') ? path : `${path}/`);

/** The path itself where there is no such directory, or none that can be looked up. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}
