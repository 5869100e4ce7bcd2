import { execFileSync } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { appendFileSync, chmodSync, linkSync, mkdirSync, symlinkSync, type watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { openSpoolFolder } from '../../src/storage/spool/spool-folder.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';

const folder = temporaryFolders();
const uid = process.getuid?.() ?? 0;

test('reads from an offset and tells the size', () => {
  const path = folder();
  writeFileSync(join(path, 'bash.1.1.0'), 'hello world', { mode: 0o600 });
  const spool = openSpoolFolder(path, uid);
  expect(spool.read('bash.1.1.0', 6, 3)).toMatchObject({ bytes: Buffer.from('wor'), size: 11 });
  expect(spool.read('bash.1.1.0', 11, 100)).toMatchObject({ bytes: Buffer.alloc(0), size: 11 });
  expect(spool.read('bash.1.1.9', 0, 100)).toBe('gone');
  expect(spool.size('bash.1.1.9')).toBe(0);
});

test('refuses what is no plain file of ours, and does not hang on it', () => {
  const path = folder();
  const outside = folder();
  writeFileSync(join(outside, 'secret'), 'x', { mode: 0o600 });
  writeFileSync(join(outside, 'other'), 'x', { mode: 0o600 });
  symlinkSync(join(outside, 'secret'), join(path, 'link'));
  linkSync(join(outside, 'other'), join(path, 'hard-link'));
  mkdirSync(join(path, 'directory'));
  execFileSync('mkfifo', ['-m', '600', join(path, 'fifo')]);
  writeFileSync(join(path, 'writable'), 'x');
  chmodSync(join(path, 'writable'), 0o666);
  const spool = openSpoolFolder(path, uid);
  for (const name of ['link', 'hard-link', 'directory', 'fifo', 'writable'])
    expect([name, spool.read(name, 0, 10)]).toEqual([name, 'refused']);
  writeFileSync(join(path, 'other'), 'x', { mode: 0o600 });
  expect(openSpoolFolder(path, uid + 1).read('other', 0, 10)).toBe('refused');
});

test('tells of a file that grows', async () => {
  const path = folder();
  writeFileSync(join(path, 'zsh.1.1.0'), '');
  const spool = openSpoolFolder(path, uid);
  const changed = new Promise<string | null>((resolve) => {
    const stop = spool.watch((name) => {
      stop();
      resolve(name);
    });
  });
  appendFileSync(join(path, 'zsh.1.1.0'), 'more');
  expect(await changed).toBe('zsh.1.1.0');
});

test.each(['refuses to watch', 'stops watching'])(
  'where the system %s, changes are looked for instead',
  async (trouble) => {
    const watcher = Object.assign(new EventEmitter(), { close: () => undefined });
    const system = (() => {
      if (trouble === 'refuses to watch') throw Object.assign(new Error('no watches left'), { code: 'ENOSPC' });
      return watcher;
    }) as unknown as typeof watch;
    const looked = new Promise<string | null>((resolve) => {
      const stop = openSpoolFolder(folder(), uid, system).watch((name) => {
        stop();
        resolve(name);
      });
    });
    if (trouble === 'stops watching') watcher.emit('error', new Error('the folder was moved'));
    expect(await looked).toBeNull();
  },
);
