import { randomBytes } from 'node:crypto';
import { closeSync, constants, fchmodSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const MODE = 0o600;

/**
 * Puts a file (0600) in its place in one step: after a crash it holds the old text or the new one, never a part. The draft has a name
 * that nobody can foresee and is made, not opened, so that nothing planted in its place is written through.
 *
 * @throws what the file system says
 */
export function replacePrivately(path: string, text: string): void {
  const draft = `${path}.${randomBytes(6).toString('hex')}.new`;
  try {
    writeSynced(draft, text);
    renameSync(draft, path);
    syncDirectory(dirname(path));
  } finally {
    rmSync(draft, { force: true });
  }
}

function writeSynced(path: string, text: string): void {
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
