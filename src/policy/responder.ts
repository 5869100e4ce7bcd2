import { answerOf, figuresOf } from '../domain/answers/answer.ts';
import type { AnswerFigures } from '../domain/answers/answer-figures.ts';
import {
  LONGEST_SPAN,
  type QueryBody,
  type ResponseBody,
  type SpanHours,
  spanStart,
  type VectorPreview,
} from '../domain/answers/query.ts';
import type { SummaryContext } from '../domain/answers/query-types.ts';
import { vectorSchemaOf } from '../domain/answers/vector-schema.ts';
import type { Vocabulary } from '../domain/answers/vocabulary.ts';
import type { AuditEntry } from '../domain/audit/audit-record.ts';
import type { Asker, Decision, PolicySettings } from '../domain/policy/policy.ts';
import { QUERY_TYPES } from '../domain/policy/trust.ts';
import { decide } from './decide.ts';
import { deniedTools } from './denied-tools.ts';
import { createQueryLimit, type LimitName, querySource } from './query-limit.ts';

export interface ResponderPorts {
  /** Figures of the span [sinceMs, untilMs) without commands of `deniedTools` (canonical names). */
  readonly figures: (sinceMs: number, untilMs: number, deniedTools: readonly string[]) => AnswerFigures;
  /** Loaded with the first query, to save memory in nodes that receive none. */
  readonly vocabulary: () => Promise<Vocabulary>;
  /** Resolves once the record is on disk. */
  readonly audit: (entry: AuditEntry) => Promise<unknown>;
  readonly now: () => number;
}

export interface Responder {
  /**
   * Answers a peer's query as far as the policy allows (FR-603): figures at the level that the peer
   * may see, or a refusal. The query and the answer are in the audit log, with level, decision and
   * rule, before the answer is returned (FR-902). Never rejects for policy reasons.
   */
  readonly answer: (settings: PolicySettings, asker: Asker, query: QueryBody) => Promise<ResponseBody>;
  /**
   * What a peer would be answered now; neither recorded nor counted nor repeated. MUST NOT be sent.
   */
  readonly rehearse: (settings: PolicySettings, query: QueryBody) => Promise<ResponseBody>;
  /** Every vector that a query over the longest span would be answered with now, at level 2. */
  readonly preview: (settings: PolicySettings) => Promise<readonly VectorPreview[]>;
  /** Forgets repeated figures. MUST be called when the configuration changes. */
  readonly forget: () => void;
}

/**
 * How long an asker, or all unnamed askers of a network, get the same figures for all queries, so
 * that they cannot observe single commands.
 */
export const REPEAT_MS = 60_000;

export function createResponder(ports: ResponderPorts): Responder {
  const limits = createQueryLimit();
  const figures = createFigures(ports);
  const contextOf = async (
    { sharing }: PolicySettings,
    read: (denied: ReadonlySet<string>) => AnswerFigures,
  ): Promise<SummaryContext> => {
    const vocabulary = await ports.vocabulary();
    const denied = deniedTools(sharing.deny_tools, vocabulary);
    return { figures: read(denied), vocabulary, denied };
  };
  const bodyFor = async (
    settings: PolicySettings,
    source: string,
    query: QueryBody,
    { level }: Decision,
  ): Promise<ResponseBody> => {
    if (level === null) return { result: 'access_denied', type: query.type };
    return answerOf(
      query,
      level,
      await contextOf(settings, (denied) => figures.keptFor(source, query.spanHours, denied)),
    );
  };

  return {
    preview: async (settings) => {
      const context = await contextOf(settings, (denied) => figures.now(LONGEST_SPAN, denied));
      return QUERY_TYPES.map((type) => ({
        body: figuresOf({ type, spanHours: LONGEST_SPAN }, 2, context),
        cellNames: vectorSchemaOf(type, context.vocabulary).cells,
      }));
    },
    rehearse: async (settings, query) => {
      const { level } = settings.sharing;
      if (level === 0) return { result: 'access_denied', type: query.type };
      return answerOf(query, level, await contextOf(settings, (denied) => figures.now(query.spanHours, denied)));
    },
    answer: async (settings, asker, query) => {
      const { type, spanHours } = query;
      const source = querySource(settings, asker);
      const { isGranted: served, refused, limit } = limits.take(source, ports.now());
      // A flood must not fill the audit log: its first query is recorded, and the others are
      // counted in the record of the next answered one.
      if (!served && refused > 1) return { result: 'suppressed', type };
      const details = { query: type, spanHours, ...(refused > 0 ? { unserved: refused } : {}) };
      await ports.audit({ type: 'query.received', peer: asker.id, details });
      const decision = decide(settings, { ...asker, action: 'query', queryType: type });
      const body: ResponseBody = served
        ? await bodyFor(settings, source.key, query, decision)
        : { result: 'suppressed', type };
      await ports.audit({ type: 'query.answered', peer: asker.id, details: recordOf(query, decision, body, limit) });
      return body;
    },
    forget: figures.forget,
  };
}

/** Figures of spans that end now, and those that are repeated for a minute. */
function createFigures(ports: Pick<ResponderPorts, 'figures' | 'now'>) {
  const kept = new Map<string, { readonly figures: AnswerFigures; readonly untilMs: number }>();

  const figuresAt = (nowMs: number, spanHours: SpanHours, denied: ReadonlySet<string>): AnswerFigures =>
    readAtOnce(ports.figures(spanStart(spanHours, nowMs), nowMs, [...denied]));
  /**
   * Kept per source and span, not per type: the difference between the answers to two types would
   * reveal the commands in between. So would that between the answers to two keys of one machine.
   */
  const keptFor = (source: string, spanHours: SpanHours, denied: ReadonlySet<string>): AnswerFigures => {
    const nowMs = ports.now();
    for (const [other, { untilMs }] of kept) if (untilMs <= nowMs) kept.delete(other);
    const key = `${source} ${spanHours}`;
    const known = kept.get(key);
    if (known) return known.figures;
    const figures = figuresAt(nowMs, spanHours, denied);
    kept.set(key, { figures, untilMs: nowMs + REPEAT_MS });
    return figures;
  };
  return {
    now: (spanHours: SpanHours, denied: ReadonlySet<string>) => figuresAt(ports.now(), spanHours, denied),
    keptFor,
    forget: (): void => kept.clear(),
  };
}

/** Reads all figures of commands now, so that they are of one instant. */
function readAtOnce(figures: AnswerFigures): AnswerFigures {
  for (const read of [
    figures.usage,
    figures.levels,
    figures.agentLevels,
    figures.slots,
    figures.rules,
    figures.coverage,
  ])
    read();
  return figures;
}

function recordOf(
  query: QueryBody,
  decision: Decision,
  body: ResponseBody,
  limit: LimitName | undefined,
): NonNullable<AuditEntry['details']> {
  return {
    query: query.type,
    spanHours: query.spanHours,
    decision: decision.allow ? 'allow' : 'deny',
    level: body.result === 'answered' ? body.level : null,
    rule: decision.rule,
    result: body.result,
    ...(limit === undefined ? {} : { limit }),
  };
}
