import { PRIORITIES, SUBJECT_KINDS } from '../../../domain/advisories/advisory.ts';
import { ALERT_CONDITIONS } from '../../../domain/alerts/alert.ts';
import { ANOMALY_KINDS } from '../../../domain/anomalies/anomaly.ts';
import { ASKED_BY } from '../../../domain/answers/saved-answer.ts';
import { KEY_STATES } from '../../../domain/identity/key-state.ts';
import { QUERY_TYPES, SILENCES, TARGET_STATES, TRUST_LEVELS } from '../../../domain/policy/trust.ts';
import {
  allOptional,
  count,
  flag,
  list,
  maybeCount,
  maybeText,
  object,
  orNull,
  type Schema,
  text,
  word,
} from './schema-words.ts';

/* Schemas of the dashboard's API about other nodes. */

const amount: Schema = { type: 'number' };
const maybeAmount: Schema = { type: ['number', 'null'] };

const open: Schema = { type: 'object', additionalProperties: true };

const NAMED_NODE = { id: text, name: maybeText, address: maybeText };

export const TRUST_RULES = object({
  default: word(TRUST_LEVELS),
  nodes: list(object({ ...NAMED_NODE, level: word(TRUST_LEVELS) })),
  subnets: list(object({ subnet: text, level: word(TRUST_LEVELS) })),
  deniedNodes: list(object(NAMED_NODE)),
  deniedSubnets: list(text),
  others: list(object(NAMED_NODE)),
});

export const KEY_CHANGES = object({
  changes: list(
    object({
      old: text,
      new: text,
      oldFingerprint: text,
      newFingerprint: text,
      state: word(KEY_STATES),
      since: text,
      movesAt: maybeText,
      confirmed: flag,
    }),
  ),
});

const ALERT = {
  rule: text,
  measure: text,
  condition: word(ALERT_CONDITIONS),
  bound: amount,
  days: count,
  until: maybeText,
  value: maybeAmount,
  before: maybeAmount,
};
export const ALERTS = object({
  states: list(object({ ...ALERT, isMet: flag })),
  raised: list(object({ ...ALERT, day: text, sentAt: maybeText })),
  syslog: maybeText,
});

export const ADVISORIES = object({
  advisories: list(
    object({
      id: text,
      author: text,
      subject: object({ kind: word(SUBJECT_KINDS), name: text }),
      priority: word(PRIORITIES),
      issuedAt: text,
      until: text,
      isHidden: flag,
      delivered: maybeCount,
      rules: list(object({ id: text, reason: text, safer: text, matches: count })),
      commands: list(object({ id: count, time: text, command: text, rules: list(text) })),
    }),
  ),
});

const DECISION = object({ allow: flag, level: maybeCount, rule: text, reason: text });
export const EXPLANATION = object({
  decision: DECISION,
  trust: text,
  steps: list(text),
  others: allOptional({ connect: DECISION, 'receive-summary': DECISION, query: DECISION, advise: DECISION }),
  toolsKeptBack: list(text),
});

const EGRESS_LINE = {
  seq: count,
  time: text,
  recipient: text,
  address: text,
  type: text,
  level: maybeCount,
  rule: text,
  size: count,
};
export const EGRESS = object({ messages: list(object(EGRESS_LINE)), next: maybeCount });
export const EGRESS_MESSAGE = object({ ...EGRESS_LINE, bytes: text });

export const ANOMALIES = object({
  judged: flag,
  historyDays: count,
  anomalies: list(
    object({
      kind: word(ANOMALY_KINDS),
      start: text,
      end: text,
      observed: { type: 'number' },
      usual: { type: 'number' },
      family: maybeText,
      explanation: text,
    }),
  ),
});

const TARGET = { id: text, name: maybeText, state: word(TARGET_STATES) };
export const QUERY_PROGRESS = object({
  query: text,
  type: word(QUERY_TYPES),
  pending: count,
  targets: list(object(TARGET)),
});
export const QUERY_RESULT = object({
  type: word(QUERY_TYPES),
  since: text,
  until: text,
  targets: list(
    object({ ...TARGET, elapsedMs: { type: 'number' }, silence: word(SILENCES), summary: open }, [
      'silence',
      'summary',
    ]),
  ),
  counts: object(Object.fromEntries(TARGET_STATES.map((state) => [state, count]))),
  contributors: count,
  withheld: maybeText,
  withheldCells: list(text),
  withheldBy: open,
  aggregate: orNull(open),
  elapsedMs: { type: 'number' },
});
const SAVED = { seq: count, askedBy: word(ASKED_BY), spanHours: count, floor: count };
export const SAVED_ANSWERS = object({
  answers: list(object({ ...SAVED, type: word(QUERY_TYPES), until: text, targets: count, contributors: count })),
  next: maybeCount,
});
export const SAVED_ANSWER = object({ ...SAVED, result: QUERY_RESULT });

export const TOTALS = object({
  series: list(
    object({ task: text, name: text, floor: count, blocks: list(text), cells: list(text), first: text, last: text }),
  ),
});
export const TOTAL_DAYS = object({
  cells: list(text),
  days: list(
    object({ day: text, contributors: maybeCount, code: maybeText, values: list(orNull({ type: 'number' })) }),
  ),
});

/** One line of the answer to a query: what came so far, then the result or why there is none. */
export const QUERY_LINE = allOptional({
  progress: QUERY_PROGRESS,
  result: QUERY_RESULT,
  error: object({ code: text, message: text }),
});

export const DONE = object({});
