import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { placesFrom } from '../../config/places.ts';
import type { Configuration } from '../../domain/configuration.ts';
import { parseListen } from '../../domain/ip-address.ts';
import { coverageProblem } from '../../domain/status/agent-coverage.ts';
import type { ObserveStatus, ServiceStatus } from '../../domain/status/status.ts';
import { waitingText } from '../../domain/status/waiting.ts';
import { VERSION } from '../../version.ts';
import type { Context } from '../context.ts';
import { byteSize, localTime } from '../output/output.ts';
import { runningService } from '../service/background.ts';
import { isReadOnlyTo } from '../service/confinement.ts';
import { serviceManager } from '../service/manager.ts';
import { portHolder } from './port-holder.ts';
import { bad, ok, type Verdict, warn } from './verdict.ts';

/** Whether the service runs for this home, in the same version as this command. */
export async function service(context: Context, status: ServiceStatus | undefined): Promise<Verdict> {
  if (!status) return bad(`not running; ${await otherHome(context)}start it: caro service start`);
  const { pid, version } = status.service;
  return version === VERSION
    ? ok(`process ${pid}`)
    : bad(`process ${pid} has version ${version}, this command has ${VERSION}; run: caro service restart`);
}

/**
 * Names a service that runs without this CARO_HOME, which is easily taken for the missing one.
 */
async function otherHome(context: Context): Promise<string> {
  const { CARO_HOME: own = '', ...env } = context.env;
  if (own === '') return '';
  const places = placesFrom(env, context.home);
  const other = await runningService({ ...context, places: () => places });
  return other ? `another service runs without CARO_HOME=${own}, as process ${other.service.pid}; ` : '';
}

/**
 * Whether the installed unit starts this program for this node. Undefined if none is installed or
 * it is for another home.
 */
export function unit(context: Context): Verdict | undefined {
  const manager = serviceManager(context);
  if (!manager || !existsSync(manager.file)) return undefined;
  if (manager.isInstalled()) return ok(`${manager.name} starts the service at login`);
  const { CARO_HOME: own = '' } = context.env;
  const text = readFileSync(manager.file, 'utf8');
  if (own === '' ? text.includes('CARO_HOME') : !text.includes(own)) return undefined;
  // The unit names the interpreter and its flags, which change with each major version
  // (docs/adr/0011).
  const cause =
    withoutNode(text) === withoutNode(manager.unit)
      ? `was written for another Node.js than this one (${process.versions.node})`
      : 'belongs to another version or installation of this program';
  return bad(`${manager.file} ${cause}; run: caro service install`);
}

/** A systemd unit without the interpreter and flags before the program. */
const withoutNode = (unit: string): string => unit.replace(/^ExecStart=.*?(?=\S*\/bin\/caro\.js)/m, 'ExecStart=');

/**
 * Whether systemd really keeps the service from writing elsewhere: it silently skips restrictions
 * that the system does not support (docs/adr/0010).
 */
export function confinement(context: Context, { service }: ServiceStatus): Verdict | undefined {
  const manager = serviceManager(context);
  if (manager?.name !== 'systemd' || !existsSync(manager.file)) return undefined;
  // The folder of units: a service that could write there could start anything without
  // restrictions.
  return isReadOnlyTo(service.pid, dirname(manager.file))
    ? ok('the service can write only to its own directories')
    : warn(
        'systemd does not keep the service from writing elsewhere; after an upgrade, run: caro service install, caro service restart. If this stays, the system gives its users no namespaces',
      );
}

/** Configured ports that another program uses. Only meaningful while the service does not run. */
export async function ports({ dashboard, mesh }: Pick<Configuration, 'dashboard' | 'mesh'>): Promise<Verdict> {
  const place = mesh.enabled ? parseListen(mesh.listen) : undefined;
  const peers = place && 'host' in place ? place : undefined;
  const wanted = [
    { key: 'dashboard.port', host: dashboard.host, port: dashboard.port },
    ...(peers ? [{ key: 'mesh.listen', ...peers }] : []),
  ];
  const taken: string[] = [];
  for (const { key, host, port } of wanted) {
    const holder = await portHolder(host, port);
    if (holder !== undefined) taken.push(`port ${port} is in use by ${holder}; stop it, or set ${key} to another one`);
  }
  return taken.length === 0 ? ok('free') : bad(taken.join('\n'));
}

/** Whether peers and the browser can connect. */
export function listening({ dashboard, mesh }: Pick<ServiceStatus, 'dashboard' | 'mesh'>): Verdict {
  const waits = [
    ...(mesh?.waiting ? [waitingText('mesh', mesh.waiting)] : []),
    ...(dashboard.waiting ? [`${waitingText('dashboard', dashboard.waiting)}; set another dashboard.port`] : []),
  ];
  if (waits.length > 0) return warn(waits.join('\n'));
  return ok(mesh?.listen ? `${dashboard.url}, peers on ${mesh.listen}` : dashboard.url);
}

export function storage({ trouble, failures, backup }: ServiceStatus['storage']): Verdict {
  if (trouble !== null) return bad(`writing fails: ${trouble}`);
  if (backup.trouble !== null) return warn(`the last backup failed: ${backup.trouble}`);
  const failed = failures === 0 ? '' : `; ${failures} writes failed since start, writing works again`;
  return ok(`${backup.last === null ? 'no backup yet' : `last backup ${localTime(backup.last)}`}${failed}`);
}

export function observation({ trouble, dropped, events, pending, setAside, shells }: ObserveStatus): Verdict {
  if (trouble !== null) return bad(`commands are not being stored: ${trouble}; ${byteSize(pending)} waiting`);
  if (dropped > 0)
    return warn(`${dropped} records were dropped: the disk was full, or they were torn or not from a hook`);
  if (setAside > 0)
    return warn(
      `${setAside} commands are stored without their text: the service ended twice while it analysed them; please report it`,
    );
  if (shells.length === 0) return warn('no shell has reported yet; open a new one and run a command');
  const last = shells.map(({ shell, lastSeen }) => `${shell} at ${localTime(lastSeen)}`);
  return ok(`${events} commands; last: ${last.join(', ')}`);
}

/** Whether what coding agents run is recorded; undefined where there are none. */
export function codingAgents({ agents }: ObserveStatus): Verdict | undefined {
  if (agents.length === 0) return undefined;
  const problems = agents.flatMap((agent) => coverageProblem(agent) ?? []);
  const bypasses = agents.filter(({ bypass }) => bypass).map(({ agent }) => `${agent} runs commands without asking`);
  if (problems.length + bypasses.length > 0) return warn([...problems, ...bypasses].join('\n'));
  return ok(agents.map(({ agent, running }) => `${agent}: ${running} running`).join(', '));
}

export function actors(all: ServiceStatus['actors']): Verdict {
  const troubled = all.filter(({ state }) => state !== 'running').map(({ name, state }) => `${name} is ${state}`);
  return troubled.length === 0 ? ok(`${all.length} running`) : bad(`${troubled.join(', ')}; see: caro service logs`);
}
