import type { RecordRefusal } from '../blind/aggregator/aggregator.ts';
import type { Aggregators, AggregatorsPorts } from '../blind/aggregator/aggregators.ts';
import type { Actor } from '../bus/actor.ts';
import { createRounds } from '../bus/rounds.ts';
import type { AuditEntry } from '../domain/audit/audit-record.ts';
import { type BlindReply, type BlindRequest, refusal } from '../domain/blind/exchange.ts';
import { loadOnce } from '../domain/load-once.ts';
import type { Log } from '../domain/log.ts';
import type { ConfirmedClock } from '../domain/time/confirmed-clock.ts';

export interface BlindAggregatorPorts {
  /** Loads the code of leader and trustee, and their tasks. */
  readonly open: (own: Pick<AggregatorsPorts, 'refused' | 'isTimeConfirmed'>) => Promise<Aggregators>;
  readonly clock: ConfirmedClock;
  /** Whether this node is an aggregator of any task: only then the code is loaded. */
  readonly hasTasks: () => boolean;
  /** Calls `ring` at the time that was set last, or earlier. */
  readonly alarm: (ring: () => void) => { readonly set: (atMs: number | null) => void; readonly stop: () => void };
  readonly audit: (entry: AuditEntry) => Promise<unknown>;
  readonly log: Pick<Log, 'warn' | 'error'>;
}

type Kinds =
  | 'blind.request'
  | 'blind.work'
  | 'blind.draft'
  | 'blind.endorse'
  | 'blind.roles'
  | 'mesh.changed'
  | 'clock.quarter';

/**
 * How long reports are gathered before they are prepared: to start a thread costs more than a
 * report.
 */
const GATHER_MS = 25_000;

/**
 * Leader and trustee of blind totals. Requests of peers are answered at once; the work that follows
 * from them runs outside the mailbox, one round at a time, and is resumed every quarter of an hour,
 * at the start, when the trustee connects, and when a window ends.
 */
export function createBlindAggregator(ports: BlindAggregatorPorts): Actor<Kinds> {
  const refusals = createRefusals(ports);
  const open = loadOnce(() => ports.open({ refused: refusals.record, isTimeConfirmed: ports.clock.isConfirmed }));
  /** `retentionMs` of the last quarter of an hour. */
  let keptMs: number | undefined;
  const alarm = ports.alarm(() => rounds.request());
  const round = async (): Promise<void> => {
    const aggregators = await open();
    try {
      await aggregators.work(keptMs);
    } finally {
      alarm.set(aggregators.nextMs());
    }
  };
  const rounds = createRounds(round, ports.log, 'blind totals not processed');
  let gathering: NodeJS.Timeout | undefined;
  const gathered = (): void => {
    gathering = undefined;
    rounds.request();
  };
  return {
    name: 'blind aggregator',
    // Reports are prepared in threads.
    concurrent: ['blind.request', 'blind.work'],
    start: () => (ports.hasTasks() ? rounds.request() : undefined),
    stop: async () => {
      clearTimeout(gathering);
      await rounds.end();
      alarm.stop();
    },
    handlers: {
      'blind.request': async ({ peer, request }) => {
        if (!ports.hasTasks()) {
          // A trustee that has lost its database knows no task: its owner sees that it is asked.
          await refusals.record(peer, { code: 'task_unknown', type: request.type });
          return refusal('task_unknown');
        }
        // Messages of a node whose clock differs do not come this far.
        const isNew = ports.clock.confirm();
        const aggregators = await open();
        const reply = await aggregators.take(peer, request);
        if (isReceived(request, reply) && aggregators.isLeading()) gathering ??= setTimeout(gathered, GATHER_MS);
        if (isNew) rounds.request();
        return reply;
      },
      'blind.work': async () => {
        if (ports.hasTasks()) await rounds.run();
        return null;
      },
      'blind.draft': async (terms) => ({ document: await (await open()).draft(terms) }),
      'blind.endorse': async ({ document, isConfirmed }) => (await open()).endorse(document, isConfirmed),
      'blind.roles': async () => (ports.hasTasks() ? (await open()).status() : []),
      'mesh.changed': async (change) => {
        if (change.change !== 'connected' || !ports.hasTasks()) return;
        if ((await open()).isTrustee(change.id)) rounds.request();
      },
      'clock.quarter': ({ retentionMs }) => {
        keptMs = retentionMs;
        refusals.forget();
        if (ports.hasTasks()) rounds.request();
      },
    },
  };
}

/** Each code is recorded once for each peer until `forget`, so that no peer can fill the log. */
function createRefusals({ audit }: BlindAggregatorPorts) {
  const recorded = new Set<string>();
  const record: RecordRefusal = async (peer, details) => {
    const name = `${peer} ${details.code}`;
    if (recorded.has(name)) return;
    recorded.add(name);
    await audit({ type: 'blind.refused', peer, details });
  };
  return { record, forget: () => recorded.clear() };
}

const isReceived = (request: BlindRequest, reply: BlindReply): boolean =>
  request.type === 'blind-report' && reply.type === 'blind-receipt';
