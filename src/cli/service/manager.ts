import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { CaroError } from '../../domain/errors.ts';
import type { Context } from '../context.ts';
import { launchdAgent, systemdUnit } from './unit.ts';

/** What keeps the service running on this system. */
export interface ServiceManager {
  readonly name: string;
  /** The unit's file, and what stands in it for the node of this environment. */
  readonly file: string;
  readonly unit: string;
  /** Whether the unit on disk is for this very node. */
  readonly isInstalled: () => boolean;
  readonly install: () => void;
  readonly uninstall: () => void;
  readonly start: () => void;
  readonly stop: () => void;
}

const SYSTEMD_NAME = 'caro.service';
const LAUNCHD_LABEL = 'org.caro-mesh.caro';

/** systemd's user instance or launchd; undefined on a system that has neither. */
export function serviceManager({ env, home }: Pick<Context, 'env' | 'home'>): ServiceManager | undefined {
  if (process.platform === 'darwin') return launchd(env, home);
  return process.platform === 'linux' ? systemd(env, home) : undefined;
}

function systemd(env: Context['env'], home: string): ServiceManager {
  const { XDG_CONFIG_HOME: config } = env;
  const base = config !== undefined && isAbsolute(config) ? config : join(home, '.config');
  const file = join(base, 'systemd', 'user', SYSTEMD_NAME);
  const control = (...args: readonly string[]): void => run('systemctl', ['--user', ...args], NO_SYSTEMD);
  // systemd counts a service's starts and in the end refuses more of them; what its owner asks for
  // is no such try.
  const forgive = (): void => void call('systemctl', ['--user', 'reset-failed', SYSTEMD_NAME]);
  return {
    ...unitFile('systemd', file, systemdUnit(env, home)),
    install: () => {
      // Asked first, so that nothing is written where it would be of no use.
      control('show-environment');
      const unit = systemdUnit(env, home);
      write(file, givesNamespaces() ? unit : withoutNamespaces(unit));
      control('daemon-reload');
      forgive();
      control('enable', '--now', SYSTEMD_NAME);
    },
    uninstall: () => {
      control('disable', '--now', SYSTEMD_NAME);
      rmSync(file, { force: true });
      control('daemon-reload');
    },
    start: () => {
      forgive();
      control('start', SYSTEMD_NAME);
    },
    stop: () => control('stop', SYSTEMD_NAME),
  };
}

function launchd(env: Context['env'], home: string): ServiceManager {
  const file = join(home, 'Library', 'LaunchAgents', `${LAUNCHD_LABEL}.plist`);
  const domain = `gui/${process.getuid?.() ?? 501}`;
  const control = (...args: readonly string[]): void => run('launchctl', args, NO_LAUNCHD);
  const load = (): void => control('bootstrap', domain, file);
  const unload = (): void => control('bootout', `${domain}/${LAUNCHD_LABEL}`);
  return {
    ...unitFile('launchd', file, launchdAgent(env)),
    install: () => {
      write(file, launchdAgent(env));
      load();
    },
    uninstall: () => {
      unload();
      rmSync(file, { force: true });
    },
    // An agent that was booted out is unknown to launchd: it is loaded again, which starts it.
    start: load,
    stop: unload,
  };
}

const NO_SYSTEMD = 'expected systemd to run services of this user';
const NO_LAUNCHD = 'expected launchd to run agents of this user';

const unitFile = (name: string, file: string, unit: string) => ({
  name,
  file,
  unit,
  isInstalled: () => existsSync(file) && withoutNamespaces(readFileSync(file, 'utf8')) === withoutNamespaces(unit),
});

/** Where users get no namespaces, a unit that asks for one does not start (217/USER). */
const withoutNamespaces = (unit: string): string => unit.replace(/^PrivateUsers=yes\n/m, '');

/**
 * Tried, since kernel settings, security modules and containers each forbid it in a way of their
 * own.
 */
const givesNamespaces = (): boolean =>
  call('systemd-run', [
    '--user',
    '--quiet',
    '--collect',
    '--property=Type=oneshot',
    '--property=PrivateUsers=yes',
    '--property=ProtectSystem=strict',
    'true',
  ]).status === 0;

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/**
 * @throws CaroError `service_manager` with the first line of what it objected to, and the way
 *   without it.
 */
function run(program: string, args: readonly string[], expected: string): void {
  const { status, stderr, error } = call(program, args);
  if (status === 0) return;
  const reason = stderr.split('\n').find((line) => line.trim() !== '' && !line.startsWith('Created symlink'));
  const said = error ? ((error as NodeJS.ErrnoException).code ?? error.message) : reason;
  throw new CaroError(
    'service_manager',
    `${expected}, ${program} ${args.join(' ')} failed: ${said ?? `status ${status ?? 'none'}`}; see: caro doctor; without it: caro service start`,
  );
}

const call = (program: string, args: readonly string[]): SpawnSyncReturns<string> =>
  spawnSync(program, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...runtimeDirectory(), ...process.env },
  });

/** Where systemd's user instance listens; `su` and `cron` do not say so. */
function runtimeDirectory(): Readonly<Record<string, string>> {
  const directory = `/run/user/${process.getuid?.() ?? ''}`;
  return existsSync(directory) ? { XDG_RUNTIME_DIR: directory } : {};
}
