import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { placesFrom } from '../../config/places.ts';
import type { Configuration } from '../../domain/configuration.ts';
import { parseEndpoint } from '../../domain/ip-address.ts';
import type { ServiceStatus } from '../../domain/status/status.ts';
import { VERSION } from '../../version.ts';
import type { Context } from '../context.ts';
import { byteSize, localTime } from '../output/output.ts';
import { runningService } from '../service/background.ts';
import { isReadOnlyTo } from '../service/confinement.ts';
import { serviceManager } from '../service/manager.ts';
import { portHolder } from './port-holder.ts';
import { bad, ok, type Verdict, warn } from './verdict.ts';

/** Whether it runs for this home, in the version of this command. */
export async function service(context: Context, status: ServiceStatus | undefined): Promise<Verdict> {
  if (!status) return bad(`it does not run; ${await otherHome(context)}start it: caro service start`);
  const { pid, version } = status.service;
  return version === VERSION
    ? ok(`process ${pid}`)
    : bad(`process ${pid} is of version ${version}, this command of ${VERSION}; run: caro service restart`);
}

/**
 * A service that was started without the CARO_HOME of this environment is easily taken for the one
 * that is missing.
 */
async function otherHome(context: Context): Promise<string> {
  const { CARO_HOME: own = '', ...env } = context.env;
  if (own === '') return '';
  const places = placesFrom(env, context.home);
  const other = await runningService({ ...context, places: () => places });
  return other ? `another one does, without CARO_HOME=${own}, as process ${other.service.pid}; ` : '';
}

/**
 * Whether what starts at login is this program and this node. Undefined where nothing is installed
 * or it is for another home.
 */
export function unit(context: Context): Verdict | undefined {
  const manager = serviceManager(context);
  if (!manager || !existsSync(manager.file)) return undefined;
  if (manager.isInstalled()) return ok(`${manager.name} starts it at login`);
  const { CARO_HOME: own = '' } = context.env;
  const text = readFileSync(manager.file, 'utf8');
  if (own === '' ? text.includes('CARO_HOME') : !text.includes(own)) return undefined;
  // Interpreter and flags stand in it; the flags have other names from one major version to the
  // next (docs/adr/0011).
  const cause =
    withoutNode(text) === withoutNode(manager.unit)
      ? `was written under another Node.js than this one (${process.versions.node})`
      : 'is of another version or place of this program';
  return bad(`${manager.file} ${cause}; run: caro service install`);
}

/** A systemd unit but for what stands before the program in the command that it starts. */
const withoutNode = (unit: string): string => unit.replace(/^ExecStart=.*?(?=\S*\/bin\/caro\.js)/m, 'ExecStart=');

/**
 * Whether systemd really keeps the service from writing elsewhere: it passes over what the system
 * does not allow (docs/adr/0010).
 */
export function confinement(context: Context, { service }: ServiceStatus): Verdict | undefined {
  const manager = serviceManager(context);
  if (manager?.name !== 'systemd' || !existsSync(manager.file)) return undefined;
  // The folder of units: what could write there would be started outside of all bounds.
  return isReadOnlyTo(service.pid, dirname(manager.file))
    ? ok('the service can write to its own places only')
    : warn(
        'the service is not kept from writing elsewhere; after an upgrade: caro service install, caro service restart. If it stays so, this system gives its users no namespaces',
      );
}

/** Where the service wants to listen and somebody else does. To be asked while it does not run. */
export async function ports({ dashboard, mesh }: Pick<Configuration, 'dashboard' | 'mesh'>): Promise<Verdict> {
  const peers = mesh.enabled ? parseEndpoint(mesh.listen) : undefined;
  const wanted = [
    { key: 'dashboard.port', host: dashboard.host, port: dashboard.port },
    ...(peers ? [{ key: 'mesh.listen', ...peers }] : []),
  ];
  const taken: string[] = [];
  for (const { key, host, port } of wanted) {
    const holder = await portHolder(host, port);
    if (holder !== undefined) taken.push(`port ${port} is taken by ${holder}; end it, or set ${key} to another one`);
  }
  return taken.length === 0 ? ok('free') : bad(taken.join('\n'));
}

export function storage({ trouble, failures, backup }: ServiceStatus['storage']): Verdict {
  if (trouble !== null) return bad(`nothing can be written: ${trouble}`);
  if (backup.trouble !== null) return warn(`the database was not copied: ${backup.trouble}`);
  const failed = failures === 0 ? '' : `; ${failures} writes failed since the start, they work again`;
  return ok(`${backup.last === null ? 'no copy yet' : `last copy ${localTime(backup.last)}`}${failed}`);
}

export function observation({ trouble, dropped, events, pending, shells }: ServiceStatus['observe']): Verdict {
  if (trouble !== null) return bad(`nothing is stored: ${trouble}; ${byteSize(pending)} wait`);
  if (dropped > 0) return warn(`${dropped} records could not be written (a full disk) or kept (torn or foreign)`);
  if (shells.length === 0) return warn('no shell has reported yet; open a new one and type a command');
  const last = shells.map(({ shell, lastSeen }) => `${shell} at ${localTime(lastSeen)}`);
  return ok(`${events} commands; last ones: ${last.join(', ')}`);
}

export function actors(all: ServiceStatus['actors']): Verdict {
  const troubled = all.filter(({ state }) => state !== 'running').map(({ name, state }) => `${name} is ${state}`);
  return troubled.length === 0 ? ok(`${all.length} running`) : bad(`${troubled.join(', ')}; see: caro service logs`);
}
