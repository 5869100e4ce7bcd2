import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { CaroError } from '../../domain/errors.ts';
import type { Context } from '../context.ts';
import { launchdAgent, systemdUnit } from './unit.ts';

/** The service manager of this system. */
export interface ServiceManager {
  readonly name: string;
  /** The unit's file, and its text for the node of this environment. */
  readonly file: string;
  readonly unit: string;
  /** Whether the unit on disk is for this node and program. */
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
  // systemd limits how often a service starts. A start that the user asks for MUST NOT count.
  const resetStartLimit = (): void => void call('systemctl', ['--user', 'reset-failed', SYSTEMD_NAME]);
  return {
    ...unitFile('systemd', file, systemdUnit(env, home)),
    install: () => {
      // Checked first, so that nothing is written if systemd cannot be used.
      control('show-environment');
      const unit = systemdUnit(env, home);
      write(file, givesNamespaces() ? unit : withoutNamespaces(unit));
      control('daemon-reload');
      resetStartLimit();
      control('enable', '--now', SYSTEMD_NAME);
    },
    uninstall: () => {
      control('disable', '--now', SYSTEMD_NAME);
      rmSync(file, { force: true });
      control('daemon-reload');
    },
    start: () => {
      resetStartLimit();
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
    // launchd forgets an agent after bootout. Loading it again starts it.
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

/** If users get no namespaces, a unit that asks for one does not start (217/USER). */
const withoutNamespaces = (unit: string): string => unit.replace(/^PrivateUsers=yes\n/m, '');

/**
 * Found by trying, because kernel settings, security modules and containers each forbid it in their
 * own way.
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
 * @throws CaroError `service_manager` with the first line of its error, and the way without it.
 */
function run(program: string, args: readonly string[], expected: string): void {
  const { status, stderr, error } = call(program, args);
  if (status === 0) return;
  // A program that is not installed writes nothing: then there is no text at all.
  const said = error ? ((error as NodeJS.ErrnoException).code ?? error.message) : firstLine(stderr);
  throw new CaroError(
    'service_manager',
    `${expected}, ${program} ${args.join(' ')} failed: ${said ?? `status ${status ?? 'none'}`}; see: caro doctor; start without it: caro service start`,
  );
}

const firstLine = (text: string): string | undefined =>
  text.split('\n').find((line) => line.trim() !== '' && !line.startsWith('Created symlink'));

const call = (program: string, args: readonly string[]): SpawnSyncReturns<string> =>
  spawnSync(program, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...runtimeDirectory(), ...process.env },
  });

/** Where systemd's user instance listens; `su` and `cron` do not set it. */
function runtimeDirectory(): Readonly<Record<string, string>> {
  const directory = `/run/user/${process.getuid?.() ?? ''}`;
  return existsSync(directory) ? { XDG_RUNTIME_DIR: directory } : {};
}
