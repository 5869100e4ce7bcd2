import { ANOMALY_KINDS } from '../../../domain/anomalies/anomaly.ts';
import { RISK_LEVELS } from '../../../domain/events/risk-level.ts';
import { FLEET_STATES } from '../../../domain/fleet/fleet.ts';
import { REQUEST_REASONS } from '../../../domain/fleet/join-requests.ts';
import { NODE_STATES } from '../../../domain/status/status.ts';
import { TREND_SOURCES } from '../../../domain/trends/trend-answers.ts';
import { count, list, maybeCount, maybeText, object, orNull, text, word } from './schema-words.ts';

/* Schemas of the dashboard's API about trends and the fleet. */

const maybeNumber = { type: ['number', 'null'] };
const day = text;

export const MARK = object({ id: count, first: day, last: day, label: text });

const SCOPE = {
  source: object({
    source: word(TREND_SOURCES),
    name: text,
    floor: count,
    blocks: list(text),
    first: day,
    last: day,
  }),
  block: text,
  until: day,
  days: count,
};
/** Noise may make an amount negative. */
const MEASURE = { count: maybeCount, days: count, rate: maybeNumber, before: maybeNumber, change: maybeNumber };
const POINT = object({
  first: day,
  last: day,
  days: count,
  known: count,
  released: count,
  commands: maybeCount,
  risky: maybeCount,
  rate: maybeNumber,
  contributors: maybeCount,
});

export const POSTURE = object({
  ...SCOPE,
  posture: object({
    first: day,
    last: day,
    points: list(POINT),
    previous: list(POINT),
    risky: object(MEASURE),
    levels: list(object({ level: word(RISK_LEVELS), ...MEASURE })),
    kinds: list(object({ family: text, ...MEASURE, nodes: maybeCount, points: list(maybeNumber) })),
    agents: object({ commands: maybeNumber, risky: maybeNumber }),
    anomalies: list(object({ kind: word(ANOMALY_KINDS), ...MEASURE, nodes: maybeCount })),
    gaps: object({ days: count, incomplete: count, belowFloor: count, figures: count, withheld: count }),
    latest: orNull(object({ day, contributors: count })),
  }),
  marks: list(MARK),
});

export const SOURCES = object({ sources: list(SCOPE.source) });

export const UNITS = object({
  ...SCOPE,
  units: list(object({ unit: text, contributors: maybeCount, ...MEASURE })),
});

export const HEAT_MAP = object({
  ...SCOPE,
  techniques: list(
    object({
      technique: text,
      nodeDays: maybeCount,
      days: count,
      nodes: maybeCount,
      rate: maybeNumber,
      before: maybeNumber,
      change: maybeNumber,
    }),
  ),
});

export const TECHNIQUE_GUIDES = object({
  techniques: list(
    object({
      id: text,
      name: text,
      tactic: text,
      families: list(text),
      rules: list(object({ id: text, family: text, level: word(RISK_LEVELS), reason: text, safer: text })),
    }),
  ),
});

export const FLEET = object({
  coverage: object({
    members: count,
    states: object(Object.fromEntries(FLEET_STATES.map((state) => [state, count]))),
    versions: list(object({ version: maybeText, nodes: count })),
  }),
  found: count,
  members: list(
    object({
      ...{
        id: text,
        name: maybeText,
        unit: maybeText,
        state: word(FLEET_STATES),
        reason: maybeText,
        advice: maybeText,
      },
      connection: word(NODE_STATES),
      lastSeen: maybeText,
      version: maybeText,
      lastReport: maybeText,
      lastAnswer: maybeText,
    }),
  ),
});

/** What an officer needs to decide; the signed request itself stays with the service. */
export const JOIN_REQUESTS = object({
  requests: list(
    object({
      node: text,
      fingerprint: text,
      name: text,
      unit: text,
      predecessor: maybeText,
      receivedAt: text,
      reason: word(REQUEST_REASONS),
    }),
  ),
});
