import type { Actor } from '../../bus/actor.ts';
import type { BusClient } from '../../bus/bus.ts';
import type { Configuration } from '../../domain/configuration.ts';
import type { PeerAt } from '../../domain/identity/peer-at.ts';
import type { Envelope } from '../../domain/identity/signed-envelope.ts';
import type { NodeSummary, SummaryResult } from '../../domain/summaries/summary.ts';
import { intakeFault, type ReceivedSummary } from '../../domain/summaries/summary-intake.ts';
import { isoTime } from '../../domain/time/iso-time.ts';
import { DAY_MS, lastClosed, PERIOD_KINDS, type Period, type PeriodKind, periodAt } from '../../domain/time/period.ts';
import type { StoredSummary, SummaryStore } from '../../storage/mesh/summary-store.ts';
import { ShownPreviews } from '../shown-previews.ts';

export interface SummaryPorts {
  readonly bus: BusClient;
  /** Node ids of this node, the current one first, then those of its earlier keys. */
  readonly nodes: () => readonly [string, ...string[]];
  /** All node ids of the node that has, or had, this one. */
  readonly family: (id: string) => readonly string[] | Promise<readonly string[]>;
  readonly store: SummaryStore;
  /** Whether a peer may connect now: its summary may have waited here while trust in it ended. */
  readonly mayConnect: (peer: PeerAt) => boolean | Promise<boolean>;
  /** Changes with late events and with `denyTools`; empty if nothing was observed in the period. */
  readonly digest: (period: Period, denyTools: readonly string[]) => string | Promise<string>;
  /**
   * Makes and signs the document in a worker thread, without the commands of `denyTools`
   * (`sharing.deny_tools`).
   */
  readonly make: (
    head: Pick<NodeSummary, 'id' | 'replaces' | 'node' | 'createdAt' | 'nonce'>,
    period: Period,
    denyTools: readonly string[],
  ) => Promise<Envelope>;
  readonly randomHex: (bytes: number) => string;
  readonly now: () => number;
}

type Kinds =
  | 'summary.preview'
  | 'summary.shown'
  | 'summary.list'
  | 'summary.received'
  | 'clock.quarter'
  | 'config.commit';

/** Number of closed periods that are summarized after a downtime, or again after late events. */
const LOOK_BACK: Readonly<Record<PeriodKind, number>> = { hourly: 48, daily: 14, weekly: 8 };
const DEFAULT_LIMIT = 50;

/**
 * Makes this node's summaries when their period closes (FR-501), previews them (FR-504), and stores
 * those of peers (S3).
 */
export function createSummarizer(
  ports: SummaryPorts,
  initial: Pick<Configuration, 'retention' | 'sharing'>,
): Actor<Kinds> {
  let settings = initial;
  const shown = new ShownPreviews(ports.now);
  const make = async (
    period: Period,
    replaces: string | null,
  ): Promise<{ id: string; node: string; document: Envelope }> => {
    const id = ports.randomHex(16);
    const createdAt = isoTime(ports.now());
    const [node] = ports.nodes();
    const head = { id, replaces, node, createdAt, nonce: ports.randomHex(16) };
    return { id, node, document: await ports.make(head, period, settings.sharing.deny_tools) };
  };
  /**
   * The stored document of a closed period; made first if it is missing or outdated. Undefined if
   * nothing was observed.
   */
  const settle = async (period: Period): Promise<Envelope | undefined> => {
    const seen = await ports.digest(period, settings.sharing.deny_tools);
    const known = latestOf(ports, period);
    if (seen === '' || known?.seen === seen) return known?.document;
    const { id, node, document } = await make(period, known?.id ?? null);
    await keep(ports, period, node, { id, revision: (known?.revision ?? 0) + 1, document, seen });
    return document;
  };
  return {
    name: 'summarizer',
    handlers: {
      'summary.preview': async ({ period: kind }) => {
        for (const period of closedPeriods(kind, ports.now())) {
          const document = await settle(period);
          if (document) return { document, closed: true, digest: shown.note(document) };
        }
        const { document } = await make(periodAt(kind, ports.now()), null);
        return { document, closed: false, digest: shown.note(document) };
      },
      'summary.shown': ({ digest }) => shown.has(digest),
      'summary.list': async ({ limit, from }) =>
        ports.store.list(limit ?? DEFAULT_LIMIT, from === undefined ? ports.nodes() : await ports.family(from)),
      'summary.received': (received) => receive(ports, received, settings.retention.summaries_days),
      'clock.quarter': async ({ nowMs, retentionMs }) => {
        for (const kind of PERIOD_KINDS) {
          for (const period of closedPeriods(kind, nowMs)) await settle(period);
        }
        ports.store.prune(retentionMs - settings.retention.summaries_days * DAY_MS);
      },
      'config.commit': (configuration) => {
        if (configuration.sharing.deny_tools.join() !== settings.sharing.deny_tools.join()) shown.forget();
        settings = configuration;
        return null;
      },
    },
  };
}

/** Stores a document, records it in the audit log and announces it. */
async function keep(
  { bus, now, store }: SummaryPorts,
  period: Period,
  node: string,
  summary: Pick<StoredSummary, 'id' | 'revision' | 'document' | 'seen'>,
): Promise<void> {
  const { id, revision } = summary;
  store.add({ ...summary, node, kind: period.kind, startMs: period.startMs, createdMs: now() });
  await bus.request('audit.append', {
    type: 'summary.made',
    details: { id, period: period.kind, start: isoTime(period.startMs), revision },
  });
  await bus.publish('summary.made', { id });
}

/** Stores a peer's summary, unless it is known or not acceptable (S3). */
async function receive(
  { bus, mayConnect, now, store }: SummaryPorts,
  { document, peer, summary }: ReceivedSummary,
  days: number,
): Promise<SummaryResult> {
  if (!(await mayConnect(peer))) return 'refused';
  const { id, node, period } = summary;
  if (store.has(node, id)) return 'known';
  const startMs = Date.parse(period.start);
  if (!Number.isFinite(startMs)) return 'refused';
  if (intakeFault(summary, store.received(node, period.kind, startMs), { nowMs: now(), days }) !== null)
    return 'refused';
  const revision = (store.latest(node, period.kind, startMs)?.revision ?? 0) + 1;
  const createdMs = Date.parse(summary.createdAt);
  store.add({ id, node, kind: period.kind, startMs, revision, createdMs, document, seen: '' });
  await bus.request('audit.append', {
    type: 'summary.received',
    peer: peer.id,
    details: { id, period: period.kind, start: period.start },
  });
  return 'stored';
}

/** The latest summary of a period, under any key of this node. */
function latestOf({ nodes, store }: SummaryPorts, { kind, startMs }: Period): StoredSummary | undefined {
  return nodes()
    .flatMap((node) => store.latest(node, kind, startMs) ?? [])
    .at(0);
}

/** Newest first. */
function closedPeriods(kind: PeriodKind, nowMs: number): readonly Period[] {
  const periods: Period[] = [];
  for (
    let period = lastClosed(kind, nowMs);
    periods.length < LOOK_BACK[kind];
    period = lastClosed(kind, period.startMs)
  )
    periods.push(period);
  return periods;
}
