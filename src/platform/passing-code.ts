import { createRequire } from 'node:module';

/**
 * Loads code with `load`, runs `use` with it, and forgets the files that this read, so that rarely
 * used code is not kept in memory. It is read again for the next use.
 *
 * The code MUST keep no state of its own, and no class of it may be compared with later.
 */
export async function withPassingCode<T, R>(load: () => Promise<T>, use: (code: T) => R): Promise<Awaited<R>> {
  const { cache } = createRequire(__filename);
  const before = new Set(Object.keys(cache));
  const code = await load();
  const added = Object.keys(cache).filter((file) => !before.has(file));
  try {
    return await use(code);
  } finally {
    forget(cache, added);
  }
}

/** Node.js keeps a file in its cache and in the list of the module that asked for it first. */
function forget(cache: NodeJS.Dict<NodeJS.Module>, files: readonly string[]): void {
  const gone = new Set(files.map((file) => cache[file]));
  for (const file of files) Reflect.deleteProperty(cache, file);
  for (const kept of Object.values(cache)) if (kept) kept.children = kept.children.filter((child) => !gone.has(child));
}
