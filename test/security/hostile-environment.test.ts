import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { CARO, caroJson, configure, startService } from '../rig/service.ts';
import { openHome, requireOtherUser, write } from './rig.ts';

let home: string;
beforeEach(() => {
  ({ home } = openHome());
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const run = (env: Readonly<Record<string, string>>, ...args: readonly string[]) =>
  spawnSync(process.execPath, [CARO, ...args], {
    cwd: home,
    env: { PATH: process.env['PATH'] ?? '', HOME: home, ...env },
    encoding: 'utf8',
    timeout: 20_000,
  });

test('a relative CARO_HOME is refused, since it would move with the working directory', () => {
  for (const own of ['.', './x', 'x', '~/caro', '..']) {
    const { status, stderr } = run({ CARO_HOME: own }, 'init', '--quiet');
    expect([own, status, stderr]).toEqual([own, 2, expect.stringContaining('CARO_HOME: expected an absolute path')]);
  }
  expect(readdirSync(home)).toEqual([]);
});

test('XDG directories that are empty or relative are ignored, and nothing is made in the working directory', () => {
  mkdirSync(join(home, 'work'));
  const env = { XDG_CONFIG_HOME: '', XDG_DATA_HOME: 'data', XDG_STATE_HOME: './state', XDG_RUNTIME_DIR: '..' };
  expect(run(env, 'init', '--quiet').status).toBe(0);
  expect(readdirSync(home).sort()).toEqual(['.config', '.local', 'work']);
  expect(existsSync(join(home, '.local', 'share', 'caro', 'identity.key'))).toBe(true);
});

test('a home with line feeds or escape sequences in its name is refused, and shown without them', () => {
  for (const odd of ['a\nb', '\u001b[2J', 'a\u2028b']) {
    const { status, stdout, stderr } = run({ CARO_HOME: join(home, odd) }, 'init');
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain('CARO_HOME: expected a path without line breaks and other control characters');
    expect(stderr).not.toContain(odd);
  }
  expect(readdirSync(home)).toEqual([]);
});

test('a home with quotes, blanks and a command in its name is used as it is', () => {
  const odd = join(home, `it's "a" $(touch owned);x`);
  mkdirSync(odd, { mode: 0o700 });
  const { status, stderr } = run({ CARO_HOME: odd }, 'init');
  expect([status, stderr]).toEqual([0, '']);
  const sourced = spawnSync('bash', ['-c', 'eval "$(cat)"; printf %s "$_caro_d"'], {
    cwd: home,
    input: run({ CARO_HOME: odd }, 'shell', 'init', 'bash').stdout,
    env: { PATH: process.env['PATH'] ?? '', HOME: home },
    encoding: 'utf8',
  });
  expect(sourced.stdout).toBe(join(odd, 'data', 'spool'));
  expect(readdirSync(home)).not.toContain('owned');
});

test('programs that lie in the working directory are never run, though PATH begins with it', async () => {
  const planted = [
    'sh',
    'git',
    'ip',
    'uname',
    'id',
    'xdg-open',
    'systemctl',
    'getconf',
    'hostname',
    'ps',
    'bash',
    'zsh',
    'node',
  ];
  for (const name of planted) write(join(home, name), `#!/bin/sh\n: > '${home}/ran-${name}'\n`, 0o755);
  await configure(home);
  const env = { PATH: `.::${process.env['PATH'] ?? ''}`, CARO_HOME: home };
  expect(run(env, 'service', 'start').stderr).toBe('');
  for (const args of [
    ['status'],
    ['events'],
    ['stats'],
    ['audit', 'verify'],
    ['db', 'backup'],
    ['config', 'check'],
    ['summary', 'list'],
  ]) {
    expect([args, run(env, ...args).status]).toEqual([args, 0]);
  }
  expect(run(env, 'service', 'stop').status).toBe(0);
  expect(readdirSync(home).filter((name) => name.startsWith('ran-'))).toEqual([]);
});

test('odd locales, time zones and terminals change nothing of what is stored', () => {
  const odd = {
    CARO_HOME: home,
    LC_ALL: 'tr_TR.UTF-8',
    LANG: '../../etc/passwd',
    TZ: ':/etc/passwd',
    TERM: '\u001b]0;x\u0007',
  };
  expect(run(odd, 'init', '--quiet')).toMatchObject({ status: 0, stderr: '' });
  const { status, stdout } = run(odd, 'identity', 'show', '--json');
  expect([status, JSON.parse(stdout)]).toEqual([
    0,
    expect.objectContaining({ id: expect.stringMatching(/^caro:ed25519:/) as unknown }),
  ]);
});

test('a umask of 000 or of 777 makes nothing looser or unusable', async () => {
  for (const mask of ['000', '777']) {
    const own = join(home, mask);
    mkdirSync(own, { mode: 0o755 });
    await configure(own);
    const service = await startService(own, ['sh', '-c', `umask ${mask}; exec "$@"`, 'sh']);
    expect(await caroJson(own, 'status')).toHaveLength(1);
    expect(await service.stop()).toBe(0);
    const modes = (folder: string): readonly string[] =>
      readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
        const path = join(folder, entry.name);
        const mode = (statSync(path).mode & 0o777).toString(8);
        return [`${entry.isDirectory() ? 'directory' : 'file'} ${mode}`, ...(entry.isDirectory() ? modes(path) : [])];
      });
    const found = ['data', 'run', 'state'].flatMap((name) => modes(join(own, name)));
    expect([mask, [...new Set(found)].sort()]).toEqual([mask, ['directory 700', 'file 600']]);
  }
});

requireOtherUser()('a root shell that kept HOME of a user', () => {
  test('does not run a service in that user’s places, nor write a record into that spool', async () => {
    await configure(home);
    expect(run({ CARO_HOME: home }, 'init', '--quiet').status).toBe(0);
    const spool = join(home, 'data', 'spool');
    for (const path of ['data', 'data/spool', 'data/identity.key', 'config', 'run', 'state'])
      chownSync(join(home, path), 65_534, 65_534);
    const { status, stderr } = run({ CARO_HOME: home }, 'service', 'run');
    expect([status, stderr]).toEqual([1, expect.stringContaining('expected owner 0, got 65534')]);
    const hook = `_caro_d='${spool}'\n. '${join(CARO, '../../hooks/caro.bash')}'`;
    write(join(home, 'rc'), hook);
    spawnSync('bash', ['--rcfile', join(home, 'rc'), '-i'], {
      input: 'echo one\necho two\nexit\n',
      env: { HOME: home, PATH: process.env['PATH'] ?? '' },
      timeout: 20_000,
    });
    expect(readdirSync(spool)).toEqual([]);
  });
});
