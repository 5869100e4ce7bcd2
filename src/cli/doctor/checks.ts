import { existsSync, statfsSync } from 'node:fs';
import { loadConfiguration } from '../../config/loader.ts';
import { checkPlaces } from '../../config/places.ts';
import { problemLine } from '../../config/problem.ts';
import { CaroError } from '../../domain/errors.ts';
import type { ServiceStatus } from '../../domain/status.ts';
import { readIdentity } from '../../identity/identity.ts';
import { configurationProblems } from '../configuration-problems.ts';
import type { Context } from '../context.ts';
import { byteSize, localTime } from '../output.ts';
import { rcLine } from '../rc-line.ts';
import { runningService } from '../service/background.ts';
import { meshAddresses, meshPeers } from './mesh-checks.ts';
import { isHookLoaded } from './shell-probe.ts';
import { bad, type Outcome, ok, type Verdict, warn } from './verdict.ts';

const LITTLE_SPACE_BYTES = 256 * 1024 * 1024;

/** Everything that `caro doctor` looks at, in this order. One check that fails does not keep the others from running. */
export async function* examine(context: Context): AsyncGenerator<Outcome> {
  const places = context.places();
  yield await outcome('places', () => {
    checkPlaces(places);
    return existsSync(places.data)
      ? ok(`${places.data} is private`)
      : bad(`${places.data} is not there; run: caro init`);
  });
  yield await outcome('configuration', () => {
    const problems = configurationProblems(context);
    return problems.length === 0 ? ok(places.config) : bad(problems.map(problemLine).join('\n'));
  });
  yield await outcome('mesh settings', () => meshAddresses(loadConfiguration(places, context.hostname).configuration));
  yield await outcome('identity', () => ok(readIdentity(places.identityKey).fingerprint));
  yield await outcome('disk space', () => diskSpace(existsSync(places.data) ? places.data : context.home));
  yield await outcome('database', () => database(places.database));
  yield await outcome('shell hook', () => shellHook(context));
  let status: ServiceStatus | undefined;
  yield await outcome('service', async () => {
    status = await runningService(context);
    return status ? ok(`process ${status.service.pid}`) : bad('it does not run; start it: caro service start');
  });
  if (!status) return;
  const { observe, audit, actors, mesh } = status;
  yield await outcome('observation', () => observation(observe));
  yield await outcome('audit log', () =>
    audit.verified ? ok(`${audit.records} records`) : warn('not verified since the start; run: caro audit verify'),
  );
  yield await outcome('mesh peers', () => meshPeers(mesh));
  yield await outcome('actors', () => {
    const troubled = actors
      .filter((actor) => actor.state !== 'running')
      .map((actor) => `${actor.name} is ${actor.state}`);
    return troubled.length === 0
      ? ok(`${actors.length} running`)
      : bad(`${troubled.join(', ')}; see: caro service logs`);
  });
}

async function outcome(check: string, look: () => Verdict | Promise<Verdict>): Promise<Outcome> {
  try {
    return { check, ...(await look()) };
  } catch (error) {
    if (error instanceof CaroError) return { check, ...bad(error.message) };
    return { check, ...bad(`this check broke: ${error instanceof Error ? error.message : String(error)}`) };
  }
}

function diskSpace(folder: string): Verdict {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  return free < LITTLE_SPACE_BYTES
    ? warn(`only ${byteSize(free)} left in ${folder}; free some`)
    : ok(`${byteSize(free)} free`);
}

async function database(file: string): Promise<Verdict> {
  if (!existsSync(file)) return ok('none yet; the service makes it');
  const { damageOf } = await import('../../storage/database.ts');
  const damage = damageOf(file);
  return damage === null
    ? ok(file)
    : bad(`${file}: ${damage}; stop the service and start it: it begins a fresh one and keeps this`);
}

async function shellHook({ env }: Context): Promise<Verdict> {
  const { shell, file, line } = rcLine(env);
  const { SHELL: program = '' } = env;
  if (program === '') return warn('expected $SHELL to name your shell, it is not set');
  const loaded = await isHookLoaded(program, shell, env);
  if (loaded === undefined)
    return warn(`${program} gave no answer as an interactive shell; try there: command -v caro_off`);
  return loaded
    ? ok(`a new ${shell} loads it`)
    : bad(`a new ${shell} does not load it; put this line at the end of ${file}: ${line}`);
}

function observation({ trouble, dropped, events, shells }: ServiceStatus['observe']): Verdict {
  if (trouble !== null) return bad(`nothing is stored: ${trouble}`);
  if (dropped > 0) return warn(`${dropped} records could not be kept; see: caro service logs`);
  if (shells.length === 0) return warn('no shell has reported yet; open a new one and type a command');
  const last = shells.map(({ shell, lastSeen }) => `${shell} at ${localTime(lastSeen)}`);
  return ok(`${events} commands; last ones: ${last.join(', ')}`);
}
