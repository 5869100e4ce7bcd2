import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  makePrivateDirectory,
  openPrivately,
  replacePrivately,
  withOpenFile,
  withPrivateFile,
  writePrivately,
} from '../../src/platform/files/private-file.ts';
import { codeOf } from '../rig/error-code.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';

const folder = temporaryFolders();
const read = (descriptor: number): string => readFileSync(descriptor, 'utf8');

/** A file of mode 0600 with the text "own". */
function ownFile(): string {
  const path = join(folder(), 'file');
  writePrivately(path, 'own');
  return path;
}

describe('reading a private file', () => {
  it('hands over an open descriptor and what is known of the file', () => {
    expect(withPrivateFile(ownFile(), (descriptor, { size }) => [read(descriptor), size])).toEqual(['own', 3]);
  });

  it('follows a symbolic link only where it is told to', () => {
    const link = join(folder(), 'link');
    symlinkSync(ownFile(), link);
    expect(codeOf(() => withOpenFile(link, read))).toBe('ELOOP');
    expect(withPrivateFile(link, read, { followLinks: true })).toBe('own');
  });

  it('refuses a FIFO without waiting for its writer, and a directory', () => {
    const [fifo, directory] = [join(folder(), 'fifo'), join(folder(), 'directory')];
    execFileSync('mkfifo', ['-m', '600', fifo]);
    mkdirSync(directory, { mode: 0o700 });
    for (const path of [fifo, directory]) expect(codeOf(() => withPrivateFile(path, read))).toBe('permissions_unsafe');
  });

  it.each([0o640, 0o604, 0o620])('refuses mode %o', (mode) => {
    const path = ownFile();
    chmodSync(path, mode);
    expect(codeOf(() => withPrivateFile(path, read))).toBe('permissions_unsafe');
    expect(withOpenFile(path, read)).toBe('own');
  });
});

describe.each([0, 0o777])('under a umask of %o', (umask) => {
  let before: number;
  beforeAll(() => {
    before = process.umask(umask);
  });
  afterAll(() => void process.umask(before));

  const made = (make: (path: string) => unknown): number => {
    process.umask(0o022);
    const path = join(folder(), 'new');
    process.umask(umask);
    make(path);
    return lstatSync(path).mode & 0o777;
  };

  it('files are made with mode 0600 and directories with 0700', () => {
    expect(made((path) => writePrivately(path, 'text'))).toBe(0o600);
    expect(made((path) => replacePrivately(path, 'text'))).toBe(0o600);
    expect(made((path) => openPrivately(path, 'a'))).toBe(0o600);
    expect(made(makePrivateDirectory)).toBe(0o700);
  });
});

it('a file that exists is never written through', () => {
  const target = join(folder(), 'target');
  const link = join(folder(), 'link');
  symlinkSync(target, link);
  expect(codeOf(() => writePrivately(link, 'text'))).toBe('EEXIST');
  expect(existsSync(target)).toBe(false);
  writeFileSync(target, 'before');
  replacePrivately(link, 'after');
  expect([readFileSync(target, 'utf8'), readFileSync(link, 'utf8')]).toEqual(['before', 'after']);
});
