import { fdatasyncSync, lstatSync, readdirSync, readSync, rmSync, type Stats, watch, writeSync } from 'node:fs';
import { join } from 'node:path';
import { syncDirectory, withOpenFile } from '../../platform/files/private-file.ts';

export interface SpoolBytes {
  readonly bytes: Buffer;
  readonly size: number;
  /** Time of the last write, in ms since the epoch. */
  readonly writtenMs: number;
}

export interface SpoolFolder {
  /** Names of everything in the folder, unordered. */
  readonly names: () => readonly string[];
  /**
   * At most `maxBytes` from `offset` on, with the file's size. `gone`: the file does not exist any
   * more; `refused`: it is a link or a device, has another owner, or others may write it.
   */
  readonly read: (name: string, offset: number, maxBytes: number) => SpoolBytes | 'gone' | 'refused';
  /** Bytes of a file of ours, 0 for anything else. */
  readonly size: (name: string) => number;
  /**
   * Overwrites the first bytes of a file, which are committed. The shell that appends to it is not
   * disturbed. False for a file that is not ours; one that is gone is done.
   */
  readonly blank: (name: string, bytes: number) => boolean;
  /** Durable when it returns: a file that reappeared after a power failure would be read again. */
  readonly remove: (names: readonly string[]) => void;
  /** Removes a plain file of ours, whatever its mode; false for anything else, which stays. */
  readonly removeOwn: (name: string) => boolean;
  /**
   * Calls back with the name of a file that changed (inotify, kqueue), until the returned function
   * is called. Where the system reports no events (at a limit, on a network file system), it calls
   * back with null every 500 ms: any file may have changed.
   */
  readonly watch: (onChange: (name: string | null) => void) => () => void;
}

/** Interval of polling where the system reports no changes. */
const POLL_MS = 500;
/** No byte of a record's start, so that what was overwritten is never read as one. */
const BLANK = ' ';

/** Raw records of shell hooks (docs/hooks.md). MUST be a private directory; `uid` is its owner. */
export function openSpoolFolder(folder: string, uid: number, watchFolder: typeof watch = watch): SpoolFolder {
  const open = <T>(
    name: string,
    use: (descriptor: number, facts: Stats) => T,
    write = false,
  ): T | 'gone' | 'refused' => {
    const path = join(folder, name);
    return withOwnFile(path, write, (descriptor, facts) => {
      const isOurs = facts.isFile() && facts.uid === uid && facts.nlink === 1 && (facts.mode & 0o022) === 0;
      if (!isOurs) return 'refused';
      // A hard link that was replaced after it was opened has one name left and looks like a file
      // of ours, but it is not the file that is here; and if it is put here again, it has two.
      const here = lstatSync(path, { throwIfNoEntry: false });
      return here?.ino === facts.ino && here.nlink === 1 ? use(descriptor, facts) : 'gone';
    });
  };
  return {
    names: () => readdirSync(folder),
    read: (name, offset, maxBytes) =>
      open(name, (descriptor, { size, mtimeMs }) => {
        const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(maxBytes, size - offset)));
        const count = bytes.length === 0 ? 0 : readSync(descriptor, bytes, 0, bytes.length, offset);
        return { bytes: bytes.subarray(0, count), size, writtenMs: mtimeMs };
      }),
    size: (name) => {
      const size = open(name, (_descriptor, facts) => facts.size);
      return typeof size === 'number' ? size : 0;
    },
    blank: (name, bytes) =>
      open(name, (descriptor, { size }) => overwrite(descriptor, Math.min(bytes, size)), true) !== 'refused',
    remove: (names) => {
      for (const name of names) rmSync(join(folder, name), { force: true });
      if (names.length > 0) syncDirectory(folder);
    },
    removeOwn: (name) => {
      const facts = lstatSync(join(folder, name), { throwIfNoEntry: false });
      if (facts && !(facts.isFile() && facts.uid === uid)) return false;
      rmSync(join(folder, name), { force: true });
      return true;
    },
    watch: (onChange) => watchOrPoll(folder, watchFolder, onChange),
  };
}

/** Overwrites the first bytes of a file, on the disk too. */
function overwrite(descriptor: number, bytes: number): void {
  const blanks = Buffer.alloc(bytes, BLANK);
  for (let at = 0; at < bytes; ) at += writeSync(descriptor, blanks, at, bytes - at, at);
  fdatasyncSync(descriptor);
}

function watchOrPoll(folder: string, watchFolder: typeof watch, onChange: (name: string | null) => void): () => void {
  let stop = (): void => undefined;
  const poll = (): void => {
    const timer = setInterval(() => onChange(null), POLL_MS);
    stop = () => clearInterval(timer);
  };
  try {
    const watcher = watchFolder(folder, { persistent: true }, (_event, name) => onChange(name));
    stop = () => watcher.close();
    watcher.once('error', () => {
      stop();
      poll();
    });
  } catch {
    poll();
  }
  return () => stop();
}

/** What opening reports for a symbolic link, a file without permission, and a FIFO or socket. */
const REFUSED = new Set(['ELOOP', 'EACCES', 'ENXIO']);

function withOwnFile<T>(
  path: string,
  write: boolean,
  use: (descriptor: number, facts: Stats) => T,
): T | 'gone' | 'refused' {
  try {
    return withOpenFile(path, use, { write });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code === 'ENOENT') return 'gone';
    if (REFUSED.has(code)) return 'refused';
    throw error;
  }
}
