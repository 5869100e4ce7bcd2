import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { preparePlaces } from '../../src/config/places.ts';
import { openSpoolFolder } from '../../src/storage/spool/spool-folder.ts';
import { openHome, write } from './rig.ts';

/**
 * Puts one thing after another in the place of a spool file, as fast as it can, until it is ended.
 */
const SWAP = `
const fs = require('node:fs');
const { execFileSync } = require('node:child_process');
const [file, secret, folder] = process.argv.slice(1).filter((arg) => arg !== '--');
execFileSync('mkfifo', ['-m', '600', folder + '/fifo']);
fs.mkdirSync(folder + '/directory');
const make = [
  (path) => fs.writeFileSync(path, 'ours', { mode: 0o600 }),
  (path) => fs.symlinkSync(secret, path),
  (path) => fs.linkSync(secret, path),
  (path) => fs.linkSync(folder + '/fifo', path),
  (path) => fs.writeFileSync(path, 'loose', { mode: 0o666 }),
  (path) => fs.symlinkSync(folder + '/directory', path),
];
process.umask(0);
process.stdout.write('begun\\n');
for (let turn = 0; ; turn += 1) {
  make[turn % make.length](folder + '/next');
  fs.renameSync(folder + '/next', file);
}
`;

let swapper: ChildProcess | undefined;
afterEach(() => void swapper?.kill('SIGKILL'));

test('between looking and opening nothing can be swapped in: only bytes of a plain file of ours are ever read', async () => {
  const { home, places } = openHome();
  preparePlaces(places);
  const secret = join(home, 'secret');
  write(secret, 'SECRET');
  const name = 'bash.1.1.0';
  const args = ['-e', SWAP, '--', join(places.spool, name), secret, home];
  swapper = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((begun) => swapper?.stdout?.once('data', begun));
  const spool = openSpoolFolder(places.spool, process.getuid?.() ?? 0);
  const seen = new Map<string, number>();
  // Until each outcome was met often: a scheduler that lets only one side run proves nothing.
  for (
    let reads = 0;
    reads < 200_000 && !['ours', 'refused'].every((what) => (seen.get(what) ?? 0) > 500);
    reads += 1
  ) {
    const found = spool.read(name, 0, 100);
    const what = typeof found === 'string' ? found : found.bytes.toString();
    seen.set(what, (seen.get(what) ?? 0) + 1);
  }
  swapper.kill('SIGKILL');
  expect([...seen.keys()].filter((what) => !['ours', '', 'refused', 'gone'].includes(what))).toEqual([]);
  expect(seen.get('refused') ?? 0).toBeGreaterThan(500);
  expect(seen.get('ours') ?? 0).toBeGreaterThan(500);
  rmSync(home, { recursive: true, force: true });
});
