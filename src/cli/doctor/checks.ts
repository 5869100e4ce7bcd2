import { existsSync } from 'node:fs';
import { loadConfiguration } from '../../config/loader.ts';
import { checkPlaces } from '../../config/places.ts';
import { problemLine } from '../../config/problem.ts';
import { CaroError } from '../../domain/errors.ts';
import type { ServiceStatus } from '../../domain/status/status.ts';
import type { Context } from '../context.ts';
import { readKeyChanges } from '../input/key-changes.ts';
import { configurationProblems } from '../output/configuration-problems.ts';
import { configurationWarnings } from '../output/configuration-warnings.ts';
import { runningService } from '../service/background.ts';
import { clock, database, diskSpace, setAside, spool } from './data-checks.ts';
import { ownKey, peerKeys } from './key-checks.ts';
import { meshAddresses, meshPeers, meshRelay } from './mesh-checks.ts';
import { organization } from './organization-check.ts';
import { customRules } from './rule-checks.ts';
import {
  actors,
  codingAgents,
  confinement,
  listening,
  observation,
  ports,
  service,
  storage,
  unit,
} from './service-checks.ts';
import { newShell, thisShell } from './shell-checks.ts';
import { bad, type Outcome, ok, type Verdict, warn } from './verdict.ts';

/** Undefined where the check does not apply. */
type Check = () => Verdict | undefined | Promise<Verdict | undefined>;

/**
 * Runs the checks of `caro doctor` in this order. A failed check does not stop the others.
 */
export async function* examine(context: Context): AsyncGenerator<Outcome> {
  // A service that does not answer may still run. Its own check reports the reason.
  const asked = runningService(context);
  const status = await asked.catch(() => undefined);
  const checks = [...localChecks(context, status !== undefined), ...serviceChecks(context, status, asked)];
  for (const [check, run] of checks) {
    const verdict = await verdictOf(run);
    if (verdict) yield { check, ...verdict };
  }
}

type Checks = readonly (readonly [check: string, run: Check])[];

/** Checks that do not need the service. */
function localChecks(context: Context, isRunning: boolean): Checks {
  const places = context.places();
  const configuration = () => loadConfiguration(places, context.hostname).configuration;
  return [
    [
      'places',
      () => {
        checkPlaces(places);
        return existsSync(places.data)
          ? ok(`${places.data} is private`)
          : bad(`${places.data} does not exist; run: caro init`);
      },
    ],
    [
      'configuration',
      async () => {
        const problems = configurationProblems(context);
        if (problems.length > 0) return bad(problems.map(problemLine).join('\n'));
        const warnings = await configurationWarnings(context);
        return warnings.length === 0 ? ok(places.config) : warn(warnings.join('\n'));
      },
    ],
    ['mesh settings', () => meshAddresses(configuration())],
    ['identity', () => ownKey(places)],
    ['keys of peers', async () => peerKeys(await readKeyChanges(context))],
    ['custom rules', () => customRules(context)],
    ['disk space', () => diskSpace(existsSync(places.data) ? places.data : context.home)],
    ['database', () => database(places)],
    ['set aside', () => setAside(places)],
    ['spool', () => spool(places, context.now(), isRunning)],
    ['clock', () => clock(places, context.now())],
    ['shell hook', () => newShell(context, places, isRunning)],
    ['this shell', () => thisShell(context, places)],
    ['ports', () => (isRunning ? undefined : ports(configuration()))],
    ['start at login', () => unit(context)],
  ];
}

function serviceChecks(
  context: Context,
  status: ServiceStatus | undefined,
  asked: Promise<ServiceStatus | undefined>,
): Checks {
  const itself = ['service', async () => service(context, await asked)] as const;
  if (!status) return [itself];
  const { observe, audit, mesh } = status;
  return [
    itself,
    ['confinement', () => confinement(context, status)],
    ['observation', () => (observe === null ? warn(NO_ANSWER) : observation(observe))],
    ['coding agents', () => (observe === null ? undefined : codingAgents(observe))],
    ['storage', () => storage(status.storage)],
    [
      'audit log',
      () =>
        audit?.verified
          ? ok(`${audit.records} records`)
          : warn(audit === null ? NO_ANSWER : 'not verified since start; run: caro audit verify'),
    ],
    ['listening', () => listening(status)],
    ['mesh peers', () => (mesh === null ? warn(NO_ANSWER) : meshPeers(mesh))],
    ['organization', () => organization(context)],
    ['relay', () => (mesh === null ? undefined : meshRelay(mesh, Date.now()))],
    ['actors', () => actors(status.actors)],
  ];
}

/** The check of the actors says whether the part is only busy. */
const NO_ANSWER = 'no answer in time: the service is busy; try again';

async function verdictOf(run: Check): Promise<Verdict | undefined> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof CaroError) return bad(error.message);
    const kind = error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.name) : 'unknown';
    return bad(`this check failed: ${kind}`);
  }
}
