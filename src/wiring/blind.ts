import { randomBytes } from 'node:crypto';
import type { BlindAggregatorPorts } from '../actors/blind-aggregator.ts';
import type { OwnReleases } from '../actors/log-witness/submitter.ts';
import type { AggregatorThreads, Group } from '../blind/aggregator/aggregator.ts';
import type { Aggregators, AggregatorsPorts } from '../blind/aggregator/aggregators.ts';
import type { DayLayout } from '../blind/layout/day-1.ts';
import type { DayTotals } from '../blind/leader/leader.ts';
import { releaseTree } from '../blind/release-tree.ts';
import { releaseLogName } from '../domain/audit/tlog.ts';
import { type BlindReply, type BlindRequest, MAX_LOG } from '../domain/blind/exchange.ts';
import { withFloor } from '../domain/blind/total-floor.ts';
import { createConfirmedClock } from '../domain/time/confirmed-clock.ts';
import { signTreeHead } from '../identity/tlog-checkpoint.ts';
import { createAlarm } from '../platform/alarm.ts';
import { steadyMs } from '../platform/steady-clock.ts';
import { createAggregatorStore, createRoleStore } from '../storage/blind/aggregator-store.ts';
import { createTotalStore } from '../storage/blind/total-store.ts';
import type { ServiceContext } from './service-context.ts';

/** A batch of reports is prepared within seconds, if the machine has nothing else to do. */
const PREPARE_MS = 120_000;
/** The sum of ten thousand shares takes a few seconds. */
const SUM_MS = 300_000;
/** The trustee prepares a batch of reports before it answers. */
const EXCHANGE_MS = 60_000;

export function blindPorts(context: ServiceContext): BlindAggregatorPorts {
  const roles = createRoleStore(context.database);
  return {
    open: (own) => openRoles(context, roles, own),
    clock: createConfirmedClock(Date.now, steadyMs),
    hasTasks: () => roles.all().length > 0,
    alarm: createAlarm,
    audit: (entry) => context.bus.request('audit.append', entry),
    log: context.log,
  };
}

/** The release logs of which this node is the trustee, for witnesses. */
export function ownReleases({
  database,
  identity,
}: Pick<ServiceContext, 'database' | 'identity'>): readonly OwnReleases[] {
  const tasks = createRoleStore(database)
    .all()
    .filter(({ role }) => role === 'trustee');
  return tasks.flatMap(({ task }): readonly OwnReleases[] => {
    const entries = createAggregatorStore(database).releases(task, 0, MAX_LOG);
    if (entries.length === 0) return [];
    const tree = releaseTree(entries.map(({ entry }) => entry));
    const log = releaseLogName(task);
    const head = {
      size: tree.size,
      root: Buffer.from(tree.root).toString('base64'),
      signature: Buffer.from(signTreeHead(log, tree, identity)).toString('base64'),
      key: identity.id,
    };
    return [{ log, head, proof: tree.proof }];
  });
}

/** Loads the code of leader and trustee, which other nodes never need. */
async function openRoles(
  context: ServiceContext,
  roles: ReturnType<typeof createRoleStore>,
  own: Pick<AggregatorsPorts, 'refused' | 'isTimeConfirmed'>,
): Promise<Aggregators> {
  const { bus, configuration, database } = context;
  const [
    { openAggregators },
    { createSealing },
    { createPrio3 },
    { dayLayout, layoutWords },
    { openAggregatorKeys },
    keys,
  ] = await Promise.all([
    import('../blind/aggregator/aggregators.ts'),
    import('../blind/sealing.ts'),
    import('../blind/vdaf/prio3.ts'),
    import('../blind/layout/day-1.ts'),
    import('../keys/aggregator-keys.ts'),
    context.peerKeys.open(),
  ]);
  const sealing = createSealing();
  const secrets = openAggregatorKeys(context.places.blindKeys);
  const accounts = createMembers(context, keys.account);
  const group = (): Group => ({
    account: keys.account,
    isMember: (node) => accounts().has(keys.account(node)),
    unit: (node) => {
      const { units } = configuration().trustee;
      return units[node] ?? units[keys.account(node)] ?? null;
    },
  });
  return openAggregators({
    store: createAggregatorStore(database),
    roles,
    threads: threadsOf(context),
    group,
    members: () => [...accounts()],
    signer: () => context.identity,
    sealing,
    keys: {
      sealingKey: () => sealing.deriveKey(secrets.sealingSeed()),
      verifyKey: secrets.verifyKey,
      keepVerifyKey: secrets.keepVerifyKey,
    },
    mayBe: () => configuration().blind.role,
    leastNoise: () => configuration().trustee.noise_sd,
    words: async () => layoutWords((await import('../risk/vocabulary.ts')).vocabulary()),
    vdaf: (words) => Promise.resolve(createPrio3(dayLayout(words))),
    ask: askOver(bus),
    keep: (totals) => {
      keepTotals(database, dayLayout(totals.task.task.words), totals);
      return Promise.resolve();
    },
    audit: (entry) => bus.request('audit.append', entry),
    ...own,
    now: Date.now,
    randomBytes: (count) => new Uint8Array(randomBytes(count)),
  });
}

/** What is below the floor is not stored. */
function keepTotals(
  database: ServiceContext['database'],
  layout: DayLayout,
  { task: { id, task }, day, code, blocks }: DayTotals,
): void {
  const series = { task: id, name: task.name, floor: task.floor, cells: layout.cells.map(({ name }) => name) };
  const safe = blocks.length === 0 ? [] : withFloor(layout, blocks, task.floor);
  createTotalStore(database).add(series, { day, code, blocks: safe });
}

const askOver =
  (bus: ServiceContext['bus']) =>
  async (peer: string, request: BlindRequest): Promise<BlindReply> =>
    (await bus.request('peer.exchange', { peer, request, deadlineMs: EXCHANGE_MS }, EXCHANGE_MS + 1_000)) as BlindReply;

/** Only nodes that the owner has named: a trusted subnet can have any number of keys. */
const namedIds = ({ configuration, identity }: ServiceContext): readonly string[] => {
  const { mesh, trust } = configuration();
  const trusted = Object.entries(trust.nodes).flatMap(([id, level]) => (level === 'untrusted' ? [] : [id]));
  const denied = new Set(trust.deny.nodes);
  return [...new Set([...mesh.peers.map(({ id }) => id), ...trusted])].filter(
    (id) => id !== identity.id && !denied.has(id),
  );
};

/** Thousands of reports may come at once; keys move between accounts once a day at most. */
const MEMBERS_MS = 5_000;

function createMembers(context: ServiceContext, account: (id: string) => string): () => ReadonlySet<string> {
  let known: { readonly of: unknown; readonly untilMs: number; readonly accounts: ReadonlySet<string> } | undefined;
  return () => {
    const of = context.configuration();
    const nowMs = steadyMs();
    if (known?.of !== of || known.untilMs < nowMs)
      known = { of, untilMs: nowMs + MEMBERS_MS, accounts: new Set(namedIds(context).map(account)) };
    return known.accounts;
  };
}

function threadsOf({ places, pool }: ServiceContext): AggregatorThreads {
  return {
    prepare: ({ opened, role, verifyKey, sealingKey }, jobs) =>
      pool.run(
        'prepareReports',
        { databaseFile: places.database, role, words: opened.task.words, verifyKey, sealingKey, jobs },
        { timeoutMs: PREPARE_MS },
      ),
    sum: ({ opened }, day, nodes) =>
      pool.run(
        'sumShares',
        { databaseFile: places.database, words: opened.task.words, task: opened.id, day, nodes },
        { timeoutMs: SUM_MS },
      ),
  };
}
