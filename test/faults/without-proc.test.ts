/** A container or chroot without `/proc`. */
import { expect, test } from '@jest/globals';
import type { ServiceStatus } from '../../src/domain/status/status.ts';
import { caroBehind, configure } from '../rig/service.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import { describeWithMounts, mounted } from './rig/mounts.ts';
import { startService } from './rig/rig.ts';

const folder = temporaryFolders();
const withoutProc = mounted('mount -t tmpfs none "$0"', '/proc');

describeWithMounts()('a service that sees no /proc', () => {
  test('tells its state, with its memory unknown, and no part of it fails', async () => {
    const home = folder();
    await configure(home);
    const service = await startService(home, withoutProc);
    const say = (...args: readonly string[]) => caroBehind(withoutProc, home, ...args);
    const { code, stdout } = await say('status', '--json');
    expect(code).toBe(0);
    const { memory, actors } = JSON.parse(stdout) as ServiceStatus;
    expect(memory).toEqual({ rssBytes: null });
    expect(actors.filter(({ state }) => state !== 'running')).toEqual([]);
    expect((await say('status')).stdout).toMatch(/^memory +unknown$/m);
    const metrics = await say('metrics');
    expect(metrics).toMatchObject({ code: 0, stdout: expect.stringContaining('caro_uptime_seconds ') });
    expect(metrics.stdout).not.toMatch(/^process_resident_memory_bytes /m);
    expect(await service.stop()).toBe(0);
    expect(service.log()).not.toContain('actor crashed');
  });

  test('does not keep doctor from naming a port that is taken', async () => {
    const [home, other] = [folder(), folder()];
    await configure(home);
    const service = await startService(home);
    await configure(other, `[dashboard]\nport = ${new URL(service.ready.dashboard).port}\n`);
    const { stdout } = await caroBehind(withoutProc, other, 'doctor');
    expect(stdout).toMatch(/^bad +ports +port \d+ is in use by another process; stop it/m);
    await service.stop();
  });
});
