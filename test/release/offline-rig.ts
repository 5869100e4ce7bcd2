/**
 * A machine that has Node.js and nothing else: a user of its own, in a network namespace that leads
 * nowhere.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { describe } from '@jest/globals';
import { requireNpmSbom } from '../rig/programs/require-npm.ts';
import type { CommandOutcome } from '../rig/service.ts';
import { type NetworkNamespace, openNetworkNamespace } from '../rig/system/network-namespace.ts';

const ROOT = resolve(__dirname, '../..');
/** Nobody else on this machine. */
const USER = 54_321;

/**
 * The Node.js of that machine: this one, or the one that scripts/node-versions.ts tries, with an
 * archive for all of them.
 */
export const NODE = process.env['CARO_TEST_NODE'] ?? process.execPath;

/** Makes the archive of what stands in `dist/`; returns its path. `folder` gets it. */
export function makeArchive(folder: string, root = ROOT): string {
  const given = process.env['CARO_TEST_ARCHIVE'];
  if (given !== undefined) return given;
  const env = { ...process.env, SOURCE_DATE_EPOCH: '1750000000' };
  const args = ['--import', 'tsx', 'scripts/bundle/bundle-offline.ts', folder];
  const said = execFileSync(process.execPath, args, { cwd: root, env, encoding: 'utf8' });
  return (JSON.parse(said) as { readonly archive: string }).archive;
}

export interface Running {
  readonly ready: Readonly<Record<string, string>>;
  readonly stop: () => Promise<number | null>;
}

export interface Machine {
  readonly home: string;
  /** Where the archive was unpacked. */
  readonly unpacked: string;
  readonly network: NetworkNamespace;
  /** Runs something there as that user, with Node.js and the system's commands on PATH. */
  readonly run: (file: string, args: readonly string[], env?: Readonly<Record<string, string>>) => CommandOutcome;
  readonly install: (env?: Readonly<Record<string, string>>) => CommandOutcome;
  /** The installed command. */
  readonly caro: (...args: readonly string[]) => CommandOutcome;
  readonly startService: () => Promise<Running>;
  /** Put before a command, runs it there as that user. */
  readonly prefix: readonly string[];
  readonly remove: () => void;
}

/**
 * `describe`, or a named skip where there is no second user to be. With CI=true that fails the file
 * instead.
 */
export function requireMachine(): typeof describe | typeof describe.skip {
  try {
    openNetworkNamespace().remove();
    execFileSync('setpriv', ['--reuid', String(USER), '--clear-groups', 'true'], { stdio: 'pipe' });
    return requireNpmSbom();
  } catch (error) {
    if (process.env['CI'] === 'true') throw new Error('CI needs root, iproute2 and setpriv', { cause: error });
    return describe.skip;
  }
}

export function openMachine(archive: string): Machine {
  const home = mkdtempSync(join(tmpdir(), 'caro-machine-'));
  chownSync(home, USER, USER);
  chmodSync(home, 0o755);
  const network = openNetworkNamespace();
  // No route: whatever would go out fails at once.
  execFileSync('nsenter', [...network.prefix.slice(1), 'ip', 'route', 'flush', 'table', 'main']);
  const prefix = [...network.prefix, 'setpriv', '--reuid', `${USER}`, '--regid', `${USER}`, '--clear-groups'];
  const environment = {
    HOME: home,
    PATH: `${dirname(NODE)}:/usr/bin:/bin`,
    LANG: 'C.UTF-8',
    SHELL: '/bin/bash',
  };
  const run: Machine['run'] = (file, args, env = {}) => {
    const [first = '', ...rest] = [...prefix, file, ...args];
    const done = spawnSync(first, rest, { cwd: home, env: { ...environment, ...env }, encoding: 'utf8' });
    return { code: done.status ?? 1, stdout: done.stdout, stderr: done.stderr };
  };
  const unpackIn = join(home, 'download');
  mkdirSync(unpackIn);
  chownSync(unpackIn, USER, USER);
  const unpacking = run('tar', ['-xzf', archive, '-C', unpackIn]);
  if (unpacking.code !== 0) throw new Error(unpacking.stderr);
  const unpacked = join(unpackIn, readdirSync(unpackIn)[0] ?? '');
  const program = join(home, '.local', 'bin', 'caro');
  return {
    home,
    unpacked,
    network,
    run,
    prefix,
    install: (env) => run('sh', [join(unpacked, 'install.sh')], env),
    caro: (...args) => run(program, args),
    startService: () => startService([...prefix, program, 'service', 'run'], home, environment),
    remove: () => {
      network.remove();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function startService(
  [file = '', ...args]: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<Running> {
  const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const ended = new Promise<number | null>((done) => child.once('exit', done));
  const line = await new Promise<string>((done, failed) => {
    child.stdout.once('data', (chunk: Buffer) => done(chunk.toString()));
    void ended.then((code) => failed(new Error(`the service ended with ${code} before it was ready: ${said}`)));
  });
  return {
    ready: JSON.parse(line) as Running['ready'],
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}
