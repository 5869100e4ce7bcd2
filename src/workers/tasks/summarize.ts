import { activityOf, safetyOf } from '../../domain/answers/figure-sums.ts';
import { canonical } from '../../domain/encoding/canonical.ts';
import type { NodeSummary } from '../../domain/summaries/summary.ts';
import { isoTime } from '../../domain/time/iso-time.ts';
import type { Period } from '../../domain/time/period.ts';
import { openReadOnly } from '../../storage/database.ts';
import { type PeriodRollups, readPeriod } from '../../storage/readers/period-reader.ts';

/** Family and ATT&CK technique of a risk rule. */
export interface RuleFacts {
  readonly family: string;
  readonly technique: string | null;
}

export interface SummarizeInput {
  readonly databaseFile: string;
  readonly period: Period;
  readonly head: Pick<NodeSummary, 'id' | 'replaces' | 'node' | 'createdAt' | 'nonce' | 'catalogueVersion'>;
  /** Rules whose matches may leave the node; others are left out. */
  readonly rules: Readonly<Record<string, RuleFacts>>;
  /** Canonical names of the denied tools (`sharing.deny_tools`). */
  readonly keptBack: readonly string[];
}

/**
 * Canonical UTF-8 bytes of the summary of a period (FR-501, FR-502), from rollups alone: events are
 * never read.
 */
export function summarize({ databaseFile, period, head, rules, keptBack }: SummarizeInput): Uint8Array {
  const database = openReadOnly(databaseFile);
  try {
    const rollups = readPeriod(database, period.startMs, period.endMs, keptBack);
    return Buffer.from(canonical(compose({ head, period, rules }, rollups)));
  } finally {
    database.close();
  }
}

function compose(
  { head, period, rules }: Omit<SummarizeInput, 'databaseFile' | 'keptBack'>,
  rollups: PeriodRollups,
): NodeSummary {
  const { patterns, tools, families, coverage } = rollups;
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
    safety: safetyOf(rollups.levels, rollups.rules, rules),
    coverage,
  };
}
