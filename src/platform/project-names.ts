/** Names the Git repository of a working directory, without starting a program. */
import { readFile, stat } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';

/** Directories whose result is kept: a shell stays in few of them. */
const REMEMBERED = 512;
const KEPT_MS = 60_000;
/** A file system that does not answer MUST NOT hold up what is stored. */
const PATIENCE_MS = 250;
const MAX_DEPTH = 64;
const MAX_LINK_BYTES = 4_096;
/** `.git` of a linked work tree names the repository that it belongs to. */
const WORK_TREE = /^gitdir: .*?([^/\n]+)\/\.git\/worktrees\/[^/\n]+\n?$/;

export interface ProjectNames {
  /** Names of the repositories of these directories; null outside one. Remembered for a minute. */
  readonly namesOf: (directories: Iterable<string>) => Promise<ReadonlyMap<string, string | null>>;
}

interface Known {
  readonly name: string | null;
  readonly untilMs: number;
}

export function createProjectNames(now: () => number): ProjectNames {
  const known = new Map<string, Known>();
  /** A file system does not answer: each further question would hold one more of four threads. */
  let isHeldUp = false;
  const nameOf = async (directory: string): Promise<string | null> => {
    const before = known.get(directory);
    if (before && now() < before.untilMs) return before.name;
    if (isHeldUp) return null;
    isHeldUp = true;
    const search = findName(directory).finally(() => {
      isHeldUp = false;
    });
    const name = await within(PATIENCE_MS, search);
    if (known.size >= REMEMBERED) known.clear();
    known.set(directory, { name, untilMs: now() + KEPT_MS });
    return name;
  };
  return {
    namesOf: async (directories) => {
      const names = new Map<string, string | null>();
      for (const directory of new Set(directories)) names.set(directory, await nameOf(directory));
      return names;
    },
  };
}

async function findName(directory: string): Promise<string | null> {
  if (!isAbsolute(directory)) return null;
  let folder = directory;
  for (let depth = 0; depth < MAX_DEPTH; depth += 1) {
    const found = await repositoryAt(folder);
    if (found !== null) return found;
    const parent = dirname(folder);
    if (parent === folder) return null;
    folder = parent;
  }
  return null;
}

async function repositoryAt(folder: string): Promise<string | null> {
  const git = join(folder, '.git');
  const kind = await kindOf(git);
  if (kind === 'none') return null;
  const link = kind === 'file' ? WORK_TREE.exec(await contentOf(git)) : null;
  return link?.[1] ?? (basename(folder) || null);
}

const kindOf = (path: string): Promise<'none' | 'file' | 'folder'> =>
  new Promise((resolve) => {
    stat(path, (error, stats) => {
      if (error) resolve('none');
      else if (stats.isDirectory()) resolve('folder');
      else resolve(stats.isFile() && stats.size <= MAX_LINK_BYTES ? 'file' : 'none');
    });
  });

const contentOf = (path: string): Promise<string> =>
  new Promise((resolve) => {
    readFile(path, 'utf8', (error, text) => resolve(error ? '' : text));
  });

function within<T>(ms: number, work: Promise<T>): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(null), ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
