/**
 * What a container engine would make of Dockerfile and compose.yaml, without one: the image's
 * program read-only below a folder, and for each service a network namespace with its address and a
 * mount namespace in which nothing but its volume can be written.
 */

import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { CommandOutcome } from '../rig/service.ts';
import { until } from '../rig/until.ts';
import { makeArchive } from './offline-rig.ts';

const ROOT = resolve(__dirname, '../..');
const DOCKERFILE = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
const COMPOSE = readFileSync(join(ROOT, 'compose.yaml'), 'utf8');

/** Of the image. */
export const HEALTH_CHECK = JSON.parse(one(DOCKERFILE, /^HEALTHCHECK .* CMD (\[.*\])$/m)) as readonly string[];

interface Service {
  readonly name: string;
  readonly address: string;
  readonly toml: string;
}

interface Running {
  readonly child: ChildProcess;
  /** On its standard error. */
  readonly said: () => string;
  readonly ended: Promise<number | null>;
}

export interface Containers {
  readonly services: readonly Service[];
  /**
   * `docker compose up --wait` of all or of one: resolves once the health check succeeds, rejects
   * with the log of one that ended.
   */
  readonly start: (only?: string) => Promise<void>;
  /** `docker compose exec`, with input for the command. */
  readonly exec: (name: string, words: readonly string[], input?: string) => CommandOutcome;
  /** Runs lines of a shell in which `docker compose` means these containers. */
  readonly script: (text: string) => CommandOutcome;
  /** The process of a service, in the words of /proc/PID/status. */
  readonly process: (name: string) => string;
  /** `docker compose stop`; resolves with the exit code of a service. */
  readonly stop: (name: string) => Promise<number | null>;
  readonly remove: () => void;
}

function one(text: string, pattern: RegExp): string {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) throw new Error(`expected ${String(pattern)}, found nothing like it`);
  return found;
}

/** As compose.yaml has them. */
function servicesOf(compose: string): readonly Service[] {
  const parts = compose.slice(compose.indexOf('\nservices:'), compose.indexOf('\nnetworks:')).split(/\n {2}(?=[a-z])/);
  return parts.slice(1).map((part) => ({
    name: one(part, /^([a-z0-9-]+):/),
    address: one(part, /ipv4_address: ([\d.]+)/),
    toml: one(part, /CARO_TOML: \|\n((?: {8}.*\n)+)/).replaceAll(/^ {8}/gm, ''),
  }));
}

let made = 0;

/** Namespaces on one bridge, which leads nowhere; returns what takes a command into each. */
function layNetwork(services: readonly Service[]): {
  readonly paths: ReadonlyMap<string, string>;
  readonly remove: () => void;
} {
  made += 1;
  const nameOf = (part: string): string => `caro-box-${process.pid}-${made}-${part}`;
  const ip = (words: string): void => void execFileSync('ip', words.split(' '), { stdio: 'pipe' });
  const hub = nameOf('hub');
  ip(`netns add ${hub}`);
  ip(`-n ${hub} link add bridge type bridge`);
  ip(`-n ${hub} link set bridge up`);
  const paths = services.map(({ name, address }): [string, string] => {
    const space = nameOf(name);
    ip(`netns add ${space}`);
    ip(`-n ${space} link add eth0 type veth peer name ${name} netns ${hub}`);
    ip(`-n ${hub} link set ${name} master bridge up`);
    ip(`-n ${space} addr add ${address}/24 dev eth0`);
    for (const device of ['lo', 'eth0']) ip(`-n ${space} link set ${device} up`);
    return [name, `/run/netns/${space}`];
  });
  return {
    paths: new Map(paths),
    remove: () => {
      for (const name of ['hub', ...services.map((service) => service.name)]) ip(`netns del ${nameOf(name)}`);
    },
  };
}

/**
 * Everything read-only but the volume, then the user of the image without any capability.
 * Arguments: the volume, and the command.
 */
const CONFINE = `set -eu
volume=$1
shift
mount --make-rprivate /
mount --bind "$volume" "$volume"
for place in / /tmp /dev/shm /run /run/lock; do
  if mountpoint -q "$place"; then mount -o remount,bind,ro "$place"; fi
done
cd "$volume"
exec setpriv --reuid ${one(DOCKERFILE, /^USER (\d+):/m)} --regid ${one(DOCKERFILE, /^USER \d+:(\d+)/m)} --clear-groups \\
  --no-new-privs --bounding-set=-all --inh-caps=-all "$@"
`;

/** The stage of the image that runs: the archive installed as root, and its first program. */
function makeImage(folder: string): string {
  const prefix = join(folder, one(DOCKERFILE, /CARO_PREFIX=\/(\S+)/));
  const unpacked = join(folder, 'bundle');
  mkdirSync(unpacked);
  execFileSync('tar', ['-xzf', makeArchive(folder), '-C', unpacked, '--strip-components=1']);
  const env = { ...process.env, CARO_PREFIX: prefix };
  execFileSync('sh', [join(unpacked, 'install.sh')], { env, stdio: 'pipe' });
  const bin = join(prefix, 'bin');
  copyFileSync(join(ROOT, one(DOCKERFILE, /COPY --chmod=755 (\S+)/)), join(bin, 'start'));
  // What the image has in /etc/bash.bashrc.
  writeFileSync(join(folder, 'bashrc'), `${one(DOCKERFILE, /echo '(eval .*)' >>\/etc\/bash\.bashrc/)}\n`);
  return bin;
}

/**
 * In a shell, what `docker compose exec` and `up` are here; standard input goes on to the command.
 */
const DOCKER = `docker() {
  [ "$1" = compose ] || return 64
  if [ "$2" = up ]; then return 0; fi
  shift 2
  if [ "$1" = -T ]; then shift; fi
  service=$1
  shift
  if [ "$1" = bash ]; then shift; set -- bash --rcfile "$CARO_BASHRC" "$@"; fi
  "$CARO_EXEC" "$service" "$@"
}
`;

export function makeContainers(): Containers {
  const folder = mkdtempSync(join(tmpdir(), 'caro-container-'));
  chmodSync(folder, 0o755);
  const bin = makeImage(folder);
  const services = servicesOf(COMPOSE);
  const network = layNetwork(services);
  const user = Number(one(DOCKERFILE, /^USER (\d+):/m));
  const volumeOf = (name: string): string => join(folder, 'volumes', name);
  for (const { name } of services) {
    mkdirSync(dirname(volumeOf(name)), { recursive: true, mode: 0o755 });
    mkdirSync(volumeOf(name), { mode: 0o700 });
    chownSync(volumeOf(name), user, user);
  }
  const confine = join(folder, 'confine');
  writeFileSync(confine, CONFINE);
  const environment = (name: string): NodeJS.ProcessEnv => ({
    PATH: `${bin}:${dirname(process.execPath)}:/usr/bin:/bin`,
    HOME: volumeOf(name),
    CARO_HOME: volumeOf(name),
    LANG: 'C.UTF-8',
  });
  const inside = (name: string): readonly string[] => [
    `--net=${network.paths.get(name)}`,
    ...['unshare', '--mount', 'sh', confine, volumeOf(name)],
  ];
  const enter = join(folder, 'exec');
  writeFileSync(
    enter,
    `#!/bin/sh\nname=$1\nshift\nexport HOME=${folder}/volumes/$name CARO_HOME=${folder}/volumes/$name\nexec nsenter --net=/run/netns/caro-box-${process.pid}-${made}-$name unshare --mount sh ${confine} ${folder}/volumes/$name "$@"\n`,
    { mode: 0o755 },
  );
  const running = new Map<string, Running>();
  const outcome = (done: ReturnType<typeof spawnSync>): CommandOutcome => ({
    code: done.status ?? 1,
    stdout: String(done.stdout),
    stderr: String(done.stderr),
  });
  const exec: Containers['exec'] = (name, words, input = '') =>
    outcome(spawnSync('nsenter', [...inside(name), ...words], { env: environment(name), encoding: 'utf8', input }));
  const startOne = (name: string, toml: string): Running => {
    const env = { ...environment(name), CARO_TOML: toml };
    const child = spawn('nsenter', [...inside(name), join(bin, 'start')], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    return { child, said: () => said, ended: new Promise((done) => child.once('exit', done)) };
  };
  const healthy = async (name: string): Promise<void> => {
    const { child, said } = running.get(name) ?? {};
    const ask = (): Promise<CommandOutcome> => Promise.resolve(exec(name, HEALTH_CHECK));
    await until(ask, ({ code }) => code === 0 || child?.exitCode !== null, 60_000);
    if (child?.exitCode !== null) throw new Error(`${name} ended with ${child?.exitCode}: ${said?.()}`);
  };
  return {
    services,
    start: async (only) => {
      const meant = services.filter(({ name }) => only === undefined || name === only);
      for (const { name, toml } of meant) running.set(name, startOne(name, toml));
      for (const { name } of meant) await healthy(name);
    },
    exec,
    script: (text) => {
      const env = { ...environment('none'), CARO_EXEC: enter, CARO_BASHRC: join(folder, 'bashrc') };
      return outcome(spawnSync('sh', ['-euc', `${DOCKER}${text}`], { env, encoding: 'utf8' }));
    },
    process: (name) => readFileSync(`/proc/${running.get(name)?.child.pid}/status`, 'utf8'),
    stop: async (name) => {
      running.get(name)?.child.kill('SIGTERM');
      return (await running.get(name)?.ended) ?? null;
    },
    remove: () => {
      for (const { child } of running.values()) child.kill('SIGKILL');
      network.remove();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
