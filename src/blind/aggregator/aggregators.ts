import { type BlindReply, type BlindRequest, refusal } from '../../domain/blind/exchange.ts';
import type { Endorsement, RoleStatus, TaskTerms } from '../../domain/blind/roles.ts';
import { COMPLETE_PERCENT, FLOOR, NOISE_SD, SEASON_DAYS, WINDOW_HOURS } from '../../domain/blind/terms.ts';
import { CaroError } from '../../domain/errors.ts';
import type { Envelope } from '../../domain/identity/signed-envelope.ts';
import { isoTime } from '../../domain/time/iso-time.ts';
import { DAY_MS } from '../../domain/time/period.ts';
import { documentHash, hashOf } from '../../identity/signed-document.ts';
import type { StoredRole } from '../../storage/blind/aggregator-store.ts';
import { dayOf, windowEnd } from '../day.ts';
import type { BlindDraft, BlindTask } from '../documents.ts';
import { DAY_LAYOUT, type LayoutWords } from '../layout/day-1.ts';
import { createLeader, type Leader, type LeaderPorts } from '../leader/leader.ts';
import { openRelease } from '../release-log.ts';
import { splitReport } from '../report-bytes.ts';
import type { SealingKey } from '../sealing.ts';
import { createTries, isAway } from '../tries.ts';
import { createTrustee, type Trustee, type TrusteePorts } from '../trustee/trustee.ts';
import type { AggregatorRole } from '../vdaf/vdaf.ts';
import { type AggregatorTask, takeReport } from './aggregator.ts';
import { acceptOffer, decodeDraft, decodeOffer, encodeDraft, makeOffer } from './task-offer.ts';

/** Secrets of an aggregator, in a private file outside the database and its backups. */
export interface AggregatorKeys {
  readonly sealingKey: () => Promise<SealingKey>;
  /** By the hash that a task has of it. */
  readonly verifyKey: (hash: string) => Uint8Array | undefined;
  readonly keepVerifyKey: (hash: string, key: Uint8Array) => void;
}

export interface AggregatorsPorts extends Omit<TrusteePorts, 'vdaf'>, Omit<LeaderPorts, 'vdaf' | 'ask'> {
  readonly roles: {
    readonly all: () => readonly StoredRole[];
    readonly add: (role: StoredRole, nowMs: number) => void;
  };
  readonly keys: AggregatorKeys;
  /** `[blind] role`: what this node may become. */
  readonly mayBe: () => AggregatorRole | 'none';
  /** `[trustee] noise_sd`: the smallest noise with which it endorses a task. */
  readonly leastNoise: () => number;
  readonly words: () => Promise<LayoutWords>;
  readonly vdaf: (words: LayoutWords) => Promise<Awaited<ReturnType<TrusteePorts['vdaf']>>>;
  readonly ask: (peer: string, request: BlindRequest) => Promise<BlindReply>;
  /** Whether another node agrees with the time: a day is closed for good, and not too early. */
  readonly isTimeConfirmed: () => boolean;
  /** Accounts of all members now. */
  readonly members: () => readonly string[];
}

/** The tasks in which this node is leader or trustee. */
export interface Aggregators {
  readonly take: (peer: string, request: BlindRequest) => Promise<BlindReply>;
  /**
   * Prepares what waits, closes days, and exchanges with trustees that are connected.
   *
   * @param retentionMs the time by which shares are removed; without it none are given up
   */
  readonly work: (retentionMs?: number) => Promise<void>;
  /**
   * When there is something to do although nothing comes in, in ms since the epoch: a window ends.
   * Null where no day is open.
   */
  readonly nextMs: () => number | null;
  /** Whether a stored report is for the leader, which prepares it; the trustee waits for it. */
  readonly isLeading: () => boolean;
  /** Whether a node that has connected is the trustee of one of this leader's tasks. */
  readonly isTrustee: (node: string) => boolean;
  readonly draft: (terms: TaskTerms) => Promise<string>;
  readonly endorse: (document: string, isConfirmed: boolean) => Promise<Endorsement>;
  readonly status: () => readonly RoleStatus[];
}

interface Role {
  readonly task: AggregatorTask;
  readonly leader: Leader | null;
  readonly trustee: Trustee | null;
}

/** Releases that `status` lists. */
const LISTED = 30;
/** How long the hash of a report is kept after its day; by then any repetition is too late. */
const KEPT_DAYS = 60;

export async function openAggregators(ports: AggregatorsPorts): Promise<Aggregators> {
  const roles = new Map<string, Role>();
  const membership = createMembership(ports);
  const open = async (stored: StoredRole): Promise<void> => {
    roles.set(stored.task, roleOf(ports, await taskOf(ports, stored)));
  };
  const openMissing = async (): Promise<void> => {
    const { attempt, end } = createTries(() => true);
    for (const stored of ports.roles.all()) if (!roles.has(stored.task)) await attempt(() => open(stored));
    end();
  };
  // A task without its keys keeps no other one from being opened or made; `work` reports it.
  await openMissing().catch(() => undefined);
  const adopt = async (role: AggregatorRole, task: string, document: Envelope): Promise<void> => {
    const stored = { task, role, document };
    ports.roles.add(stored, ports.now());
    membership.update();
    await open(stored);
    await ports.audit({ type: 'blind.task', details: { task, role } });
  };
  return {
    take: (peer, request) => take(ports, roles, peer, request),
    work: async (retentionMs) => {
      const { attempt, end } = createTries(() => true);
      await attempt(openMissing);
      await attempt(() => work(ports, [...roles.values()], membership, retentionMs));
      end();
    },
    nextMs: () => nextOf(ports, [...roles.values()]),
    isLeading: () => [...roles.values()].some(({ leader }) => leader !== null),
    isTrustee: (node) => {
      const { account } = ports.group();
      return [...roles.values()].some(
        ({ leader, task }) => leader !== null && account(task.opened.task.trustee.node) === account(node),
      );
    },
    draft: (terms) => draft(ports, terms),
    endorse: (document, isConfirmed) => endorse(ports, adopt, document, isConfirmed),
    status: () => ports.roles.all().map((stored) => ({ ...statusOf(ports, stored), hasKeys: roles.has(stored.task) })),
  };
}

const taskIn = ({ document }: StoredRole): BlindTask =>
  JSON.parse(Buffer.from(document.payload, 'base64').toString('utf8')) as BlindTask;

/** With another sealing key each report would be refused, although its node did nothing wrong. */
async function taskOf({ keys }: AggregatorsPorts, stored: StoredRole): Promise<AggregatorTask> {
  const { task: id, role, document } = stored;
  const task = taskIn(stored);
  const verifyKey = keys.verifyKey(task.verifyKeyHash);
  const sealingKey = await keys.sealingKey();
  if (!verifyKey || Buffer.from(sealingKey.publicKey).toString('base64') !== task[role].sealingKey) {
    throw new CaroError(
      'not_found',
      'expected the keys of a blind task in blind-keys.json, it has others; restore a copy, or make a new task',
    );
  }
  return { opened: { task, id, envelope: document }, role, verifyKey, sealingKey };
}

function roleOf(ports: AggregatorsPorts, task: AggregatorTask): Role {
  const own = { ...ports, vdaf: () => ports.vdaf(task.opened.task.words) };
  if (task.role === 'trustee') return { task, leader: null, trustee: createTrustee(task, own) };
  const ask: LeaderPorts['ask'] = (request) => ports.ask(task.opened.task.trustee.node, request);
  return { task, leader: createLeader(task, { ...own, ask }), trustee: null };
}

/** @throws CaroError the code of a refusal, which is in the audit log */
async function take(
  ports: AggregatorsPorts,
  roles: ReadonlyMap<string, Role>,
  peer: string,
  request: BlindRequest,
): Promise<BlindReply> {
  try {
    const role = roles.get(taskNamed(request));
    if (!role) throw new CaroError('task_unknown', 'expected a task of this aggregator');
    return await reply(ports, role, peer, request);
  } catch (error) {
    if (!(error instanceof CaroError)) throw error;
    const { code } = error;
    // A node asks for what is not there yet.
    if (code !== 'release_early') await ports.refused(peer, { code, type: request.type });
    throw error;
  }
}

function taskNamed(request: BlindRequest): string {
  if (request.type !== 'blind-report') return request.body.task;
  try {
    const { head } = splitReport(Buffer.from(request.body.report.payload, 'base64'));
    const report = JSON.parse(head) as { task?: unknown };
    return typeof report.task === 'string' ? report.task : '';
  } catch {
    throw new CaroError('blind_report_invalid', 'expected a blind report in JSON');
  }
}

async function reply(
  ports: AggregatorsPorts,
  { task, trustee }: Role,
  peer: string,
  request: BlindRequest,
): Promise<BlindReply> {
  if (request.type === 'blind-report') {
    return { type: 'blind-receipt', body: { receipt: takeReport(task, ports, peer, request.body.report) } };
  }
  if (!trustee) {
    // Nodes ask for the log to compare the time.
    if (request.type === 'blind-log') return refusal('task_unknown');
    throw new CaroError('task_unknown', 'expected a request to a trustee, this node is the leader');
  }
  if (request.type === 'blind-log') return { type: 'blind-entries', body: trustee.log(request.body, peer) };
  const { account } = ports.group();
  if (account(peer) !== account(task.opened.task.leader.node))
    throw new CaroError('task_unknown', 'expected the leader of the task, got another node');
  if (request.type === 'blind-prepare')
    return { type: 'blind-prepared', body: { answers: await trustee.prepare(request.body) } };
  return { type: 'blind-share', body: trustee.share(request.body) };
}

interface Membership {
  /** Stores who is a member from now on, if that has changed. */
  readonly update: () => void;
}

function createMembership({ members, now, store }: AggregatorsPorts): Membership {
  let stored: readonly string[] | undefined;
  return {
    update: () => {
      const present = members();
      const isSame =
        stored?.length === present.length && present.every((account, place) => account === stored?.[place]);
      if (!isSame) store.setMembers(present, now());
      stored = present;
    },
  };
}

/** One step that fails does not keep the others from running. */
async function work(
  ports: AggregatorsPorts,
  roles: readonly Role[],
  membership: Membership,
  retentionMs = Number.NEGATIVE_INFINITY,
): Promise<void> {
  const nowMs = ports.now();
  if (roles.length > 0) membership.update();
  const failures: Error[] = [];
  const note = (error: unknown): void => {
    if (!isAway(error)) failures.push(error instanceof Error ? error : new Error(String(error)));
  };
  for (const { task, leader, trustee } of roles) {
    ports.store.prune(task.opened.id, dayOf(nowMs - KEPT_DAYS * DAY_MS));
    const closeDays = ports.isTimeConfirmed() ? trustee?.closeDays : undefined;
    for (const step of [closeDays, leader?.prepare, leader?.exchange]) await step?.().catch(note);
    await (trustee ?? leader)?.giveUp(retentionMs).catch(note);
  }
  const [first] = failures;
  if (first) throw first;
}

/** How long the leader waits for the release of a day, and how often it asks for it. */
const ASK_MS = 60_000;
/** Afterwards it asks every quarter of an hour. */
const ASK_FOR_MS = 900_000;

/** The trustee closes a day when its window ends; the leader asks for the release from then on. */
function nextOf({ store, now }: AggregatorsPorts, roles: readonly Role[]): number | null {
  const nowMs = now();
  const times = roles.flatMap(({ task: { opened }, leader }) =>
    store.openDays(opened.id).flatMap(({ day }) => {
      const endMs = windowEnd(opened.task, day);
      if (endMs > nowMs) return [endMs];
      return leader !== null && nowMs < endMs + ASK_FOR_MS ? [nowMs + ASK_MS] : [];
    }),
  );
  return times.length === 0 ? null : Math.min(...times);
}

async function draft(ports: AggregatorsPorts, terms: TaskTerms): Promise<string> {
  const signer = ports.signer();
  if (ports.mayBe() !== 'leader') {
    throw new CaroError(
      'usage',
      'expected [blind] role = "leader" in caro.toml of this node; set it and run: caro reload',
    );
  }
  if (terms.trustee === signer.id) throw new CaroError('usage', 'expected another node as trustee than this one');
  const { publicKey } = await ports.keys.sealingKey();
  const document: BlindDraft = {
    type: 'caro.blind-draft',
    version: 1,
    name: terms.name,
    createdAt: isoTime(ports.now()),
    layout: DAY_LAYOUT,
    words: await ports.words(),
    leader: { node: signer.id, sealingKey: Buffer.from(publicKey).toString('base64') },
    trustee: terms.trustee,
    floor: terms.floor ?? FLOOR.usual,
    windowHours: terms.windowHours ?? WINDOW_HOURS.usual,
    completePercent: terms.completePercent ?? COMPLETE_PERCENT.usual,
    seasonDays: terms.seasonDays ?? SEASON_DAYS.usual,
    noiseSd: terms.noiseSd ?? NOISE_SD.usual,
  };
  return encodeDraft(document, signer);
}

type Adopt = (role: AggregatorRole, task: string, document: Envelope) => Promise<void>;

/** @throws CaroError `usage` if this node is not the one that should sign, `blind_task_invalid` */
async function endorse(
  ports: AggregatorsPorts,
  adopt: Adopt,
  document: string,
  isConfirmed: boolean,
): Promise<Endorsement> {
  const proposed = decodeDraft(document);
  if (proposed) return endorseDraft(ports, adopt, proposed, isConfirmed);
  const offered = decodeOffer(document);
  if (!offered) throw new CaroError('usage', 'expected a draft or an offer of a blind task, got another document');
  const { task } = offered;
  const signer = ports.signer();
  checkRole(ports, 'leader', task.leader.node);
  const base = { role: 'leader', terms: termsOf({ ...task, trustee: task.trustee.node }) } as const;
  if (!isConfirmed) return { ...base, document: null, task: null };
  const accepted = await acceptOffer(offered, signer, await ports.keys.sealingKey(), ports.sealing);
  ports.keys.keepVerifyKey(task.verifyKeyHash, accepted.verifyKey);
  const { envelope, id } = accepted.task;
  await adopt('leader', id, envelope);
  return { ...base, document: `${JSON.stringify(envelope)}\n`, task: id };
}

async function endorseDraft(
  ports: AggregatorsPorts,
  adopt: Adopt,
  proposed: BlindDraft,
  isConfirmed: boolean,
): Promise<Endorsement> {
  checkRole(ports, 'trustee', proposed.trustee);
  if (proposed.noiseSd < ports.leastNoise()) {
    throw new CaroError(
      'usage',
      `expected noise of at least ${ports.leastNoise()} ([trustee] noise_sd), got ${proposed.noiseSd}; ask for another draft`,
    );
  }
  const base = { role: 'trustee', terms: termsOf(proposed) } as const;
  if (!isConfirmed) return { ...base, document: null, task: null };
  const verifyKey = ports.randomBytes(VERIFY_KEY_BYTES);
  const sealingKey = await ports.keys.sealingKey();
  const made = await makeOffer({ draft: proposed, trustee: ports.signer(), sealingKey, verifyKey }, ports.sealing);
  ports.keys.keepVerifyKey(hashOf(verifyKey), verifyKey);
  await adopt('trustee', documentHash(made.task.envelope), made.task.envelope);
  return { ...base, document: made.text, task: made.task.id };
}

const VERIFY_KEY_BYTES = 16;

function checkRole(ports: AggregatorsPorts, role: AggregatorRole, node: string): void {
  if (node !== ports.signer().id)
    throw new CaroError('usage', `expected a document for the ${role} ${node}, which is another node`);
  if (ports.mayBe() !== role)
    throw new CaroError(
      'usage',
      `expected [blind] role = "${role}" in caro.toml of this node; set it and run: caro reload`,
    );
}

const termsOf = (draft: Omit<BlindDraft, 'type'>): Endorsement['terms'] => ({
  name: draft.name,
  leader: draft.leader.node,
  trustee: draft.trustee,
  floor: draft.floor,
  windowHours: draft.windowHours,
  completePercent: draft.completePercent,
  seasonDays: draft.seasonDays,
  noiseSd: draft.noiseSd,
});

function statusOf({ store }: AggregatorsPorts, stored: StoredRole): Omit<RoleStatus, 'hasKeys'> {
  const { name, trustee } = taskIn(stored);
  const size = store.releaseCount(stored.task);
  const releases = store
    .releases(stored.task, Math.max(0, size - LISTED), LISTED)
    .map(({ entry }) => openRelease(entry, trustee.node))
    .map(({ seq, day, blocks, withheld }) => ({
      seq,
      day,
      blocks: blocks.map(({ name, contributors }) => ({ name, contributors })),
      withheld,
    }));
  return {
    task: stored.task,
    name,
    role: stored.role,
    open: store.openDays(stored.task),
    releases: releases.reverse(),
  };
}
