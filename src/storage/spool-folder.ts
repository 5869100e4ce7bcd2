import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readSync,
  type Stats,
  unlinkSync,
  watch,
} from 'node:fs';
import { join } from 'node:path';

export interface SpoolFolder {
  /** Names of everything in the folder, unordered. */
  readonly names: () => readonly string[];
  /**
   * At most `maxBytes` from `offset` on, with the file's size; null for what is gone or is no plain file of ours: a link, a device,
   * another owner's, one that others may write.
   */
  readonly read: (
    name: string,
    offset: number,
    maxBytes: number,
  ) => { readonly bytes: Buffer; readonly size: number } | null;
  readonly size: (name: string) => number | null;
  readonly remove: (name: string) => void;
  /** Calls back with the name of a file that changed (inotify, kqueue), until the returned function is called. */
  readonly watch: (onChange: (name: string) => void) => () => void;
}

/** Raw records of shell hooks (docs/hooks.md). MUST be a directory of ours alone; `uid` is its owner. */
export function openSpoolFolder(folder: string, uid: number): SpoolFolder {
  const open = <T>(name: string, use: (descriptor: number, facts: Stats) => T): T | null => {
    const descriptor = openOwn(join(folder, name));
    if (descriptor === null) return null;
    try {
      const facts = fstatSync(descriptor);
      const ours = facts.isFile() && facts.uid === uid && facts.nlink === 1 && (facts.mode & 0o022) === 0;
      return ours ? use(descriptor, facts) : null;
    } finally {
      closeSync(descriptor);
    }
  };
  return {
    names: () => readdirSync(folder),
    read: (name, offset, maxBytes) =>
      open(name, (descriptor, { size }) => {
        const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(maxBytes, size - offset)));
        const count = bytes.length === 0 ? 0 : readSync(descriptor, bytes, 0, bytes.length, offset);
        return { bytes: bytes.subarray(0, count), size };
      }),
    size: (name) => open(name, (_descriptor, { size }) => size),
    remove: (name) => unlinkSync(join(folder, name)),
    watch: (onChange) => {
      const watcher = watch(folder, { persistent: true }, (_event, name) => {
        if (name !== null) onChange(name);
      });
      return () => watcher.close();
    },
  };
}

const GONE_OR_LINK = new Set(['ENOENT', 'ELOOP', 'EACCES', 'ENXIO']);

/** NONBLOCK: opening a FIFO that somebody put there must not hang the service. */
function openOwn(path: string): number | null {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (GONE_OR_LINK.has((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}
