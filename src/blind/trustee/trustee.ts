import {
  type BlindBodies,
  MAX_ENTRIES_SENT,
  type Prepared,
  type Presented,
  refusalCode,
} from '../../domain/blind/exchange.ts';
import { NO_RELEASE, type ReleaseEntry, type WithheldCode } from '../../domain/blind/release.ts';
import { CaroError } from '../../domain/errors.ts';
import { parseNodeId } from '../../domain/identity/node-id.ts';
import { isoTime } from '../../domain/time/iso-time.ts';
import { DAY_MS } from '../../domain/time/period.ts';
import { hashOf } from '../../identity/signed-document.ts';
import type { DayCounts, StoredBlock, TrusteeReport } from '../../storage/blind/aggregator-store.ts';
import { type AggregatorPorts, type AggregatorTask, type PreparedShare, windowOver } from '../aggregator/aggregator.ts';
import { dayStart, waitEnd, windowEnd } from '../day.ts';
import { nodesIn, SHARE_INFO, shareContext } from '../leader/share-box.ts';
import {
  type Contributors,
  contributorsOf,
  contributorsRoot,
  proveContribution,
  releaseHash,
  signRelease,
} from '../release-log.ts';
import type { Sealing } from '../sealing.ts';
import { createTries, isOfOneDay } from '../tries.ts';
import type { Vdaf } from '../vdaf/vdaf.ts';
import { type Block, type Contributor, divide } from './blocks.ts';
import { createDiscreteGaussian } from './discrete-gaussian.ts';

export interface TrusteePorts extends AggregatorPorts {
  readonly vdaf: () => Promise<Vdaf>;
  readonly sealing: Sealing;
}

export interface Trustee {
  /** The leader presents reports of one day; one answer for each. */
  readonly prepare: (body: BlindBodies['blind-prepare']) => Promise<readonly Prepared[]>;
  /** Closes the days whose window is over. */
  readonly closeDays: () => Promise<void>;
  /**
   * Withholds the days that could not be closed until nobody waits for them any more. Their shares
   * are removed.
   */
  readonly giveUp: (nowMs: number) => Promise<void>;
  /** The release log from an entry on, with the proofs for the node that asks. */
  readonly log: (body: BlindBodies['blind-log'], asker: string) => BlindBodies['blind-entries'];
  /** @throws CaroError the code with which the day was withheld, `release_early` */
  readonly share: (body: BlindBodies['blind-total']) => BlindBodies['blind-share'];
}

/** How long after its window a day waits for a leader that presents too few reports. */
const PATIENCE_MS = 3 * DAY_MS;
/** Trees that are kept for the proofs of nodes. */
const MAX_TREES = 16;

/**
 * The second aggregator. It verifies each report once, closes each day once, and gives the leader
 * nothing but the shares of blocks with enough contributors.
 */
export function createTrustee(task: AggregatorTask, ports: TrusteePorts): Trustee {
  const refused = new Set<string>();
  return {
    prepare: (body) => prepare(task, ports, body),
    closeDays: async () => {
      const { attempt, end } = createTries(isOfOneDay);
      for (const counts of ports.store.openDays(task.opened.id))
        await attempt(() => closeDay(task, ports, counts, refused));
      end();
    },
    giveUp: async (nowMs) => {
      for (const counts of ports.store.openDays(task.opened.id))
        if (nowMs >= waitEnd(task.opened.task, counts.day)) await withhold(task, ports, counts, 'release_incomplete');
    },
    log: createLogReader(task, ports),
    share: ({ day, block }) => shareOf(task, ports, day, block),
  };
}

async function prepare(
  task: AggregatorTask,
  ports: TrusteePorts,
  { day, reports }: BlindBodies['blind-prepare'],
): Promise<readonly Prepared[]> {
  const found = reports.map((presented) => ({
    presented,
    report: ports.store.presented(task.opened.id, day, presented.node),
  }));
  const fresh = found.flatMap(({ presented, report }) => (report?.state === 'waiting' ? [{ presented, report }] : []));
  // Both aggregators must have the same public share. Otherwise a report could pass here and fail
  // at the leader, when the total already contains it.
  const matching = fresh.filter(
    ({ presented, report }) => report.publicShare?.toString('base64') === presented.publicShare,
  );
  const results = await ports.threads.prepare(
    task,
    matching.map(({ presented, report: { id } }) => ({ id, theirs: Buffer.from(presented.share, 'base64') })),
  );
  const prepared = new Map(matching.map(({ report }, index) => [report.id, results[index] ?? INVALID]));
  ports.store.answer(
    fresh.map(({ presented, report }) => ({
      ...(prepared.get(report.id) ?? INVALID),
      id: report.id,
      share: shareHash(presented),
    })),
  );
  const answers = reports.map((presented) =>
    answerOf(presented, ports.store.presented(task.opened.id, day, presented.node)),
  );
  await auditRefusals(ports, task, day, answers);
  return answers;
}

/** A public share that differs from the node's, or no result of a thread. */
const INVALID: PreparedShare = { code: 'blind_share_invalid', share: null, message: null, output: null };

const shareHash = ({ share }: Presented): Buffer => Buffer.from(hashOf(Buffer.from(share, 'base64')), 'base64');

/**
 * The same share gets the same answer, also after its day: the leader may have been killed before
 * it stored the first one. Another share would be a second preparation of the same report.
 */
function answerOf(presented: Presented, report: TrusteeReport | undefined): Prepared {
  const { node } = presented;
  // It may have come in while the others were prepared: the leader presents it again.
  if (!report || report.state === 'waiting') return { node, code: 'report_unknown' };
  if (report.share === null) return { node, code: 'day_closed' };
  if (!report.share.equals(shareHash(presented))) return { node, code: 'report_prepared' };
  if (report.message === null) return { node, code: refusalCode(report.code ?? 'blind_share_invalid') };
  return { node, message: report.message.toString('base64') };
}

/** Reports that have not arrived yet share one record: the leader presents them again and again. */
async function auditRefusals(
  { refused: record }: TrusteePorts,
  { opened }: AggregatorTask,
  day: string,
  answers: readonly Prepared[],
): Promise<void> {
  const refused = answers.flatMap((answer) => ('code' in answer ? [answer] : []));
  const details = { task: opened.id, day };
  for (const { node, code } of refused) if (code !== 'report_unknown') await record(node, { ...details, code });
  const count = refused.filter(({ code }) => code === 'report_unknown').length;
  if (count > 0) await record(opened.task.leader.node, { ...details, code: 'report_unknown', count });
}

/**
 * Closes a day whose window is over: with a total, or without one if too few seasoned nodes have
 * reported. A leader that presents too little gets more time, then the day is withheld for good.
 */
async function closeDay(
  task: AggregatorTask,
  ports: TrusteePorts,
  counts: DayCounts,
  refused: Set<string>,
): Promise<void> {
  const { opened } = task;
  const { day } = counts;
  if (!windowOver(opened.task, day, ports.now())) return;
  const contributors = contributorsIn(task, ports, day);
  const seasoned = contributors.filter(({ isSeasoned }) => isSeasoned).length;
  const pending = counts.received - counts.ready - counts.invalid;
  if (seasoned + pending < opened.task.floor) {
    await withhold(task, ports, counts, 'release_below_floor');
    return;
  }
  const isComplete = counts.ready * 100 >= opened.task.completePercent * counts.received;
  const blocks = isComplete ? divide(contributors, opened.task.floor) : [];
  if (blocks.length > 0) {
    await release(task, ports, counts, blocks);
    return;
  }
  const code = isComplete ? 'release_below_floor' : 'release_incomplete';
  if (ports.now() >= windowEnd(opened.task, day) + PATIENCE_MS) await withhold(task, ports, counts, code);
  else if (!refused.has(`${day} ${code}`)) {
    refused.add(`${day} ${code}`);
    const { received, ready } = counts;
    const details = { task: opened.id, day, code, received, presented: ready };
    await ports.audit({ type: 'blind.refused', peer: opened.task.leader.node, details });
  }
}

function contributorsIn(
  { opened }: AggregatorTask,
  { store, group }: TrusteePorts,
  day: string,
): readonly Contributor[] {
  const { unit } = group();
  const seasonMs = opened.task.seasonDays * DAY_MS;
  return store.readyNodes(opened.id, day).map(({ node, account }) => {
    const since = store.memberSince(account);
    return { node, unit: unit(node), isSeasoned: since !== undefined && since + seasonMs <= dayStart(day) };
  });
}

async function release(
  task: AggregatorTask,
  ports: TrusteePorts,
  counts: DayCounts,
  blocks: readonly Block[],
): Promise<void> {
  const { opened } = task;
  const vdaf = await ports.vdaf();
  const gaussian = createDiscreteGaussian(ports.randomBytes);
  const { noiseSd, leader } = opened.task;
  const made: { readonly logged: ReleaseEntry['blocks'][number]; readonly stored: StoredBlock }[] = [];
  for (const { name, members } of blocks) {
    const contributors = contributorsOf(
      name,
      members.map(({ node }) => node),
    );
    const sum = await ports.threads.sum(task, counts.day, contributors.nodes);
    const noise = noiseSd === 0 ? [] : Array.from({ length: cellsOf(vdaf) }, () => gaussian(noiseSd));
    const share = noiseSd === 0 ? sum : vdaf.shift(sum, noise);
    const box = await ports.sealing.seal({
      recipient: Buffer.from(leader.sealingKey, 'base64'),
      info: SHARE_INFO,
      associatedData: shareContext(opened.id, counts.day, name),
      plaintext: share,
    });
    made.push({
      logged: { name, contributors: members.length, root: contributorsRoot(contributors), share: hashOf(share) },
      stored: { name, nodes: keysOf(contributors), box: Buffer.from(box) },
    });
  }
  // A report may have been prepared while threads were adding up: then the next round adds it too.
  if (ports.store.readyNodes(opened.id, counts.day).length !== counts.ready) return;
  const entry = { ...headOf(task, ports, counts), blocks: made.map(({ logged }) => logged), withheld: null };
  close(
    task,
    ports,
    entry,
    made.map(({ stored }) => stored),
  );
  const details = { task: opened.id, day: counts.day, blocks: blocks.length, contributors: counts.ready };
  await ports.audit({ type: 'blind.released', details });
}

const cellsOf = ({ aggregateBytes }: Vdaf): number => aggregateBytes / ELEMENT_BYTES;
const ELEMENT_BYTES = 16;

async function withhold(
  task: AggregatorTask,
  ports: TrusteePorts,
  counts: DayCounts,
  withheld: WithheldCode,
): Promise<void> {
  close(task, ports, { ...headOf(task, ports, counts), blocks: [], withheld }, []);
  await ports.audit({ type: 'blind.withheld', details: { task: task.opened.id, day: counts.day, code: withheld } });
}

function headOf(
  { opened }: AggregatorTask,
  { store, now }: TrusteePorts,
  { day, received, invalid }: DayCounts,
): Omit<ReleaseEntry, 'blocks' | 'withheld'> {
  const seq = store.releaseCount(opened.id);
  const [last] = seq === 0 ? [] : store.releases(opened.id, seq - 1, 1);
  const previous = last === undefined ? NO_RELEASE : releaseHash(last.entry);
  const time = isoTime(now());
  return { type: 'caro.release', version: 1, task: opened.id, seq, previous, day, time, received, invalid };
}

function close(
  { opened }: AggregatorTask,
  { store, signer }: TrusteePorts,
  entry: ReleaseEntry,
  blocks: readonly StoredBlock[],
): void {
  const { seq, day } = entry;
  store.close(opened.id, { seq, day, entry: signRelease(entry, signer()) }, blocks);
}

const keysOf = ({ nodes }: Contributors): Buffer =>
  Buffer.concat(nodes.map((node) => parseNodeId(node) ?? new Uint8Array()));

function shareOf(
  { opened }: AggregatorTask,
  { store, now }: TrusteePorts,
  day: string,
  name: string,
): BlindBodies['blind-share'] {
  const block = store.block(opened.id, day, name);
  if (block) return { nodes: block.nodes.toString('base64'), box: block.box.toString('base64') };
  if (!windowOver(opened.task, day, now()))
    throw new CaroError('release_early', `expected a day whose window is over, got ${day}`);
  throw new CaroError('release_incomplete', 'expected a block of a day that has been released');
}

function createLogReader({ opened }: AggregatorTask, { store, group }: TrusteePorts): Trustee['log'] {
  const trees = new Map<string, Contributors>();
  const contributorsIn = (day: string, name: string): Contributors | undefined => {
    const key = `${day} ${name}`;
    const known = trees.get(key);
    if (known) return known;
    const block = store.block(opened.id, day, name);
    if (!block) return undefined;
    if (trees.size >= MAX_TREES) trees.delete(trees.keys().next().value ?? '');
    const contributors = contributorsOf(name, nodesIn(block.nodes));
    trees.set(key, contributors);
    return contributors;
  };
  return ({ from }, asker) => {
    const { account } = group();
    const self = account(asker);
    const entries = store.releases(opened.id, from, MAX_ENTRIES_SENT).map(({ day, entry }) => {
      const proofs = store.blockNames(opened.id, day).flatMap((name) => {
        const contributors = contributorsIn(day, name);
        const node = contributors?.nodes.find((id) => id === asker || account(id) === self);
        return contributors && node !== undefined ? [proveContribution(contributors, node)] : [];
      });
      return { entry, contribution: proofs[0] ?? null };
    });
    return { size: store.releaseCount(opened.id), entries };
  };
}
