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
    .description('stay in the foreground; prints one JSON line once everything listens')
    .option('--welcome', 'print a text for people instead')
    // bin/caro.js starts the service itself, from a bundle of its own; only a program that bypasses
    // it ends up here.
    .action(() => {
      throw new CaroError('usage', 'expected to be started as: caro service run');
    });
  service
    .command('install')
    .description('start it now and at every login (systemd user unit, launchd agent)')
    .option('--print', 'print the unit and change nothing')
    .action((options: { readonly print?: true }) => install(context, options));
  service
    .command('uninstall')
    .description('stop it and start it no more; keeps all data')
    .action(() => uninstall(context));
  service
    .command('start')
    .description('start it in the background')
    .action(() => start(context));
  service
    .command('stop')
    .description('stop it')
    .action(() => stop(context));
  service
    .command('restart')
    .description('stop it and start it')
    .action(async () => {
      // What runs goes on where its successor could not start.
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

/** What keeps a service from starting is said here and now, not in the log of a service manager. */
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
    `Your data stays in ${data}, your settings in ${config}. Take the line out of your shell's start file, too.`,
  );
}

async function start(context: Context): Promise<void> {
  const running = await runningService(context);
  if (running) {
    say(context, `It runs already, as process ${running.service.pid}.`);
    return;
  }
  const manager = serviceManager(context);
  assertStartable(context);
  if (manager?.isInstalled()) manager.start();
  else await startBackground(context);
  sayRunning(context, await started(context));
}

async function stop(context: Context): Promise<void> {
  say(context, (await stopQuietly(context)) ? 'stopped' : 'It does not run.');
}

/**
 * Through the service manager where it is in charge, so that it does not start the service again;
 * then whatever still answers.
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
    'expected systemd or launchd on this system; without them: caro service start',
  );
}
