import type { Actor } from '../../bus/actor.ts';
import { yieldToEventLoop } from '../../bus/event-loop.ts';
import type { AnomalyReport } from '../../domain/anomalies/anomaly.ts';
import { type QueryResult, snapSpan } from '../../domain/answers/query.ts';
import type { AskedBy, SavedAnswer } from '../../domain/answers/saved-answer.ts';
import { keptResult } from '../../domain/answers/saved-answer.ts';
import type { TotalAnswer, TotalQuestion } from '../../domain/blind/total-series.ts';
import type { Configuration } from '../../domain/configuration.ts';
import { CaroError } from '../../domain/errors.ts';
import type { EventFilter, TerminalEvent } from '../../domain/events/event.ts';
import type { QueryType } from '../../domain/policy/trust.ts';
import { DAY_MS } from '../../domain/time/period.ts';
import type { TotalReader } from '../../storage/blind/total-store.ts';
import type { AnswerStore } from '../../storage/mesh/answer-store.ts';
import type { Reader } from '../../storage/reader.ts';
import type { MarkStore } from '../../storage/trends/mark-store.ts';
import { createDailyQuestions, type DailyPorts } from './daily-questions.ts';
import { type AskPorts, askMesh, type MeshQuestion, targetsOf } from './mesh-question.ts';

export interface QueryPorts extends Pick<Reader, 'search' | 'statistics'> {
  /** For the owner, so including denied tools. */
  readonly anomalies: (sinceMs: number, untilMs: number) => AnomalyReport;
  readonly mesh: AskPorts;
  readonly answers: AnswerStore;
  readonly totals: TotalReader;
  readonly marks: Pick<MarkStore, 'add' | 'remove'>;
  /** An answer is given even if it cannot be stored. */
  readonly onUnsaved: (error: unknown) => void;
  readonly daily: DailyPorts;
  readonly now: () => number;
}

type Kinds =
  | 'events.list'
  | 'stats.read'
  | 'anomalies.list'
  | 'mesh.query'
  | 'answers.list'
  | 'answers.show'
  | 'totals.list'
  | 'totals.read'
  | 'marks.add'
  | 'marks.remove'
  | 'questions.ask'
  | 'clock.quarter'
  | 'config.commit';

const DEFAULT_SPAN_MS = 7 * DAY_MS;
/** Nobody waits for the answer to a daily question. */
const DAILY_DEADLINE_MS = 10_000;

/**
 * Answers questions about this node from its database, and about the mesh by asking every trusted
 * peer.
 */
export function createQueryRouter(ports: QueryPorts, initial: Configuration): Actor<Kinds> {
  let configuration = initial;
  const span = (since: string | undefined): { sinceMs: number; untilMs: number } => {
    const untilMs = ports.now();
    return { sinceMs: since === undefined ? untilMs - DEFAULT_SPAN_MS : Date.parse(since), untilMs };
  };
  const daily = createDailyQuestions(ports.daily, (type) => {
    const untilMs = ports.now();
    const question = { type, sinceMs: untilMs - DAY_MS, untilMs, deadlineMs: DAILY_DEADLINE_MS };
    return askAndKeep(ports, configuration, question, 'daily');
  });
  const dailyTypes = (): readonly QueryType[] => dailyOf(configuration, ports.mesh.self());
  const arm = (): void => daily.arm(dailyTypes());
  return {
    name: 'query router',
    // A search of all events takes seconds, and a query waits for peers.
    concurrent: ['mesh.query', 'events.list', 'questions.ask'],
    start: arm,
    stop: daily.stop,
    handlers: {
      'events.list': (filter) => searchAll(ports.search, filter),
      'stats.read': ({ since }) => {
        const { sinceMs, untilMs } = span(since);
        return ports.statistics(sinceMs, untilMs);
      },
      'anomalies.list': ({ since }) => {
        const { sinceMs, untilMs } = span(since);
        return ports.anomalies(sinceMs, untilMs);
      },
      'mesh.query': ({ type, since, timeoutMs, query }) =>
        askAndKeep(ports, configuration, { type, ...span(since), ...limitsOf({ timeoutMs, query }) }, 'person'),
      'answers.list': ports.answers.list,
      'answers.show': ({ seq }) => savedAnswer(ports, seq),
      'totals.list': ports.totals.series,
      'totals.read': (question) => totalsOf(ports, question),
      'marks.add': ports.marks.add,
      'marks.remove': ({ id }) => {
        ports.marks.remove(id);
        return null;
      },
      'questions.ask': async () => {
        await daily.askDue(dailyTypes());
        return null;
      },
      'clock.quarter': ({ retentionMs }) => {
        ports.answers.prune(retentionMs - configuration.retention.answers_days * DAY_MS);
        arm();
      },
      'config.commit': (next) => {
        configuration = next;
        arm();
        return null;
      },
    },
  };
}

const limitsOf = ({
  timeoutMs,
  query,
}: {
  readonly timeoutMs: number | undefined;
  readonly query: string | undefined;
}) => ({
  ...(timeoutMs === undefined ? {} : { deadlineMs: timeoutMs }),
  ...(query === undefined ? {} : { query }),
});

/** Without a node to ask there is no question. */
const dailyOf = (configuration: Configuration, self: string): readonly QueryType[] =>
  configuration.mesh.enabled && targetsOf(configuration, self).length > 0 ? configuration.analyst.daily : [];

async function askAndKeep(
  ports: QueryPorts,
  configuration: Configuration,
  question: MeshQuestion,
  askedBy: AskedBy,
): Promise<QueryResult> {
  const result = await askMesh(ports.mesh, configuration, question);
  const spanHours = snapSpan(question.sinceMs, question.untilMs);
  keep(ports, result, { askedBy, spanHours, floor: configuration.privacy.min_contributors });
  return result;
}

function keep(
  { answers, onUnsaved }: Pick<QueryPorts, 'answers' | 'onUnsaved'>,
  result: QueryResult,
  asked: Omit<SavedAnswer, 'seq' | 'result'>,
): void {
  const kept = keptResult(result);
  if (kept === null) return;
  try {
    answers.add({ ...asked, result: kept });
  } catch (error) {
    onUnsaved(error);
  }
}

function savedAnswer({ answers }: Pick<QueryPorts, 'answers'>, seq: number): SavedAnswer {
  const answer = answers.read(seq);
  if (answer) return answer;
  throw new CaroError(
    'not_found',
    `expected the number of a saved answer, ${seq} is none; list them: caro mesh history`,
  );
}

function totalsOf({ totals }: Pick<QueryPorts, 'totals'>, question: TotalQuestion): TotalAnswer {
  const answer = totals.read(question);
  if (answer) return answer;
  throw new CaroError('not_found', 'expected a task whose totals this node has; list them: caro blind totals');
}

const DEFAULT_LIMIT = 100;

/** Searches to the end in slices, so that observation goes on between them. */
async function searchAll(search: QueryPorts['search'], filter: EventFilter): Promise<readonly TerminalEvent[]> {
  const { limit = DEFAULT_LIMIT } = filter;
  const first = search({ ...filter, limit });
  const events = [...first.events];
  for (let before = first.next; before !== null && events.length < limit; ) {
    await yieldToEventLoop();
    const page = search({ ...filter, before, limit: limit - events.length });
    events.push(...page.events);
    before = page.next;
  }
  return events;
}
