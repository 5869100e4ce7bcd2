import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { callAdmin } from '../../src/admin/client.ts';
import { openShell, type ShellSession } from '../rig/programs/pty.ts';
import { CARO, caro, configure, homeEnvironment } from '../rig/service.ts';
import { mountSmallDisk, requireSmallDisks, type SmallDisk } from '../rig/system/small-disk.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import { until } from '../rig/until.ts';
import { startService } from './rig/rig.ts';

let disk: SmallDisk | undefined;
let shell: ShellSession | undefined;
afterEach(async () => {
  await shell?.close();
  disk?.unmount();
  [shell, disk] = [undefined, undefined];
});
// After the disk in it is unmounted.
const folder = temporaryFolders();

requireSmallDisks()('a home without room for what a command writes', () => {
  test.each([[['pause', '1h']], [['metrics', '--token']]])(
    '%j names the disk, and works once there is room',
    async (args) => {
      const home = folder();
      disk = mountSmallDisk(home, 4096);
      await caro(home, 'init', '--quiet');
      disk.fill();
      expect(await caro(home, ...args)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('the disk is full or read-only (ENOSPC): free some space'),
      });
      disk.free();
      expect(await caro(home, ...args)).toMatchObject({ code: 0 });
    },
  );
});

requireSmallDisks()('a spool without room for what a shell writes', () => {
  test('status, doctor and page report how many commands are missing', async () => {
    const home = folder();
    await configure(home);
    const spool = join(home, 'data', 'spool');
    mkdirSync(spool, { recursive: true, mode: 0o700 });
    disk = mountSmallDisk(spool, 16);
    const service = await startService(home);
    const env = homeEnvironment(home);
    const hook = execFileSync(CARO, ['shell', 'init', 'bash'], { env, encoding: 'utf8' });
    shell = await openShell({ shell: 'bash', rc: hook, env: { CARO_HOME: home } });
    const socket = join(home, 'run', 'admin.sock');
    const status = () => callAdmin(socket, 'observe.status', {});
    disk.fill();
    for (let typed = 0; typed < 30; typed += 1) await shell.run(`: ${typed} ${'x'.repeat(300)}`);
    disk.free();
    await shell.run('echo after');
    // The start of `echo after` tells of the others: what is stored or running, and what was lost,
    // is all that was typed.
    const { events, dropped } = await until(status, (now) => now.dropped > 0);
    expect(dropped).toBeGreaterThan(0);
    expect(events + dropped).toBeGreaterThanOrEqual(31);
    expect((await caro(home, 'status')).stdout).toContain(`${dropped} dropped`);
    expect((await caro(home, 'doctor')).stdout).toContain(`${dropped} records were dropped`);
    expect(await service.stop()).toBe(0);
  });
});
