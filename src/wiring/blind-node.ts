import { randomBytes, randomInt } from 'node:crypto';
import type { BlindEngine } from '../actors/blind-reporter/engine.ts';
import type { BlindReporterPorts } from '../actors/blind-reporter/ports.ts';
import type { CourierPorts } from '../blind/node/courier.ts';
import type { ReporterPorts } from '../blind/node/reporter.ts';
import type { OpenedTask } from '../blind/task.ts';
import type { AggregatorRole } from '../blind/vdaf/vdaf.ts';
import { type BlindReplyTo, MAX_LOG } from '../domain/blind/exchange.ts';
import { CaroError } from '../domain/errors.ts';
import { MAX_SKEW_MS } from '../mesh/protocol/messages.ts';
import { createAlarm } from '../platform/alarm.ts';
import { decide } from '../policy/decide.ts';
import { createReportStore } from '../storage/blind/report-store.ts';
import { canonicalTools } from './denied-tools.ts';
import type { ServiceContext } from './service-context.ts';

/** An aggregator stores a report before it answers. */
const EXCHANGE_MS = 30_000;

type Shard = ReporterPorts['shard'];

export function blindReporterPorts(context: ServiceContext): BlindReporterPorts {
  const { bus, configuration, database, log, peerKeys } = context;
  return {
    bus,
    store: createReportStore(database),
    engine: () => openEngine(context),
    mayConnect: async (id) => {
      const asker = (await peerKeys.known())?.asker({ id }) ?? { id };
      return decide(configuration(), { ...asker, action: 'connect' }).allow;
    },
    isSame: async (id, other) => {
      const keys = await peerKeys.known();
      return id === other || keys?.account(id) === (keys?.account(other) ?? null);
    },
    self: () => context.identity.id,
    alarm: () => createAlarm(() => void bus.publish('blind.due', {}).catch(() => undefined)),
    log,
    now: Date.now,
  };
}

/** The code of blind totals, which a node without a task never needs. */
const loadCode = () =>
  Promise.all([
    import('../blind/task.ts'),
    import('../blind/node/reporter.ts'),
    import('../blind/node/courier.ts'),
    import('../blind/node/log-reader.ts'),
    import('../blind/report.ts'),
    import('../blind/report-bytes.ts'),
    import('../blind/layout/day-1.ts'),
    import('../blind/day.ts'),
  ]);

async function openEngine(context: ServiceContext): Promise<BlindEngine> {
  const { bus, database, pool } = context;
  const [
    { decodeTask },
    { createReporter, previewOf },
    { deliverReports },
    { readReleaseLog },
    { signReport },
    { drawRandomness, splitRandomness },
    { dayLayout },
    { dayOf, waitEnd, windowEnd },
  ] = await loadCode();
  const store = createReportStore(database);
  const audit: ReporterPorts['audit'] = (entry) => bus.request('audit.append', entry);
  const measure = measureIn(context);
  const payloads = (node: string, ...[{ id, task }, day, cells, randomness]: Parameters<Shard>) =>
    pool.run('shard', { task: { id, task }, day, cells, randomness, node });
  const shard: Shard = async (...report) => {
    // Taken before the first await: the key that signs MUST be the one that the report names.
    const { identity } = context;
    return { node: identity.id, envelopes: signReport(await payloads(identity.id, ...report), identity) };
  };
  const courier = courierFor(context, store);
  const randomness = () => drawRandomness((count) => new Uint8Array(randomBytes(count)));
  return {
    open: decodeTask,
    reporter: (task, joinedMs, onSkew) =>
      createReporter(task, joinedMs, {
        store,
        measure,
        shard,
        randomness,
        audit,
        random: randomInt,
        now: Date.now,
        isTimeConfirmed: () => isTimeConfirmed(context, task, onSkew),
      }),
    preview: (task) => previewOf(task, dayOf(Date.now()), Date.now(), measure),
    deliver: (task, role) => deliverReports(task, role, courier),
    readLog: async (task) => {
      const nowMs = Date.now();
      const isDue = store
        .unreleased(task.id)
        .some(({ day }) => windowEnd(task.task, day) <= nowMs && nowMs < waitEnd(task.task, day));
      if (isDue) await readReleaseLog(task, courier);
    },
    remake: async (task, { day, node, cells, randomness: kept }, role) => {
      const made = await payloads(node, task, day, cells, splitRandomness(kept));
      const layout = dayLayout(task.task.words).cells;
      return {
        payload: Buffer.from(made[role]).toString('base64'),
        cells: layout.map(({ name, bits }, place) => ({ name, bits, value: cells[place] ?? 0 })),
      };
    },
  };
}

/** An aggregator that is connected answers at once. */
const CONFIRM_MS = 5_000;
/** No log is that long. */
const KEPT_APART = 500_000;

/**
 * Whether trustee or leader answers with the time of this node; a refusal is an answer as well. A
 * direct connection has compared the clocks. Over a relay the answer has the time of its sender.
 */
async function isTimeConfirmed(
  { bus }: ServiceContext,
  { id, task }: OpenedTask,
  onSkew: (role: AggregatorRole) => void,
): Promise<boolean> {
  for (const role of ['trustee', 'leader'] as const) {
    const { node: peer } = task[role];
    // Another number each time: a relay may have kept the answer to an earlier question.
    const request = { type: 'blind-log', body: { task: id, from: MAX_LOG - randomInt(KEPT_APART) } } as const;
    const asked = bus.request('peer.exchange', { peer, request, deadlineMs: CONFIRM_MS }, CONFIRM_MS + 1_000);
    const answer = await asked.catch(noAnswer);
    if (answer === null) continue;
    if (answer.sentAt === undefined || Math.abs(Date.now() - Date.parse(answer.sentAt)) <= MAX_SKEW_MS) return true;
    onSkew(role);
    const details = { code: 'clock_skewed', type: request.type };
    await bus.request('audit.append', { type: 'blind.refused', peer, details });
  }
  return false;
}

/** Of a peer that is away, and after a refusal of the gate; anything else is a defect. */
function noAnswer(error: unknown): null {
  if (error instanceof CaroError) return null;
  throw error;
}

/** Measures days in a thread, without the tools that the owner denies. */
const measureIn =
  ({ configuration, places, pool }: ServiceContext): ReporterPorts['measure'] =>
  async ({ task }, startMs, endMs) =>
    pool.run('measureDay', {
      databaseFile: places.database,
      startMs,
      endMs,
      words: task.words,
      denied: await canonicalTools(configuration().sharing.deny_tools),
    });

const courierFor = ({ bus }: ServiceContext, store: CourierPorts['store']): CourierPorts => ({
  store,
  audit: (entry) => bus.request('audit.append', entry),
  exchange: async (peer, request) =>
    (await bus.request(
      'peer.exchange',
      { peer, request, deadlineMs: EXCHANGE_MS },
      EXCHANGE_MS + 1_000,
    )) as BlindReplyTo<typeof request.type>,
});
