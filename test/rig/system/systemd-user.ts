/**
 * A real systemd user instance of the test's own, in a mount namespace where it believes that the
 * machine was booted by it.
 */

import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe } from '@jest/globals';
import { until } from '../until.ts';

const SYSTEMD = '/lib/systemd/systemd';

export interface SystemdUser {
  /** Runs a command as the user of this instance, with `home` as home directory; never rejects. */
  readonly run: (file: string, ...args: readonly string[]) => Promise<{ readonly code: number; readonly out: string }>;
  /** A property of a unit (systemctl show). */
  readonly show: (unit: string, property: string) => Promise<string>;
  /** Ends all units and the instance. */
  readonly end: () => Promise<void>;
}

/**
 * `describe`, or a named skip where no instance can be had. With CI=true that fails the file
 * instead.
 */
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

export interface SystemdUserOptions {
  /**
   * Root, whose instance may do everything, or somebody who has no privileges and whose home is
   * below /home.
   */
  readonly uid?: number;
  /** Whether the system lets its users make namespaces; a hardened one does not. */
  readonly givesNamespaces?: boolean;
}

/** Where the tree of this program is for the instance, whoever may read the folders above it. */
export const TREE = '/run/caro-tree';

const ROOT = resolve(__dirname, '../../..');

function startLine(home: string, { uid = 0, givesNamespaces = true }: SystemdUserOptions): string {
  const runtime = `/run/user/${uid}`;
  const own = uid === 0 ? [] : ['mount -t tmpfs tmpfs /home', `mkdir ${homeOf(home, uid)}`];
  return [
    ...(givesNamespaces ? [] : ['echo 0 > /proc/sys/user/max_user_namespaces']),
    'mount --make-rprivate /',
    'mount -t tmpfs -o mode=755 tmpfs /run',
    // The machine's own instance makes the second.
    `mkdir -p /run/systemd/system /run/systemd/unit-root ${runtime} ${TREE}`,
    `mount --bind ${ROOT} ${TREE}`,
    ...own,
    ...(uid === 0 ? [] : [`mount --bind ${home} ${homeOf(home, uid)}`]),
    `chmod 700 ${runtime}`,
    `chown ${uid} ${runtime}`,
    `exec ${as(uid).join(' ')} ${SYSTEMD} --user --log-target=console --log-level=notice`,
  ].join(' && ');
}

const homeOf = (home: string, uid: number): string => (uid === 0 ? home : '/home/ada');

const as = (uid: number): readonly string[] =>
  uid === 0 ? [] : ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups'];

/** A namespace with the same users as here, so that its limits can be changed for them alone. */
async function makeUsers(): Promise<{ readonly prefix: readonly string[]; readonly end: () => void }> {
  const holder = spawn('unshare', ['--user', 'sleep', 'infinity'], { stdio: 'ignore' });
  const space = `/proc/${holder.pid}/ns/user`;
  await until(
    () => Promise.resolve(readlinkSync(space)),
    (name) => name !== readlinkSync('/proc/self/ns/user'),
  );
  for (const map of ['uid_map', 'gid_map']) writeFileSync(`/proc/${holder.pid}/${map}`, '0 0 65536');
  return { prefix: ['nsenter', `--user=${space}`, '--setuid=0', '--setgid=0'], end: () => void holder.kill('SIGKILL') };
}

/** What the machine's systemd would delegate to the instance of a user. */
function delegate(pid: number, uid: number): () => void {
  const made = readFileSync('/proc/self/cgroup', 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, controllers, path = ''] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
      if (controllers !== '' && controllers !== 'name=systemd') return [];
      const top = ['systemd', 'unified', ''].filter((name) => name !== (controllers === '' ? 'systemd' : 'unified'));
      const mount = top.map((name) => join('/sys/fs/cgroup', name)).find((at) => existsSync(join(at, 'cgroup.procs')));
      return mount === undefined ? [] : [join(mount, path, `caro-test-${pid}`)];
    });
  for (const group of made) {
    mkdirSync(group);
    for (const name of ['', 'cgroup.procs', 'cgroup.subtree_control', 'cgroup.threads', 'tasks'])
      if (existsSync(join(group, name))) chownSync(join(group, name), uid, uid);
    writeFileSync(join(group, 'cgroup.procs'), `${pid}`);
  }
  return () => {
    for (const group of made) execFileSync('find', [group, '-depth', '-type', 'd', '-exec', 'rmdir', '{}', ';']);
  };
}

/** How often a manager is started that ends at once. */
const ATTEMPTS = 3;

/** A manager sometimes ends at once when another one of the user ends; then it is tried again. */
export async function startSystemd(home: string, options: SystemdUserOptions = {}): Promise<SystemdUser> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(home, options);
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

async function startOnce(home: string, options: SystemdUserOptions): Promise<SystemdUser> {
  const { uid = 0, givesNamespaces = true } = options;
  const runtime = `/run/user/${uid}`;
  const env = {
    PATH: process.env['PATH'],
    HOME: homeOf(home, uid),
    SHELL: '/bin/bash',
    LANG: 'C.UTF-8',
    XDG_RUNTIME_DIR: runtime,
  };
  const users = givesNamespaces ? undefined : await makeUsers();
  const [file, ...words] = [...(users?.prefix ?? []), 'unshare', '--mount', 'sh', '-c', startLine(home, options)];
  const instance = spawn(file, words, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const pid = instance.pid ?? 0;
  const said: string[] = [];
  instance.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  const undelegate = uid === 0 ? () => undefined : delegate(pid, uid);
  const enter = [...(users?.prefix ?? []), 'nsenter', `--mount=/proc/${pid}/ns/mnt`, `--wd=${home}`, '--', ...as(uid)];
  const run: SystemdUser['run'] = (file, ...args) =>
    new Promise((done) => {
      const [first = '', ...rest] = [...enter, file, ...args];
      execFile(first, rest, { env, encoding: 'utf8' }, (error, out, err) =>
        done({ code: error === null ? 0 : Number(error.code ?? 1), out: out + err }),
      );
    });
  const hasEnded = (): boolean => instance.exitCode !== null || instance.signalCode !== null;
  try {
    const { code } = await until(
      () => run('test', '-S', `${runtime}/systemd/private`),
      (answer) => answer.code === 0 || hasEnded(),
    );
    if (code !== 0) throw new Error(`it ended with ${instance.exitCode ?? instance.signalCode}`);
  } catch (error) {
    instance.kill('SIGKILL');
    users?.end();
    undelegate();
    throw new Error(`systemd did not start: ${said.join('')}`, { cause: error });
  }
  return {
    run,
    show: async (unit, property) =>
      (await run('systemctl', '--user', 'show', unit, '-p', property, '--value')).out.trim(),
    end: async () => {
      await ended(instance);
      users?.end();
      undelegate();
    },
  };
}

/** SIGTERM makes a user instance stop its units and exit (systemd(1)). */
async function ended(instance: ChildProcess): Promise<void> {
  if (instance.exitCode !== null) return;
  const gone = new Promise((done) => instance.once('exit', done));
  instance.kill('SIGTERM');
  await gone;
}
