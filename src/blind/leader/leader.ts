import type { BlindReply, BlindRequest, Prepared } from '../../domain/blind/exchange.ts';
import { MAX_PREPARED } from '../../domain/blind/exchange.ts';
import type { BlockTotal, NoTotalCode, ReleaseBlock } from '../../domain/blind/release.ts';
import { CaroError, type ErrorCode } from '../../domain/errors.ts';
import type { Envelope } from '../../domain/identity/signed-envelope.ts';
import { hashOf } from '../../identity/signed-document.ts';
import type { PresentedReport } from '../../storage/blind/aggregator-store.ts';
import type { AggregatorPorts, AggregatorTask } from '../aggregator/aggregator.ts';
import { waitEnd } from '../day.ts';
import {
  contributorsOf,
  contributorsRoot,
  EMPTY_LOG,
  followRelease,
  openRelease,
  type ReleaseHead,
  releaseHash,
} from '../release-log.ts';
import type { Sealing } from '../sealing.ts';
import type { OpenedTask } from '../task.ts';
import { createTries, isOfOneDay } from '../tries.ts';
import type { Vdaf } from '../vdaf/vdaf.ts';
import { nodesIn, SHARE_INFO, shareContext } from './share-box.ts';

/** A day's totals, for the analyst's store. */
export interface DayTotals {
  readonly task: OpenedTask;
  readonly day: string;
  /** Why there is none; then there are no blocks. */
  readonly code: NoTotalCode | null;
  /** In the order of the release. */
  readonly blocks: readonly BlockTotal[];
}

export interface LeaderPorts extends AggregatorPorts {
  readonly vdaf: () => Promise<Vdaf>;
  readonly sealing: Sealing;
  /** Sends a request to the trustee. @throws CaroError while it is away */
  readonly ask: (request: BlindRequest) => Promise<BlindReply>;
  /**
   * MUST have stored the totals, or why there are none, when it resolves. The same day may come
   * again after a crash.
   */
  readonly keep: (totals: DayTotals) => Promise<void>;
}

export interface Leader {
  /** Prepares waiting reports in threads; needs no trustee. */
  readonly prepare: () => Promise<void>;
  /**
   * Presents prepared reports to the trustee, takes its new releases and computes their totals.
   * @throws CaroError while the trustee is away, or what it refuses
   */
  readonly exchange: () => Promise<void>;
  /**
   * Ends the days that still have no total when nobody waits for it any more. Their shares are
   * removed.
   */
  readonly giveUp: (nowMs: number) => Promise<void>;
}

const BATCH = 50;

/**
 * The first aggregator: the analyst's node. Every step is stored before the next one begins, so
 * that it can be killed anywhere and continue. Whatever is repeated gives the same bytes.
 */
export function createLeader(task: AggregatorTask, ports: LeaderPorts): Leader {
  const refuse = createRefusals(task, ports);
  return {
    prepare: async () => {
      while (await prepareBatch(task, ports));
    },
    exchange: async () => {
      const { attempt, end } = createTries(isOfOneDay);
      for (const { day } of ports.store.openDays(task.opened.id))
        await attempt(() => refuse({}, () => presentDay(task, ports, day)));
      await attempt(() => refuse({}, () => follow(task, ports)));
      for (const { day, entry } of ports.store.unsettled(task.opened.id))
        await attempt(() => refuse({ day }, () => settle(task, ports, day, entry)));
      end();
    },
    giveUp: async (nowMs) => {
      const { openDays, unsettled } = ports.store;
      const days = new Set([...openDays(task.opened.id), ...unsettled(task.opened.id)].map(({ day }) => day));
      for (const day of days)
        if (nowMs >= waitEnd(task.opened.task, day)) await conclude(task, ports, day, 'total_missing', []);
    },
  };
}

/**
 * What a leader does not accept of its trustee. `task_unknown`: the trustee has lost its database.
 */
const REFUSED: readonly ErrorCode[] = [
  'release_invalid',
  'release_forked',
  'blind_box_invalid',
  'total_incomplete',
  'task_unknown',
];

/** Records once what fails because of the trustee: it is tried again every quarter of an hour. */
function createRefusals({ opened }: AggregatorTask, { audit }: LeaderPorts) {
  const recorded = new Set<string>();
  return async (details: { readonly day?: string }, step: () => Promise<void>): Promise<void> => {
    try {
      await step();
    } catch (error) {
      if (!(error instanceof CaroError && REFUSED.includes(error.code))) throw error;
      const { code } = error;
      const name = `${details.day} ${code}`;
      if (recorded.has(name)) return;
      recorded.add(name);
      const peer = opened.task.trustee.node;
      await audit({ type: 'blind.refused', peer, details: { task: opened.id, ...details, code } });
    }
  };
}

/** Whether there may be more. */
async function prepareBatch(task: AggregatorTask, { store, threads, audit }: LeaderPorts): Promise<boolean> {
  const waiting = store.waiting(task.opened.id, BATCH);
  if (waiting.length === 0) return false;
  const results = await threads.prepare(
    task,
    waiting.map(({ id }) => ({ id, theirs: null })),
  );
  const rows = waiting.map(({ id, node, day }, index) => ({ node, day, ...(results[index] ?? FAILED), id }));
  store.prepare(rows);
  for (const { node, day, code } of rows)
    if (code !== null) await audit({ type: 'blind.refused', peer: node, details: { task: task.opened.id, day, code } });
  return waiting.length === BATCH;
}

const FAILED = { code: 'blind_share_invalid', share: null, message: null, output: null } as const;

async function presentDay(task: AggregatorTask, ports: LeaderPorts, day: string): Promise<void> {
  const { attempt, end } = createTries();
  for (let last = 0; ; ) {
    const batch = ports.store.prepared(task.opened.id, day, MAX_PREPARED, last);
    const final = batch.at(-1);
    if (!final) break;
    last = final.id;
    await attempt(() => presentBatch(task, ports, day, batch));
  }
  end();
}

async function presentBatch(
  task: AggregatorTask,
  ports: LeaderPorts,
  day: string,
  batch: readonly PresentedReport[],
): Promise<void> {
  const reports = batch.map(({ node, publicShare, share }) => ({
    node,
    publicShare: publicShare.toString('base64'),
    share: share.toString('base64'),
  }));
  const reply = await ports.ask({ type: 'blind-prepare', body: { task: task.opened.id, day, reports } });
  if (reply.type !== 'blind-prepared') throw refusedBy(reply);
  await finish(task, ports, day, batch, reply.body.answers);
}

interface FinishedReport {
  readonly id: number;
  readonly node: string;
  readonly code: string | null;
  readonly output: Uint8Array | null;
}

/** Reports that the trustee does not have yet are presented again later. */
const LATER = ['report_unknown', 'internal'];

async function finish(
  task: AggregatorTask,
  { store, vdaf, audit }: LeaderPorts,
  day: string,
  batch: readonly PresentedReport[],
  answers: readonly Prepared[],
): Promise<void> {
  const byNode = new Map(answers.map((answer) => [answer.node, answer]));
  const { finish: finishReport } = await vdaf();
  const rows = batch.flatMap(({ id, node, output }): readonly FinishedReport[] => {
    const answer = byNode.get(node);
    if (!answer || ('code' in answer && LATER.includes(answer.code))) return [];
    if ('code' in answer) return [{ id, node, code: answer.code, output: null }];
    try {
      return [{ id, node, code: null, output: finishReport(output, Buffer.from(answer.message, 'base64')) }];
    } catch {
      return [{ id, node, code: 'blind_share_invalid', output: null }];
    }
  });
  store.finish(rows);
  for (const { node, code } of rows)
    if (code !== null) await audit({ type: 'blind.refused', peer: node, details: { task: task.opened.id, day, code } });
}

/** Takes the new entries of the release log. */
async function follow({ opened }: AggregatorTask, { store, ask }: LeaderPorts): Promise<void> {
  for (;;) {
    const head = headOf(opened, store);
    const reply = await ask({ type: 'blind-log', body: { task: opened.id, from: head.size } });
    if (reply.type !== 'blind-entries') throw refusedBy(reply);
    const { entries, size } = reply.body;
    if (size < head.size) throw new CaroError('release_forked', 'expected a release log that grows, got a shorter one');
    let known = head;
    for (const { entry: envelope } of entries) {
      const { entry, head: next } = followRelease(known, envelope, {
        taskId: opened.id,
        trustee: opened.task.trustee.node,
      });
      store.follow(opened.id, { seq: entry.seq, day: entry.day, entry: envelope });
      known = next;
    }
    if (entries.length === 0 || known.size >= size) return;
  }
}

function headOf({ id }: OpenedTask, store: LeaderPorts['store']): ReleaseHead {
  const size = store.releaseCount(id);
  const [last] = size === 0 ? [] : store.releases(id, size - 1, 1);
  return last === undefined ? EMPTY_LOG : { size, hash: releaseHash(last.entry) };
}

/** Computes the totals of a released day, or takes note that it has none. */
async function settle(task: AggregatorTask, ports: LeaderPorts, day: string, release: Envelope): Promise<void> {
  const { opened } = task;
  const entry = openRelease(release, opened.task.trustee.node);
  const blocks: BlockTotal[] = [];
  for (const block of entry.blocks) {
    const cells = await totalOf(task, ports, day, block);
    blocks.push({ name: block.name, contributors: block.contributors, cells });
  }
  await conclude(task, ports, day, entry.withheld, blocks);
}

/** Stores what there is of a day, then removes its shares. */
async function conclude(
  { opened }: AggregatorTask,
  { audit, keep, store }: LeaderPorts,
  day: string,
  code: NoTotalCode | null,
  blocks: readonly BlockTotal[],
): Promise<void> {
  await keep({ task: opened, day, code, blocks });
  store.settle(opened.id, day);
  const details = { task: opened.id, day };
  if (code === null) await audit({ type: 'blind.total', details: { ...details, blocks: blocks.length } });
  else await audit({ type: 'blind.withheld', details: { ...details, code } });
}

/** @throws CaroError `release_invalid`; `total_incomplete` without the share of a contributor */
async function totalOf(
  task: AggregatorTask,
  { ask, sealing, store, threads, vdaf }: LeaderPorts,
  day: string,
  block: ReleaseBlock,
): Promise<readonly number[]> {
  const { id } = task.opened;
  const reply = await ask({ type: 'blind-total', body: { task: id, day, block: block.name } });
  if (reply.type !== 'blind-share') throw refusedBy(reply);
  const contributors = contributorsOf(block.name, nodesIn(Buffer.from(reply.body.nodes, 'base64')));
  const trustee = await sealing.open({
    key: task.sealingKey,
    info: SHARE_INFO,
    associatedData: shareContext(id, day, block.name),
    box: Buffer.from(reply.body.box, 'base64'),
  });
  if (contributorsRoot(contributors) !== block.root || hashOf(trustee) !== block.share)
    throw new CaroError(
      'release_invalid',
      'expected the contributors and the share that the release log names, got others',
    );
  const ready = new Set(store.readyNodes(id, day).map(({ node }) => node));
  if (!contributors.nodes.every((node) => ready.has(node)))
    throw new CaroError('total_incomplete', 'expected the share of every contributor, one of them is missing');
  const leader = await threads.sum(task, day, contributors.nodes);
  return (await vdaf()).unshard({ leader, trustee });
}

const refusedBy = (reply: BlindReply): CaroError =>
  reply.type === 'blind-refusal'
    ? new CaroError(reply.body.code, 'the trustee refused the request')
    : new CaroError('message_unexpected', `expected a reply of the trustee, got a ${reply.type}`);
