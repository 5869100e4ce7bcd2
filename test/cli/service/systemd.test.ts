/** The service under a real systemd: what `caro service install` promises, tried. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { CARO, freePort } from '../../rig/service.ts';
import { requireSystemd, type SystemdUser, startSystemd } from '../../rig/system/systemd-user.ts';
import { until } from '../../rig/until.ts';

const UNIT = 'caro.service';
const PATIENCE_MS = 30_000;

let home: string;
let systemd: SystemdUser;
const describe = requireSystemd();

describe('the service under systemd', () => {
  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), 'caro-systemd-'));
    mkdirSync(join(home, '.config', 'caro'), { recursive: true, mode: 0o700 });
    const port = await freePort();
    writeFileSync(join(home, '.config', 'caro', 'caro.toml'), `[dashboard]\nport = ${port}\n`, { mode: 0o600 });
    systemd = await startSystemd(home);
  });
  afterEach(async () => {
    await systemd.end();
    rmSync(home, { recursive: true, force: true });
  });

  const caro = (...args: readonly string[]) => systemd.run(CARO, ...args);
  const pid = async (): Promise<string> => systemd.show(UNIT, 'MainPID');
  const settings = (text: string): void => {
    const folder = join(home, '.config', 'systemd', 'user', `${UNIT}.d`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'test.conf'), text);
  };
  const restarted = (): Promise<string> =>
    until(
      async () => `${await systemd.show(UNIT, 'NRestarts')} ${await systemd.show(UNIT, 'ActiveState')}`,
      (state) => state === '1 active',
      PATIENCE_MS,
    );

  test('is up when install says so, and install again changes nothing', async () => {
    const { code, out } = await caro('service', 'install');
    expect([code, out]).toEqual([0, expect.stringContaining(`running as process ${await pid()};`)]);
    expect(await systemd.show(UNIT, 'ActiveState')).toBe('active');
    expect(await systemd.show(UNIT, 'UnitFileState')).toBe('enabled');
    const before = await pid();
    expect((await caro('service', 'install')).code).toBe(0);
    expect(await pid()).toBe(before);
  });

  test('is found, and managed, from a shell that lacks XDG_RUNTIME_DIR, as under su and cron', async () => {
    const bare = (...args: readonly string[]) => systemd.run('env', '-u', 'XDG_RUNTIME_DIR', CARO, ...args);
    expect((await bare('service', 'install')).code).toBe(0);
    expect(JSON.parse((await bare('status', '--json')).out)).toMatchObject({ service: { pid: Number(await pid()) } });
    expect((await bare('service', 'stop')).out).toBe('stopped\n');
  });

  test('is started again after kill -9, and stays stopped after caro service stop', async () => {
    await caro('service', 'install');
    const before = await pid();
    process.kill(Number(before), 'SIGKILL');
    await restarted();
    expect(await pid()).not.toBe(before);
    expect((await caro('service', 'stop')).out).toBe('stopped\n');
    expect([await systemd.show(UNIT, 'ActiveState'), await systemd.show(UNIT, 'Result')]).toEqual([
      'inactive',
      'success',
    ]);
    expect((await caro('service', 'start')).code).toBe(0);
    expect((await caro('service', 'restart')).code).toBe(0);
    expect(await systemd.show(UNIT, 'NRestarts')).toBe('0');
  });

  test('is started again when it hangs, because it gives no more signs of life', async () => {
    settings('[Service]\nWatchdogSec=2\n');
    await caro('service', 'install');
    const before = await pid();
    const first = await systemd.show(UNIT, 'WatchdogTimestampMonotonic');
    await until(
      () => systemd.show(UNIT, 'WatchdogTimestampMonotonic'),
      (stamp) => stamp !== first,
    );
    process.kill(Number(before), 'SIGSTOP');
    await restarted();
    expect(await pid()).not.toBe(before);
  });

  test('is started when its owner says so, also after systemd has given it up', async () => {
    settings('[Unit]\nStartLimitBurst=2\n[Service]\nRestartSec=0\n');
    await caro('service', 'install');
    await until(
      async () => {
        const running = Number(await pid());
        if (running > 0) process.kill(running, 'SIGKILL');
        return systemd.show(UNIT, 'ActiveState');
      },
      (state) => state === 'failed',
      PATIENCE_MS,
    );
    expect(await caro('service', 'start')).toMatchObject({ code: 0 });
    expect(await systemd.show(UNIT, 'ActiveState')).toBe('active');
  });

  test('that cannot start because of its configuration is not tried again, and says why', async () => {
    await caro('service', 'install');
    writeFileSync(join(home, '.config', 'caro', 'caro.toml'), '[dashboard]\nprt = 1\n', { mode: 0o600 });
    for (const verb of ['restart', 'install']) {
      expect(await caro('service', verb)).toMatchObject({ code: 2, out: expect.stringContaining('dashboard.prt: ') });
      expect(await systemd.show(UNIT, 'ActiveState')).toBe('active');
    }
    expect((await systemd.run('systemctl', '--user', 'restart', UNIT)).code).not.toBe(0);
    expect([await systemd.show(UNIT, 'NRestarts'), await systemd.show(UNIT, 'ActiveState')]).toEqual(['0', 'failed']);
  });

  test('writes to its own places and nowhere else, and does all its work there', async () => {
    await caro('service', 'install');
    const inside = (...words: readonly string[]) => systemd.run('nsenter', '-t', inside.pid, '-m', '--', ...words);
    inside.pid = await pid();
    expect((await inside('touch', join(home, 'x'))).out).toContain('Read-only file system');
    expect((await inside('touch', '/etc/x')).out).toContain('Read-only file system');
    expect((await systemd.run('grep', 'NoNewPrivs', `/proc/${inside.pid}/status`)).out).toMatch(/\s1$/m);
    expect((await caro('db', 'backup')).code).toBe(0);
    expect((await caro('summary', 'preview', '--period', 'daily')).code).not.toBe(2);
    const { dashboard } = JSON.parse((await caro('status', '--json')).out) as { dashboard: { url: string } };
    expect((await fetch(dashboard.url)).status).toBeLessThan(500);
    expect((await caro('reload')).code).toBe(0);
  });

  test('lives where CARO_HOME says, whatever characters are in it', async () => {
    const own = join(home, '50% "off" \\ $HOME');
    mkdirSync(join(own, 'config'), { recursive: true, mode: 0o700 });
    writeFileSync(join(own, 'config', 'caro.toml'), `[dashboard]\nport = ${await freePort()}\n`, { mode: 0o600 });
    expect(await systemd.run('env', `CARO_HOME=${own}`, CARO, 'service', 'install')).toMatchObject({ code: 0 });
    const { out } = await systemd.run('env', `CARO_HOME=${own}`, CARO, 'status', '--json');
    expect(JSON.parse(out)).toMatchObject({ service: { pid: Number(await pid()) } });
  });

  test('is gone after uninstall, which may be said twice', async () => {
    await caro('service', 'install');
    expect((await caro('service', 'uninstall')).out).toMatch(/^removed: /);
    expect(await systemd.show(UNIT, 'LoadState')).toBe('not-found');
    expect(await caro('service', 'uninstall')).toEqual({ code: 0, out: 'Nothing is installed for this node.\n' });
  });
});
