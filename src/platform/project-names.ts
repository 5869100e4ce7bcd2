/** Names the Git repository of a working directory, without starting a program. */
import { readFile, stat } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';

/** Directories whose result is kept, with those above them: shells stay in few of them. */
const REMEMBERED = 512;
const KEPT_MS = 60_000;
/** A file system that does not answer MUST NOT hold up what is stored. */
const PATIENCE_MS = 250;
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
  const knownName = (directory: string): string | null | undefined => {
    const before = known.get(directory);
    return before && now() < before.untilMs ? before.name : undefined;
  };
  const remember = (directory: string, name: string | null): void => {
    if (known.size >= REMEMBERED) known.clear();
    known.set(directory, { name, untilMs: now() + KEPT_MS });
  };
  /** Asks each directory above as well: most are known, since shells stay in few trees. */
  const findName = async (directory: string): Promise<string | null> => {
    const before = knownName(directory);
    if (before !== undefined) return before;
    const parent = dirname(directory);
    const name = (await repositoryAt(directory)) ?? (parent === directory ? null : await findName(parent));
    remember(directory, name);
    return name;
  };
  /** A file system does not answer: each further question would hold one more of four threads. */
  let isHeldUp = false;
  const nameOf = async (directory: string): Promise<string | null> => {
    const before = isAbsolute(directory) ? knownName(directory) : null;
    if (before !== undefined) return before;
    if (isHeldUp) return null;
    isHeldUp = true;
    const search = findName(directory).finally(() => {
      isHeldUp = false;
    });
    const name = await within(PATIENCE_MS, search);
    remember(directory, name);
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
