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
import { vectorSchemaOf } from '../domain/answers/vector-schema.ts';
import type { Vocabulary } from '../domain/answers/vocabulary.ts';
import type { AuditEntry } from '../domain/audit/audit-record.ts';
import type { Asker, Decision, PolicySettings } from '../domain/policy/policy.ts';
import { QUERY_TYPES } from '../domain/policy/trust.ts';
import { createTokenBuckets } from '../domain/token-bucket.ts';
import { decide } from './decide.ts';
import { deniedTools } from './denied-tools.ts';

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
  /** Every vector that a query over the longest span would be answered with now, at level 2. */
  readonly preview: (settings: PolicySettings) => Promise<readonly VectorPreview[]>;
  /** Forgets repeated figures. MUST be called when the configuration changes. */
  readonly forget: () => void;
}

/** Maximum number of queries answered for each asker in a minute; others get `suppressed`. */
export const QUERIES_PER_MINUTE = 60;
/**
 * How long an asker gets the same figures for all queries, so that they cannot observe single
 * commands.
 */
export const REPEAT_MS = 60_000;

export function createResponder(ports: ResponderPorts): Responder {
  const limit = createTokenBuckets({ burst: QUERIES_PER_MINUTE, refillMs: 60_000 / QUERIES_PER_MINUTE });
  const kept = new Map<string, { readonly figures: AnswerFigures; readonly untilMs: number }>();

  const figuresAt = (nowMs: number, spanHours: SpanHours, denied: ReadonlySet<string>): AnswerFigures =>
    readAtOnce(ports.figures(spanStart(spanHours, nowMs), nowMs, [...denied]));
  /**
   * Kept per asker and span, not per type: the difference between the answers to two types would
   * reveal the commands in between.
   */
  const figuresFor = (asker: string, spanHours: SpanHours, denied: ReadonlySet<string>): AnswerFigures => {
    const nowMs = ports.now();
    for (const [other, { untilMs }] of kept) if (untilMs <= nowMs) kept.delete(other);
    const key = `${asker} ${spanHours}`;
    const known = kept.get(key);
    if (known) return known.figures;
    const figures = figuresAt(nowMs, spanHours, denied);
    kept.set(key, { figures, untilMs: nowMs + REPEAT_MS });
    return figures;
  };
  const bodyFor = async (
    settings: PolicySettings,
    asker: Asker,
    query: QueryBody,
    { level }: Decision,
  ): Promise<ResponseBody> => {
    if (level === null) return { result: 'access_denied', type: query.type };
    const vocabulary = await ports.vocabulary();
    const denied = deniedTools(settings.sharing.deny_tools, vocabulary);
    const figures = figuresFor(asker.id, query.spanHours, denied);
    return answerOf(query, level, { figures, vocabulary, denied });
  };

  return {
    preview: async ({ sharing }) => {
      const vocabulary = await ports.vocabulary();
      const denied = deniedTools(sharing.deny_tools, vocabulary);
      const context = { figures: figuresAt(ports.now(), LONGEST_SPAN, denied), vocabulary, denied };
      return QUERY_TYPES.map((type) => ({
        body: figuresOf({ type, spanHours: LONGEST_SPAN }, 2, context),
        cellNames: vectorSchemaOf(type, vocabulary).cells,
      }));
    },
    answer: async (settings, asker, query) => {
      const { type, spanHours } = query;
      const { isGranted: served, refused } = limit.take(asker.id, ports.now());
      // A flood must not fill the audit log: its first query is recorded, and the others are
      // counted in the record of the next answered one.
      if (!served && refused > 1) return { result: 'suppressed', type };
      const details = { query: type, spanHours, ...(refused > 0 ? { unserved: refused } : {}) };
      await ports.audit({ type: 'query.received', peer: asker.id, details });
      const decision = decide(settings, { ...asker, action: 'query', queryType: type });
      const body: ResponseBody = served
        ? await bodyFor(settings, asker, query, decision)
        : { result: 'suppressed', type };
      await ports.audit({ type: 'query.answered', peer: asker.id, details: recordOf(query, decision, body) });
      return body;
    },
    forget: () => kept.clear(),
  };
}

/** Reads all figures of commands now, so that they are of one instant. */
function readAtOnce(figures: AnswerFigures): AnswerFigures {
  for (const read of [figures.usage, figures.levels, figures.slots, figures.rules, figures.coverage]) read();
  return figures;
}

function recordOf(query: QueryBody, decision: Decision, body: ResponseBody): NonNullable<AuditEntry['details']> {
  return {
    query: query.type,
    spanHours: query.spanHours,
    decision: decision.allow ? 'allow' : 'deny',
    level: body.result === 'answered' ? body.level : null,
    rule: decision.rule,
    result: body.result,
  };
}
