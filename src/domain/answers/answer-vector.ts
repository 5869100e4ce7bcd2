import { RISK_LEVELS } from '../events/risk-level.ts';
import type { QueryType } from '../policy/trust.ts';
import type { NamedUsage } from '../summaries/summary.ts';
import { familiesOf, type SummaryContext } from './answer-summary.ts';
import { type AnswerSummary, MAX_CELL_VALUE, type NamedCount } from './query.ts';
import { USAGE_MEASURES, type VectorSchema, WEEKDAYS } from './vector-schema.ts';

type Cells = Readonly<Record<string, number>>;

/**
 * The vector of a query type, in the order of `layout`: the figures of `summary` in fewer words.
 */
export function vectorOf(
  layout: VectorSchema,
  type: QueryType,
  summary: AnswerSummary,
  context: SummaryContext,
): readonly number[] {
  const cells: Cells = CELLS[type](summary, context);
  const vector = layout.cells.map((cell) => Math.min(MAX_CELL_VALUE, cells[cell] ?? 0));
  for (const { total, parts } of layout.partitions) {
    vector[total] = parts.reduce((sum, part) => sum + (vector[part] ?? 0), 0);
  }
  return vector;
}

const CELLS: Readonly<Record<QueryType, (summary: AnswerSummary, context: SummaryContext) => Cells>> = {
  'tool-usage': ({ families }) =>
    merged(
      (families ?? []).map((row) =>
        keyed(USAGE_MEASURES, (measure) => [`families.${row.name}.${measure}`, measured(row)[measure]]),
      ),
    ),
  'recent-commands': (_summary, { figures, vocabulary }) =>
    keyed(familiesOf(figures.usage(), vocabulary), ({ name, count }) => [`families.${name}.count`, count]),
  'safety-posture': ({ safety }) =>
    merged([
      keyed(RISK_LEVELS, (level) => [`levels.${level}`, safety?.levels[level] ?? 0]),
      keyed<NamedCount>(safety?.families ?? [], ({ name, count }) => [`rules.${name}`, count]),
    ]),
  'activity-patterns': ({ activity }) =>
    merged([
      keyed(activity?.hours.map((count, hour) => ({ count, hour })) ?? [], ({ count, hour }) => [
        `hours.${hour}`,
        count,
      ]),
      keyed(WEEKDAYS, (name) => [`weekdays.${name}`, activity?.weekdays[WEEKDAYS.indexOf(name)] ?? 0]),
    ]),
  anomalies: ({ anomalies }) => keyed(anomalies ?? [], ({ kind, count }) => [`anomalies.${kind}`, count]),
  'node-health': ({ coverage }) => ({
    commands: coverage?.observed ?? 0,
    redacted: coverage?.redacted ?? 0,
    dropped: coverage?.dropped ?? 0,
    // One for each shell that reports: the sum is how many nodes have it.
    ...keyed(coverage?.shells ?? [], (shell) => [`shells.${shell}`, 1]),
  }),
};

const measured = (row: NamedUsage): Readonly<Record<(typeof USAGE_MEASURES)[number], number>> => ({
  count: row.count,
  failures: row.failures,
  durationMs: row.durationMsSum,
});

const keyed = <T>(items: readonly T[], entry: (item: T) => readonly [string, number]): Cells =>
  Object.fromEntries(items.map(entry));

const merged = (parts: readonly Cells[]): Cells => Object.assign({}, ...parts) as Cells;
