/** A real systemd user instance of the test's own, in a mount namespace where it believes that the machine was booted by it. */
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe } from '@jest/globals';
import { until } from './service.ts';

const SYSTEMD = '/lib/systemd/systemd';
const RUNTIME = '/run/user/0';
const SOCKET = `${RUNTIME}/systemd/private`;

export interface SystemdUser {
  /** Runs a command as the user of this instance, with `home` as home directory; never rejects. */
  readonly run: (file: string, ...args: readonly string[]) => Promise<{ readonly code: number; readonly out: string }>;
  /** A property of a unit (systemctl show). */
  readonly show: (unit: string, property: string) => Promise<string>;
  /** Ends all units and the instance. */
  readonly end: () => Promise<void>;
}

/** `describe`, or a named skip where no instance can be had. With CI=true that fails the file instead. */
export function requireSystemd(): typeof describe | typeof describe.skip {
  try {
    if (!existsSync(SYSTEMD)) throw new Error(`${SYSTEMD} is not there`);
    execFileSync('systemd-analyze', ['--version'], { stdio: 'pipe' });
    execFileSync('unshare', ['--mount', 'true'], { stdio: 'pipe' });
    return describe;
  } catch (error) {
    if (process.env['CI'] === 'true') throw new Error('CI needs root, systemd and unshare', { cause: error });
    return describe.skip;
  }
}

const START = [
  'mount --make-rprivate /',
  'mount -t tmpfs -o mode=755 tmpfs /run',
  `mkdir -p /run/systemd/system ${RUNTIME}`,
  `chmod 700 ${RUNTIME}`,
  `exec ${SYSTEMD} --user --log-target=console --log-level=notice`,
].join(' && ');

export async function startSystemd(home: string): Promise<SystemdUser> {
  const env = { PATH: process.env['PATH'], HOME: home, SHELL: '/bin/bash', LANG: 'C.UTF-8', XDG_RUNTIME_DIR: RUNTIME };
  const instance = spawn('unshare', ['--mount', 'sh', '-c', START], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const said: string[] = [];
  instance.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  const run: SystemdUser['run'] = (file, ...args) =>
    new Promise((done) => {
      execFile(
        'nsenter',
        [`--mount=/proc/${instance.pid}/ns/mnt`, `--wd=${home}`, '--', file, ...args],
        { env, encoding: 'utf8' },
        (error, out, err) => done({ code: error === null ? 0 : Number(error.code ?? 1), out: out + err }),
      );
    });
  try {
    await until(
      () => run('test', '-S', SOCKET),
      ({ code }) => code === 0,
    );
  } catch (error) {
    instance.kill('SIGKILL');
    throw new Error(`systemd did not start: ${said.join('')}`, { cause: error });
  }
  return {
    run,
    show: async (unit, property) =>
      (await run('systemctl', '--user', 'show', unit, '-p', property, '--value')).out.trim(),
    end: () => ended(instance),
  };
}

/** SIGTERM makes a user instance stop its units and exit (systemd(1)). */
async function ended(instance: ChildProcess): Promise<void> {
  if (instance.exitCode !== null) return;
  const gone = new Promise((done) => instance.once('exit', done));
  instance.kill('SIGTERM');
  await gone;
}
