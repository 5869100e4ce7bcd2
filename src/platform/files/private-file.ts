/*
 * Files that only their owner may use: made with mode 0600 under any umask, replaced in one step,
 * and opened for reading without being led to another file.
 */

import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { assertPrivate } from './permissions.ts';

const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;

export interface ReadOptions {
  /** For files that their owner may keep elsewhere behind a symbolic link; default false. */
  readonly followLinks?: boolean;
  /** Also for writing; default false. */
  readonly write?: boolean;
}

/**
 * Opens a file, calls `use` and closes it. Follows no symbolic link unless asked to
 * (O_NOFOLLOW), and never waits for the writer of a FIFO (O_NONBLOCK).
 *
 * @throws what the file system reports, e.g. ELOOP for a symbolic link; what `use` throws
 */
export function withOpenFile<T>(
  path: string,
  use: (descriptor: number, facts: Stats) => T,
  { followLinks = false, write = false }: ReadOptions = {},
): T {
  const noFollow = followLinks ? 0 : constants.O_NOFOLLOW;
  const access = write ? constants.O_RDWR : constants.O_RDONLY;
  const descriptor = openSync(path, access | constants.O_NONBLOCK | noFollow);
  try {
    return use(descriptor, fstatSync(descriptor));
  } finally {
    closeSync(descriptor);
  }
}

/**
 * As `withOpenFile`, for a file that only this user may read or write.
 *
 * @throws CaroError `permissions_unsafe` before `use` is called; what `withOpenFile` throws
 */
export function withPrivateFile<T>(
  path: string,
  use: (descriptor: number, facts: Stats) => T,
  options: ReadOptions = {},
): T {
  return withOpenFile(
    path,
    (descriptor, facts) => {
      assertPrivate(path, facts, { kind: 'file', mode: FILE_MODE });
      return use(descriptor, facts);
    },
    options,
  );
}

/**
 * Opens a file for writing that, where it is new, has mode 0600.
 *
 * @param flags `wx` and `ax` fail with EEXIST where the file exists; `a` appends to it
 */
export function openPrivately(path: string, flags: 'wx' | 'ax' | 'a'): number {
  const descriptor = openSync(path, flags, FILE_MODE);
  try {
    // A umask may have removed permissions of the owner.
    fchmodSync(descriptor, FILE_MODE);
    return descriptor;
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

/** Makes a file (0600). It may not be on the disk yet. @throws EEXIST where there is one */
export function writePrivately(path: string, content: string | Buffer): void {
  const descriptor = openPrivately(path, 'wx');
  try {
    writeFileSync(descriptor, content);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * As `writePrivately`; the content is on the disk when it returns, the file's name may not be yet.
 */
export function writeSynced(path: string, content: string): void {
  const descriptor = openPrivately(path, 'wx');
  try {
    writeFileSync(descriptor, content);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Replaces or makes a file (0600) in one step: after a crash it holds the old text or the new one,
 * never a part. The draft has an unpredictable name and must be new, so that no planted file or
 * link is written through.
 *
 * @throws what the file system reports
 */
export function replacePrivately(path: string, text: string): void {
  const draft = `${path}.${randomBytes(6).toString('hex')}.new`;
  try {
    writeSynced(draft, text);
    renameDurably(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Makes a directory (0700) whose parent exists. @throws EEXIST where there is one */
export function makePrivateDirectory(path: string): void {
  mkdirSync(path, { mode: DIRECTORY_MODE });
  // A umask may have removed permissions of the owner.
  chmodSync(path, DIRECTORY_MODE);
}

/** Renames a file, also over an existing one; the new name survives a power failure. */
export function renameDurably(from: string, to: string): void {
  renameSync(from, to);
  syncDirectory(dirname(to));
}

/** Makes the names in a directory durable, after a rename or removal in it. */
export function syncDirectory(path: string): void {
  const descriptor = openSync(path, constants.O_RDONLY);
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
