import { existsSync } from 'node:fs';
import { loadConfiguration } from '../../config/loader.ts';
import { checkPlaces } from '../../config/places.ts';
import { problemLine } from '../../config/problem.ts';
import { CaroError } from '../../domain/errors.ts';
import type { ServiceStatus } from '../../domain/status/status.ts';
import type { Context } from '../context.ts';
import { readKeyChanges } from '../input/key-changes.ts';
import { configurationProblems } from '../output/configuration-problems.ts';
import { runningService } from '../service/background.ts';
import { clock, database, diskSpace, setAside, spool } from './data-checks.ts';
import { ownKey, peerKeys } from './key-checks.ts';
import { meshAddresses, meshPeers } from './mesh-checks.ts';
import { actors, confinement, observation, ports, service, storage, unit } from './service-checks.ts';
import { newShell, thisShell } from './shell-checks.ts';
import { bad, type Outcome, ok, type Verdict, warn } from './verdict.ts';

/** Undefined where there is nothing to look at. */
type Look = () => Verdict | undefined | Promise<Verdict | undefined>;

/**
 * Everything that `caro doctor` looks at, in this order. One check that fails does not keep the
 * others from running.
 */
export async function* examine(context: Context): AsyncGenerator<Outcome> {
  // A service that does not answer is there all the same; why it does not is told where its turn
  // comes.
  const asked = runningService(context);
  const status = await asked.catch(() => undefined);
  const looks = [...ownThings(context, status !== undefined), ...serviceThings(context, status, asked)];
  for (const [check, look] of looks) {
    const verdict = await verdictOf(look);
    if (verdict) yield { check, ...verdict };
  }
}

type Looks = readonly (readonly [check: string, look: Look])[];

/** What can be judged without the service. */
function ownThings(context: Context, isRunning: boolean): Looks {
  const places = context.places();
  const configuration = () => loadConfiguration(places, context.hostname).configuration;
  return [
    [
      'places',
      () => {
        checkPlaces(places);
        return existsSync(places.data)
          ? ok(`${places.data} is private`)
          : bad(`${places.data} is not there; run: caro init`);
      },
    ],
    [
      'configuration',
      () => {
        const problems = configurationProblems(context);
        return problems.length === 0 ? ok(places.config) : bad(problems.map(problemLine).join('\n'));
      },
    ],
    ['mesh settings', () => meshAddresses(configuration())],
    ['identity', () => ownKey(places)],
    ['keys of peers', async () => peerKeys(await readKeyChanges(context))],
    ['disk space', () => diskSpace(existsSync(places.data) ? places.data : context.home)],
    ['database', () => database(places)],
    ['set aside', () => setAside(places)],
    ['spool', () => spool(places, context.now(), isRunning)],
    ['clock', () => clock(places, context.now())],
    ['shell hook', () => newShell(context, places)],
    ['this shell', () => thisShell(context, places)],
    ['ports', () => (isRunning ? undefined : ports(configuration()))],
    ['start at login', () => unit(context)],
  ];
}

function serviceThings(
  context: Context,
  status: ServiceStatus | undefined,
  asked: Promise<ServiceStatus | undefined>,
): Looks {
  const itself = ['service', async () => service(context, await asked)] as const;
  if (!status) return [itself];
  const { observe, audit, mesh } = status;
  return [
    itself,
    ['confinement', () => confinement(context, status)],
    ['observation', () => observation(observe)],
    ['storage', () => storage(status.storage)],
    [
      'audit log',
      () =>
        audit.verified ? ok(`${audit.records} records`) : warn('not verified since the start; run: caro audit verify'),
    ],
    ['mesh peers', () => meshPeers(mesh)],
    ['actors', () => actors(status.actors)],
  ];
}

async function verdictOf(look: Look): Promise<Verdict | undefined> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof CaroError) return bad(error.message);
    const kind = error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.name) : 'unknown';
    return bad(`this check broke: ${kind}`);
  }
}
