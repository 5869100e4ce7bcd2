import { beforeDeadline } from '../../bus/deadline.ts';
import { createAggregator } from '../../domain/answers/aggregate.ts';
import { isAnswerTo, withKnownWords } from '../../domain/answers/answer-check.ts';
import { inOurLayout } from '../../domain/answers/older-layout.ts';
import {
  type AnswerSummary,
  type PeerAnswer,
  type QueryBody,
  type QueryProgress,
  type QueryResult,
  type QueryTarget,
  type ResponseBody,
  snapSpan,
  spanStart,
} from '../../domain/answers/query.ts';
import { type VectorSchema, vectorSchemaOf } from '../../domain/answers/vector-schema.ts';
import type { Vocabulary } from '../../domain/answers/vocabulary.ts';
import type { AuditEntry } from '../../domain/audit/audit-record.ts';
import type { Configuration } from '../../domain/configuration.ts';
import { CaroError, type ErrorCode } from '../../domain/errors.ts';
import { type QueryType, type Silence, TARGET_STATES, type TargetState } from '../../domain/policy/trust.ts';
import { isoTime } from '../../domain/time/iso-time.ts';

export interface AskPorts {
  /** This node's own id: never a target. */
  readonly self: () => string;
  /** Gives the same id for all keys of a node, as far as trust has moved between them. */
  readonly accounts: () => Promise<(id: string) => string>;
  /** Loaded with the first query. */
  readonly vocabulary: () => Promise<Vocabulary>;
  /**
   * Asks all of these peers; gives one answer for each, in the same order. `deadlineMs` counts from
   * now. An answer that is not there by then is ignored.
   */
  readonly ask: (
    peers: readonly string[],
    query: QueryBody,
    deadlineMs: number,
  ) => Promise<readonly Promise<PeerAnswer>[]>;
  readonly audit: (entry: AuditEntry) => Promise<unknown>;
  /** Notifies followers of the query. Holds states only. */
  readonly progress: (notice: QueryProgress) => void;
  readonly randomHex: (bytes: number) => string;
  readonly now: () => number;
  /** Milliseconds that never run backwards, for measuring. */
  readonly ticks: () => number;
}

export interface MeshQuestion {
  readonly type: QueryType;
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly deadlineMs?: number;
  /** Id of its progress notices; random by default. */
  readonly query?: string;
}

export const DEFAULT_DEADLINE_MS = 500;
/** The connection knows at the deadline why a peer is silent, and says so. */
const REASON_MS = 50;

interface Target {
  readonly id: string;
  readonly name: string | null;
}

/** What is kept of an answer after it was added up: at level 2 its state alone. */
interface Ending {
  readonly state: TargetState;
  readonly elapsedMs: number;
  readonly level?: 1 | 2;
  readonly summary?: AnswerSummary;
  readonly silence?: Silence;
}

/**
 * Asks every peer at once and adds up the answers (FR-601, FR-602, FR-604, docs/design.md §8). Ends
 * when the last reachable peer has answered, or at the deadline. Every target ends in exactly one
 * state. The vector of a level-2 answer goes into the sum and nowhere else.
 */
export async function askMesh(
  ports: AskPorts,
  configuration: Pick<Configuration, 'trust' | 'mesh' | 'privacy'>,
  { type, sinceMs, untilMs, deadlineMs = DEFAULT_DEADLINE_MS, query: id = ports.randomHex(8) }: MeshQuestion,
): Promise<QueryResult> {
  const begun = ports.ticks();
  const targets = distinct(targetsOf(configuration, ports.self()), await ports.accounts());
  const query: QueryBody = { type, spanHours: snapSpan(sinceMs, untilMs) };
  await ports.audit({
    type: 'query.sent',
    details: { query: type, spanHours: query.spanHours, targets: targets.length },
  });
  const vocabulary = await ports.vocabulary();
  const layout = vectorSchemaOf(type, vocabulary);
  const aggregator = createAggregator(layout, configuration.privacy.min_contributors);
  const track = follow(ports, id, type, targets);
  const asking: Asking = { query, layout, vocabulary, deadlineMs, add: aggregator.add, begun: ports.ticks() };
  const answers = await askAll(ports, targets, query, deadlineMs);
  const endings = await Promise.all(
    targets.map(async (target, index) => {
      const ending = await endingOf(ports, answers[index] ?? MISSING, asking);
      track(target, ending.state);
      return { target, ending };
    }),
  );
  const { suppressedAggregates, ...sums } = aggregator.result();
  const rows = endings.map(({ target, ending }) => rowOf(target, ending, suppressedAggregates));
  return {
    type,
    since: isoTime(spanStart(query.spanHours, untilMs)),
    until: isoTime(untilMs),
    targets: rows,
    counts: countStates(rows),
    ...sums,
    elapsedMs: elapsedSince(ports, begun),
  };
}

/**
 * The peers named in `trust.nodes` and, on a supervisor, the members of the roster, except
 * untrusted and denied ones, and this node. Subnets add none.
 */
export function targetsOf({ trust, mesh }: Pick<Configuration, 'trust' | 'mesh'>, self: string): readonly Target[] {
  const own = Object.entries(trust.nodes).flatMap(([id, level]) => (level === 'untrusted' ? [] : [id]));
  const untrusted = Object.keys(trust.nodes).filter((id) => trust.nodes[id] === 'untrusted');
  const refused = new Set([self, ...trust.deny.nodes, ...untrusted]);
  const ids = new Set([...own, ...(trust.roster?.members() ?? [])]);
  const names = new Map(mesh.peers.map(({ id, name }) => [id, name]));
  return [...ids].filter((id) => !refused.has(id)).map((id) => ({ id, name: names.get(id) ?? null }));
}

/** A node that is listed under an old and a current key is one contributor. */
function distinct(targets: readonly Target[], account: (id: string) => string): readonly Target[] {
  const first = new Map(targets.toReversed().map((target) => [account(target.id), target]));
  return targets.filter((target) => first.get(account(target.id)) === target);
}

interface Asking {
  readonly query: QueryBody;
  readonly layout: VectorSchema;
  readonly vocabulary: Vocabulary;
  readonly deadlineMs: number;
  readonly add: ReturnType<typeof createAggregator>['add'];
  /** When the peers were asked, by `AskPorts.ticks`. */
  readonly begun: number;
}

const MISSING: Promise<PeerAnswer> = Promise.resolve({ ok: false, code: 'internal' });

/** A gateway that does not answer is accounted for as an error of every target. */
async function askAll(
  ports: AskPorts,
  targets: readonly Target[],
  query: QueryBody,
  deadlineMs: number,
): Promise<readonly Promise<PeerAnswer>[]> {
  const peers = targets.map(({ id }) => id);
  try {
    return await ports.ask(peers, query, deadlineMs);
  } catch (error) {
    if (!(error instanceof CaroError)) throw error;
    return peers.map(() => Promise.resolve({ ok: false, code: error.code }));
  }
}

/** Never rejects: a failure is a state. What comes after the deadline is ignored. */
async function endingOf(ports: AskPorts, answer: Promise<PeerAnswer>, asking: Asking): Promise<Ending> {
  const outcome = await beforeDeadline(answer, asking.deadlineMs + REASON_MS, () => null);
  const elapsedMs = elapsedSince(ports, asking.begun);
  if (outcome === null) return { state: 'no_response', elapsedMs };
  if (!outcome.ok) return { ...failureOf(outcome.code), elapsedMs };
  try {
    return { ...taken(outcome.body, asking), elapsedMs };
  } catch {
    return { state: 'error', elapsedMs };
  }
}

const SILENCE_OF: Readonly<Partial<Record<ErrorCode, Silence>>> = {
  not_running: 'offline',
  peer_unreachable: 'offline',
  peer_gone: 'offline',
  deadline_exceeded: 'slow',
  peer_frozen: 'frozen',
};

function failureOf(code: ErrorCode): Pick<Ending, 'state' | 'silence'> {
  const silence = SILENCE_OF[code];
  if (silence !== undefined) return { state: 'no_response', silence };
  return { state: code === 'clock_skewed' ? 'skewed' : 'error' };
}

function taken(body: ResponseBody, { query, layout, vocabulary, add }: Asking): Omit<Ending, 'elapsedMs'> {
  if (body.result !== 'answered') return { state: body.type === query.type ? body.result : 'error' };
  const answer = inOurLayout(body, layout);
  if (!isAnswerTo(query, answer, layout)) return { state: 'error' };
  add(answer);
  const { level, summary } = withKnownWords(answer, vocabulary);
  return { state: 'answered', level, ...(summary ? { summary } : {}) };
}

function rowOf({ id, name }: Target, ending: Ending, suppressedAggregates: boolean): QueryTarget {
  const { state, level, summary, elapsedMs, silence } = ending;
  const isLeftOut = suppressedAggregates && state === 'answered' && level === 2;
  return {
    id,
    name,
    state: isLeftOut ? 'suppressed' : state,
    elapsedMs,
    ...(silence ? { silence } : {}),
    ...(summary ? { summary } : {}),
  };
}

/** Publishes the states each time a target ends. */
function follow(
  ports: AskPorts,
  query: string,
  type: QueryType,
  targets: readonly Target[],
): (target: Target, state: TargetState) => void {
  const ended: QueryProgress['targets'][number][] = [];
  return ({ id, name }, state) => {
    ended.push({ id, name, state });
    ports.progress({ query, type, pending: targets.length - ended.length, targets: [...ended] });
  };
}

const countStates = (rows: readonly QueryTarget[]): Readonly<Record<TargetState, number>> =>
  Object.fromEntries(TARGET_STATES.map((state) => [state, rows.filter((row) => row.state === state).length])) as Record<
    TargetState,
    number
  >;

const elapsedSince = (ports: AskPorts, begun: number): number => Math.round(10 * (ports.ticks() - begun)) / 10;
