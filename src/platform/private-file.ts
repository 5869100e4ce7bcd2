import { randomBytes } from 'node:crypto';
import { closeSync, constants, fchmodSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const MODE = 0o600;

/**
 * Puts a file (0600) in its place in one step: after a crash it holds the old text or the new one,
 * never a part. The draft has a name that nobody can foresee and is made, not opened, so that
 * nothing planted in its place is written through.
 *
 * @throws what the file system says
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

/** Gives a file another name, also over one that is there, so that it survives a loss of power. */
export function renameDurably(from: string, to: string): void {
  renameSync(from, to);
  syncDirectory(dirname(to));
}

/**
 * Makes a file (0600) that was not there, and waits until its content is on the disk; its name may
 * not be yet.
 */
export function writeSynced(path: string, text: string): void {
  const descriptor = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, MODE);
  try {
    // A umask may have taken bits away from the owner.
    fchmodSync(descriptor, MODE);
    writeFileSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
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
