import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach } from '@jest/globals';

/**
 * Makes empty directories of mode 0700 that are gone after the test. Call once, at the top of a
 * test file.
 */
export function temporaryFolders(): () => string {
  const made: string[] = [];
  afterEach(() => {
    for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  });
  return () => {
    const folder = mkdtempSync(join(tmpdir(), 'caro-'));
    made.push(folder);
    return folder;
  };
}

const lasting: string[] = [];
afterAll(() => {
  for (const folder of lasting.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
});

/**
 * Makes an empty directory of mode 0700 that is gone after the last test of the file. May be called
 * anywhere.
 */
export function lastingFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'caro-'));
  lasting.push(folder);
  return folder;
}
