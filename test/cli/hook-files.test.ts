/** The files that start files source hold the hooks of the version that runs. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { SHELLS } from '../../src/domain/events/shell-kind.ts';
import { caro, configure, startService } from '../rig/service.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';

const folder = temporaryFolders();

test('a start of the service replaces the files of another version, with mode 0600', async () => {
  const home = folder();
  await configure(home);
  await caro(home, 'init', '--quiet');
  const hooks = join(home, 'data', 'hooks');
  writeFileSync(join(hooks, 'caro.bash'), 'echo old\n');
  const service = await startService(home);
  await service.stop();
  for (const shell of SHELLS) {
    const file = join(hooks, `caro.${shell}`);
    expect(readFileSync(file, 'utf8')).toBe((await caro(home, 'shell', 'init', shell)).stdout);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  }
  // One for each shell, and that of coding agents.
  expect(readdirSync(hooks)).toHaveLength(SHELLS.length + 1);
});

test('files that cannot be written keep neither caro shell init nor the service from working', async () => {
  const home = folder();
  await configure(home);
  mkdirSync(join(home, 'data', 'hooks', 'caro.bash'), { recursive: true, mode: 0o700 });
  expect((await caro(home, 'shell', 'init', 'bash')).stdout).toContain('_caro_load');
  const service = await startService(home);
  expect(await service.stop()).toBe(0);
});
