/**
 * What systemd lets the service of an ordinary user do, on a system that gives its users namespaces
 * and on one that does not.
 */
import { chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { freePort } from '../../rig/service.ts';
import { requireSystemd, type SystemdUser, startSystemd, TREE } from '../../rig/system/systemd-user.ts';

/** Nobody else on this machine. */
const USER = 54_322;
const UNIT = 'caro.service';
const HOME = '/home/ada';
const UNIT_FILE = '.config/systemd/user/caro.service';

let home: string;
let systemd: SystemdUser;
const describe = requireSystemd();

describe('the service of a user without privileges', () => {
  afterEach(async () => {
    await systemd.end();
    rmSync(home, { recursive: true, force: true });
  });

  async function start(givesNamespaces: boolean): Promise<void> {
    home = mkdtempSync(join(tmpdir(), 'caro-confined-'));
    mkdirSync(join(home, '.config', 'caro'), { recursive: true, mode: 0o700 });
    writeFileSync(join(home, '.config/caro/caro.toml'), `[dashboard]\nport = ${await freePort()}\n`, { mode: 0o600 });
    for (const place of ['', '.config', '.config/caro', '.config/caro/caro.toml'])
      chownSync(join(home, place), USER, USER);
    systemd = await startSystemd(home, { uid: USER, givesNamespaces });
  }

  const caro = (...args: readonly string[]) => systemd.run(`${TREE}/bin/caro.js`, ...args);
  const confinement = async (): Promise<unknown> => {
    const lines = (await caro('doctor', '--json')).out.trim().split('\n');
    const checks = lines.map((line) => JSON.parse(line) as { check: string; state: string });
    return checks.find(({ check }) => check === 'confinement')?.state;
  };

  test('can write to its own places and nowhere else, not even in the home directory', async () => {
    await start(true);
    expect(await caro('service', 'install')).toMatchObject({ code: 0 });
    const pid = await systemd.show(UNIT, 'MainPID');
    const inside = (...words: readonly string[]) =>
      systemd.run('nsenter', '-t', pid, '-U', '-m', '--preserve-credentials', '--', ...words);
    for (const place of ['.bashrc', '.config/systemd/user/other.service', '.local/share/other'])
      expect((await inside('touch', join(HOME, place))).out).toContain('Read-only file system');
    expect((await inside('touch', '/tmp/caro-other')).out).toContain('Read-only file system');
    expect(await inside('touch', join(HOME, '.local/share/caro/own'))).toMatchObject({ code: 0 });
    expect((await caro('db', 'backup')).code).toBe(0);
    expect((await caro('summary', 'preview', '--period', 'daily')).code).toBe(0);
    expect((await caro('reload')).code).toBe(0);
    expect(await confinement()).toBe('ok');
  });

  test('runs all the same where users get no namespaces, and doctor says that nothing confines it', async () => {
    await start(false);
    expect(await caro('service', 'install')).toMatchObject({ code: 0 });
    expect(readFileSync(join(home, UNIT_FILE), 'utf8')).not.toContain('PrivateUsers');
    expect(await systemd.show(UNIT, 'ActiveState')).toBe('active');
    expect(await confinement()).toBe('warn');
    expect((await caro('service', 'uninstall')).out).toMatch(/^removed: /);
  });
});
