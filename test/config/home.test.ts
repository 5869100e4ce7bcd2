import { spawnSync } from 'node:child_process';
import { chmodSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { CARO } from '../rig/service.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';

const folder = temporaryFolders();
/** A user of whom no list of accounts knows, as a container may be started. */
const NOBODY_KNOWN = 54_321;
/** Another user reaches no checkout in root's own home. */
const isReachable = (path: string): boolean =>
  (statSync(path).mode & 0o001) !== 0 && (dirname(path) === path || isReachable(dirname(path)));
const asRoot = process.getuid?.() === 0 && isReachable(dirname(CARO)) ? test : test.skip;

const run = (env: NodeJS.ProcessEnv, ...args: readonly string[]) =>
  spawnSync(process.execPath, [CARO, ...args], {
    env: { PATH: process.env['PATH'], ...env },
    uid: NOBODY_KNOWN,
    gid: NOBODY_KNOWN,
    encoding: 'utf8',
  });

asRoot('a user without HOME whom the system does not know is told what to set', () => {
  for (const command of [['status'], ['service', 'run'], ['doctor']]) {
    const { status, stderr } = run({}, ...command);
    expect([command, status]).toEqual([command, 1]);
    expect(stderr).toMatch(/^caro: expected a home directory.* set HOME, or set CARO_HOME to an absolute path\n$/);
  }
});

asRoot('and works with CARO_HOME alone', () => {
  const home = folder();
  chmodSync(home, 0o777);
  const { status, stderr } = run({ CARO_HOME: join(home, 'caro') }, 'init', '--quiet');
  expect([status, stderr]).toEqual([0, '']);
});
