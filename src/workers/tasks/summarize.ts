import { canonical } from '../../domain/canonical.ts';
import { isoTime } from '../../domain/iso-time.ts';
import type { Period } from '../../domain/period.ts';
import { RISK_LEVELS, type RiskLevel } from '../../domain/risk-level.ts';
import type { NodeSummary } from '../../domain/summary.ts';
import { openReadOnly } from '../../storage/database.ts';
import { type PeriodRollups, readPeriod } from '../../storage/period-reader.ts';

/** Family and ATT&CK technique of a risk rule. */
export interface RuleFacts {
  readonly family: string;
  readonly technique: string | null;
}

export interface SummarizeInput {
  readonly databaseFile: string;
  readonly period: Period;
  readonly head: Pick<NodeSummary, 'id' | 'replaces' | 'node' | 'createdAt' | 'nonce' | 'catalogueVersion'>;
  /** Rules whose matches may be told of; others are left out. */
  readonly rules: Readonly<Record<string, RuleFacts>>;
  /** Canonical names of the tools that the owner keeps back (`sharing.deny_tools`). */
  readonly keptBack: readonly string[];
}

/** Canonical UTF-8 bytes of the summary of a period (FR-501, FR-502), from rollups alone: events are never read. */
export function summarize({ databaseFile, period, head, rules, keptBack }: SummarizeInput): Uint8Array {
  const database = openReadOnly(databaseFile);
  try {
    const rollups = readPeriod(database, period.startMs, period.endMs, keptBack);
    return Buffer.from(canonical(compose({ head, period, rules, keptBack }, rollups)));
  } finally {
    database.close();
  }
}

function compose(
  { head, period, rules, keptBack }: Omit<SummarizeInput, 'databaseFile'>,
  rollups: PeriodRollups,
): NodeSummary {
  const { patterns, tools, families, coverage } = rollups;
  const total = (key: 'observed' | 'redacted' | 'dropped'): number => coverage.reduce((sum, row) => sum + row[key], 0);
  return {
    type: 'caro.summary',
    version: 1,
    ...head,
    period: {
      kind: period.kind,
      start: isoTime(period.startMs),
      end: isoTime(period.endMs),
    },
    patterns: patterns.map(({ name, count }) => ({ name, count })),
    tools,
    families,
    activity: activityOf(rollups.slots),
    safety: safetyOf(rollups, rules),
    coverage: {
      // Of a shell it is not known which of its commands are kept back: what is left is counted.
      observed: keptBack.length === 0 ? total('observed') : rollups.levels.reduce((sum, count) => sum + count, 0),
      redacted: total('redacted'),
      dropped: total('dropped'),
      shells: coverage.map(({ shell }) => shell),
    },
  };
}

/** Hours 0–23 and weekdays from Monday, in this machine's time zone. */
function activityOf(slots: PeriodRollups['slots']): NodeSummary['activity'] {
  const hours = Array.from({ length: 24 }, () => 0);
  const weekdays = Array.from({ length: 7 }, () => 0);
  for (const { startMs, count } of slots) {
    const local = new Date(startMs);
    const hour = local.getHours();
    const weekday = (local.getDay() + 6) % 7;
    hours[hour] = (hours[hour] ?? 0) + count;
    weekdays[weekday] = (weekdays[weekday] ?? 0) + count;
  }
  return { hours, weekdays };
}

function safetyOf(rollups: PeriodRollups, rules: SummarizeInput['rules']): NodeSummary['safety'] {
  const levels = Object.fromEntries(RISK_LEVELS.map((level, rank) => [level, rollups.levels[rank] ?? 0]));
  return {
    levels: levels as Record<RiskLevel, number>,
    families: tally(rollups.rules, (rule) => rules[rule]?.family ?? null),
    techniques: tally(rollups.rules, (rule) => rules[rule]?.technique ?? null),
  };
}

/** Adds counts up under another name, sorted by it; a name of null is left out. */
function tally(
  counts: PeriodRollups['rules'],
  nameOf: (name: string) => string | null,
): readonly { readonly name: string; readonly count: number }[] {
  const sums = new Map<string, number>();
  for (const { name, count } of counts) {
    const under = nameOf(name);
    if (under !== null) sums.set(under, (sums.get(under) ?? 0) + count);
  }
  return [...sums].map(([name, count]) => ({ name, count })).sort((a, b) => (a.name < b.name ? -1 : 1));
}
