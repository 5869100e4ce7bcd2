import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach } from '@jest/globals';

/**
 * Makes empty directories of mode 0700 that are gone before the next test. Call once, at the top of
 * a test file.
 *
 * Jest runs `afterEach` in the order of definition: one here would remove a folder before the
 * file's own hooks end the shells and services that still write into it.
 */
export function temporaryFolders(): () => string {
  const made: string[] = [];
  beforeEach(() => removeAll(made));
  afterAll(() => removeAll(made));
  return () => {
    const folder = mkdtempSync(join(tmpdir(), 'caro-'));
    made.push(folder);
    return folder;
  };
}

function removeAll(folders: string[]): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
}

const lasting: string[] = [];
afterAll(() => removeAll(lasting));

/**
 * Makes an empty directory of mode 0700 that is gone after the last test of the file. May be called
 * anywhere.
 */
export function lastingFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'caro-'));
  lasting.push(folder);
  return folder;
}
