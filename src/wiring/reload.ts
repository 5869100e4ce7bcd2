import { hostname } from 'node:os';
import type { BusClient } from '../bus/bus.ts';
import { configurationChanges } from '../config/changes.ts';
import { loadConfiguration } from '../config/loader.ts';
import type { AuditEntry } from '../domain/audit/audit-record.ts';
import type { Configuration } from '../domain/configuration.ts';
import { CaroError } from '../domain/errors.ts';
import { overruledTests } from '../policy/trust-test.ts';
import { createMetaStore, type MetaStore } from '../storage/meta-store.ts';
import { createQueue } from './queue.ts';
import type { ServiceContext } from './service-context.ts';

/** The configuration that stands in the audit log already; a key in the database's `meta`. */
const AUDITED_CONFIGURATION = 'audited_configuration';

/**
 * Takes over what the configuration files say, one reload after the other: two at once would adopt
 * and roll back over each other, and the last to end need not be the last to have read the files.
 * Tells whether anything changed; throws as `reload`.
 */
export function createReload(
  context: () => ServiceContext,
  adopt: (next: Configuration) => void,
): ServiceContext['reload'] {
  const oneByOne = createQueue();
  return () =>
    oneByOne(async () => {
      const before = context().configuration();
      await reload(context(), adopt);
      return configurationChanges(before, context().configuration()).length > 0;
    });
}

/**
 * Verified by every part first, then committed by all, or refused whole (design.md §4). `adopt`
 * makes it the configuration of the moment before it is committed: the mesh judges its connections
 * while it takes it over, and MUST do so by the new one.
 *
 * @throws CaroError what a part refused it for; the former settings are in force again then, with
 *   the denials of the new ones
 */
async function reload(context: ServiceContext, adopt: (next: Configuration) => void): Promise<void> {
  const { bus, configuration, database, places } = context;
  const before = configuration();
  const next = loadConfiguration(places, hostname()).configuration;
  await bus.requestAll('config.verify', next);
  adopt(next);
  try {
    await bus.requestAll('config.commit', next);
  } catch (error) {
    await rollBack(context, adopt, before, next, error);
    throw rolledBack(error);
  }
  await recordConfiguration(createMetaStore(database), bus, next);
}

/**
 * Puts on record what changed since a configuration was last put there, also while nobody ran
 * (FR-903).
 */
export async function recordConfiguration(meta: MetaStore, bus: BusClient, next: Configuration): Promise<void> {
  const audited = meta.get(AUDITED_CONFIGURATION);
  const before = audited === undefined ? null : (JSON.parse(audited) as Configuration);
  for (const change of [...configurationChanges(before, next), ...overruled(before, next)])
    await bus.request('audit.append', change);
  meta.set(AUDITED_CONFIGURATION, JSON.stringify(next));
}

/**
 * A test of the owner's that fails because he revoked the node keeps nothing back, so it is at
 * least to be found later.
 */
function overruled(before: Configuration | null, next: Configuration): readonly AuditEntry[] {
  const listed = (settings: Configuration) =>
    overruledTests(settings).map(({ index, test }) => ({ index, who: test.who, expect: test.expect }));
  const [then, now] = [before === null ? [] : listed(before), listed(next)];
  const isNews = now.length > 0 && JSON.stringify(then) !== JSON.stringify(now);
  return isNews ? [{ type: 'trust.overruled', details: { tests: now } }] : [];
}

/**
 * Some parts have taken the new settings and one has not. All go back to the former ones; who is
 * denied in the new ones stays denied, since a revocation must not be lost to a port that is taken.
 */
async function rollBack(
  { bus, database }: ServiceContext,
  adopt: (next: Configuration) => void,
  before: Configuration,
  next: Configuration,
  cause: unknown,
): Promise<void> {
  const former = withDenials(before, next);
  adopt(former);
  const isBack = await bus.requestAll('config.commit', former).then(
    () => true,
    () => false,
  );
  const code = cause instanceof CaroError ? cause.code : 'internal';
  await bus.request('audit.append', { type: 'config.rolled_back', details: { code, everywhere: isBack } });
  await recordConfiguration(createMetaStore(database), bus, former);
}

function withDenials(before: Configuration, { trust }: Configuration): Configuration {
  const all = (a: readonly string[] = [], b: readonly string[] = []): readonly string[] => [...new Set([...a, ...b])];
  const revoked = all(before.trust.revoked, trust.revoked);
  return {
    ...before,
    trust: {
      ...before.trust,
      deny: {
        nodes: all(before.trust.deny.nodes, trust.deny.nodes),
        subnets: all(before.trust.deny.subnets, trust.deny.subnets),
      },
      ...(revoked.length === 0 ? {} : { revoked }),
    },
  };
}

const rolledBack = (cause: unknown): CaroError => {
  const [code, text] =
    cause instanceof CaroError
      ? [cause.code, cause.message]
      : (['internal', 'a part of the service could not take the new settings over'] as const);
  return new CaroError(code, `${text}; the former settings are in force again, with the denials of the new ones`, {
    cause,
  });
};
