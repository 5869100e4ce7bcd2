import type { AnswerSummary, NamedCount } from '../../../domain/answers/query.ts';
import { RISK_LEVELS } from '../../../domain/events/risk-level.ts';

/** Maximum number of entries shown of a list; `--json` prints all. */
const MAX_LINES = 10;

/** The level 1 answer of one node in a few lines: `git: 45 commands`. */
export function answerLines(summary: AnswerSummary): readonly string[] {
  const { toolCounts, tools, patterns, safety, activity, anomalies, coverage } = summary;
  return [
    ...commandLines(toolCounts ?? tools ?? []),
    ...(patterns === undefined ? [] : [`patterns: ${listed(patterns)}`]),
    ...(safety === undefined ? [] : safetyLines(safety)),
    ...(activity === undefined ? [] : [activityLine(activity)]),
    ...(anomalies === undefined
      ? []
      : [`anomalies: ${listed(anomalies.map(({ kind, count }) => ({ name: kind, count })))}`]),
    ...(coverage === undefined ? [] : [coverageLine(coverage)]),
  ];
}

function commandLines(counts: readonly NamedCount[]): readonly string[] {
  const sorted = counts.toSorted((a, b) => b.count - a.count);
  const left = sorted.length - MAX_LINES;
  return [
    ...sorted.slice(0, MAX_LINES).map(({ name, count }) => `${name}: ${count} ${count === 1 ? 'command' : 'commands'}`),
    ...(left > 0 ? [`and ${left} more tools`] : []),
  ];
}

function safetyLines({ levels, families }: NonNullable<AnswerSummary['safety']>): readonly string[] {
  const risks = RISK_LEVELS.map((level) => `${levels[level]} ${level}`).join(', ');
  return [`commands by risk: ${risks}`, ...(families.length > 0 ? [`rules: ${listed(families)}`] : [])];
}

function activityLine({ hours, weekdays }: NonNullable<AnswerSummary['activity']>): string {
  const total = weekdays.reduce((sum, count) => sum + count, 0);
  const busiest = hours.indexOf(Math.max(...hours));
  return `${total} commands, busiest hour ${String(busiest).padStart(2, '0')}:00 to ${String(busiest).padStart(2, '0')}:59`;
}

const coverageLine = ({ observed, redacted, dropped, shells }: NonNullable<AnswerSummary['coverage']>): string =>
  `${observed} commands, ${redacted} with masked secrets, ${dropped} records dropped; shells: ${shells.join(', ') || 'none'}`;

function listed(counts: readonly NamedCount[]): string {
  const some = counts.filter(({ count }) => count > 0).toSorted((a, b) => b.count - a.count);
  const shown = some.slice(0, MAX_LINES).map(({ name, count }) => `${name} ${count}`);
  const left = some.length - shown.length;
  return [...shown, ...(left > 0 ? [`and ${left} more`] : [])].join(', ') || 'none';
}
