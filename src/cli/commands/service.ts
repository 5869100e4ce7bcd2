import type { Command } from 'commander';
import { loadConfiguration } from '../../config/loader.ts';
import { preparePlaces } from '../../config/places.ts';
import { CaroError } from '../../domain/errors.ts';
import type { ServiceStatus } from '../../domain/status/status.ts';
import type { Context } from '../context.ts';
import { parseCount } from '../input/options.ts';
import { say } from '../output/output.ts';
import { runningService, startBackground, started, stopRunning } from '../service/background.ts';
import { type ServiceManager, serviceManager } from '../service/manager.ts';
import { addLogs } from './service-logs.ts';

export function addService(program: Command, context: Context): void {
  const service = program.command('service').description('the background service');
  service
    .command('run')
    .description('run in the foreground; prints one JSON line when ready')
    .option('--welcome', 'print a welcome text instead')
    // bin/caro.js starts the service itself, from its own bundle. Only a program that bypasses it
    // gets here.
    .action(() => {
      throw new CaroError('usage', 'expected to be started as: caro service run');
    });
  service
    .command('install')
    .description('start the service now and at every login (systemd user unit, launchd agent)')
    .option('--print', 'print the unit and change nothing')
    .action((options: { readonly print?: true }) => install(context, options));
  service
    .command('uninstall')
    .description('stop the service and no longer start it at login; keeps all data')
    .action(() => uninstall(context));
  service
    .command('start')
    .description('start the service in the background')
    .action(() => start(context));
  service
    .command('stop')
    .description('stop the service')
    .action(() => stop(context));
  service
    .command('restart')
    .description('restart the service')
    .action(async () => {
      // The running service stays up if its successor could not start.
      assertStartable(context);
      await stopQuietly(context);
      await start(context);
    });
  addLogs(service, context, parseCount);
}

async function install(context: Context, options: { readonly print?: true }): Promise<void> {
  const manager = neededManager(context);
  if (options.print) {
    context.stdout.write(manager.unit);
    return;
  }
  assertStartable(context);
  manager.install();
  say(context, `installed: ${manager.file}`);
  sayRunning(context, await started(context));
}

/** Reports here what would keep the service from starting, not in the log of a service manager. */
function assertStartable(context: Context): void {
  const places = context.places();
  preparePlaces(places);
  loadConfiguration(places, context.hostname);
}

function uninstall(context: Context): void {
  const manager = neededManager(context);
  if (!manager.isInstalled()) {
    say(context, 'Nothing is installed for this node.');
    return;
  }
  manager.uninstall();
  const { data, config } = context.places();
  say(context, `removed: ${manager.file}`);
  say(
    context,
    `Your data stays in ${data}, your settings in ${config}. Also remove the line from the start-up file of your shell.`,
  );
}

async function start(context: Context): Promise<void> {
  const running = await runningService(context);
  if (running) {
    say(context, `Already running as process ${running.service.pid}.`);
    return;
  }
  const manager = serviceManager(context);
  assertStartable(context);
  if (manager?.isInstalled()) manager.start();
  else await startBackground(context);
  sayRunning(context, await started(context));
}

async function stop(context: Context): Promise<void> {
  say(context, (await stopQuietly(context)) ? 'stopped' : 'Not running.');
}

/**
 * Stops the service through its service manager, which would otherwise restart it, then any
 * process that still answers.
 */
async function stopQuietly(context: Context): Promise<boolean> {
  const wasRunning = (await runningService(context)) !== undefined;
  const manager = serviceManager(context);
  if (wasRunning && manager?.isInstalled()) manager.stop();
  await stopRunning(context);
  return wasRunning;
}

function sayRunning(context: Context, { service, dashboard }: ServiceStatus): void {
  say(context, `running as process ${service.pid}; dashboard: ${dashboard.url}`);
}

function neededManager(context: Context): ServiceManager {
  const manager = serviceManager(context);
  if (manager) return manager;
  throw new CaroError(
    'service_manager',
    'expected systemd or launchd, found neither; start it without them: caro service start',
  );
}
