import type { DetectionFinding } from '../audit/finding.ts';
import type { AnomalyKind } from '../domain/anomalies/anomaly.ts';
import { findAnomalies } from '../domain/anomalies/anomaly-detection.ts';
import { isCustomRule, ORGANISATION } from '../domain/rules/custom-rule.ts';
import { DAY_MS } from '../domain/time/period.ts';
import { describeRules } from '../risk/describe.ts';
import { techniqueOf } from '../risk/techniques.ts';
import type { Database } from '../storage/database.ts';
import { firstObserved, readRuleDays } from '../storage/readers/finding-reader.ts';
import { readHistory } from '../storage/readers/history-reader.ts';

/**
 * Findings of this node that ended after `sinceMs`, from rollups alone: rule ids, levels and
 * counts, never text of a command.
 */
export function* findings(database: Database, nowMs: number, sinceMs = 0): Generator<DetectionFinding> {
  for (const finding of riskFindings(database, nowMs)) if (finding.endMs > sinceMs) yield finding;
  for (const finding of anomalies(database, nowMs)) if (finding.endMs > sinceMs) yield finding;
}

const SEVERITIES = { moderate: 'low', high: 'high', critical: 'critical' } as const;

const OF_ANOTHER_VERSION = 'A risk rule of another version of this program.';
const OF_ORGANIZATION = 'A rule of the organization.';

/** A rule that this version does not know, or a custom one, is exported with its id alone. */
function* riskFindings(database: Database, nowMs: number): Generator<DetectionFinding> {
  for (const { startMs, rule, count } of readRuleDays(database)) {
    const [known] = describeRules([rule]);
    yield {
      kind: 'risk',
      name: rule,
      title: known?.reason ?? (isCustomRule(rule) ? OF_ORGANIZATION : OF_ANOTHER_VERSION),
      severity: known ? SEVERITIES[known.level] : 'medium',
      family: known?.family ?? (isCustomRule(rule) ? ORGANISATION : null),
      technique: known?.technique ?? null,
      attack: attackNames(known?.technique ?? null),
      startMs,
      endMs: Math.max(startMs, Math.min(startMs + DAY_MS, nowMs)),
      count,
      usual: null,
    };
  }
}

function attackNames(id: string | null): DetectionFinding['attack'] {
  const technique = id === null ? undefined : techniqueOf(id);
  return technique === undefined ? null : { technique: technique.name, tactic: technique.tactic };
}

const TITLES: Readonly<Record<AnomalyKind, string>> = {
  'unusual-volume': 'Far more commands than usual at this time of the week.',
  'unusual-hours': 'Commands at a time of the week that is usually silent.',
  'failure-spike': 'Far more failing commands than usual.',
  'repeated-high-risk': 'Far more commands of high or critical risk than on a usual day.',
  'new-family': 'First use of tools of a family.',
};

function* anomalies(database: Database, nowMs: number): Generator<DetectionFinding> {
  const firstMs = firstObserved(database);
  if (firstMs === undefined) return;
  const history = readHistory(database, firstMs, firstMs, nowMs, []);
  for (const { kind, start, end, observed, usual, family } of findAnomalies(history, {
    sinceMs: firstMs,
    untilMs: nowMs,
  }).anomalies) {
    yield {
      kind: 'anomaly',
      name: kind,
      title: TITLES[kind],
      severity: kind === 'repeated-high-risk' ? 'high' : 'low',
      family,
      technique: null,
      attack: null,
      startMs: Date.parse(start),
      endMs: Date.parse(end),
      count: observed,
      usual,
    };
  }
}
