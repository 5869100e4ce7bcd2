import { EVERYBODY } from '../../domain/blind/total-floor.ts';
import { daysUntil } from '../../domain/blind/total-series.ts';
import type { Sums } from '../../domain/trends/measure.ts';
import type { UnitSums } from '../../domain/trends/units.ts';
import type { Database } from '../database.ts';
import type { DaySpan, TotalSource } from './total-days.ts';

interface SpanRow {
  readonly block: string;
  readonly contributors: number;
  readonly known: number;
  readonly count: number | null;
  readonly risky: number | null;
  readonly commands: number | null;
}

/**
 * The total of a day is that of the newest task that has one. `contributors` is of the newest day,
 * because max() is the only such function here (https://sqlite.org/lang_select.html#bareagg).
 */
const SPAN = `
  SELECT block, max(day), contributors, count(risky) AS known, sum(risky) AS count,
    sum(risky) FILTER (WHERE commands IS NOT NULL) AS risky,
    sum(commands) FILTER (WHERE risky IS NOT NULL) AS commands
  FROM total_risk AS total JOIN json_each(@tasks) AS own ON own.value = task
  WHERE block <> @everybody AND day BETWEEN @first AND @last AND NOT EXISTS (
    SELECT 1 FROM json_each(@tasks) AS newer JOIN total_risk AS other ON other.task = newer.value
    WHERE newer.key < own.key AND other.block = total.block AND other.day = total.day
  ) GROUP BY block`;

/** Risky commands of every unit, in the span and in the one before it. */
export function unitSums(
  database: Database,
  { tasks, blocks }: TotalSource,
  { until, days }: DaySpan,
): readonly UnitSums[] {
  const all = daysUntil(until, 2 * days);
  const select = database.prepare(SPAN);
  const read = (span: readonly string[]): ReadonlyMap<string, SpanRow> => {
    const rows = select.all({
      tasks: JSON.stringify(tasks.map(({ task }) => task)),
      everybody: EVERYBODY,
      first: span[0],
      last: span.at(-1),
    }) as SpanRow[];
    return new Map(rows.map((row) => [row.block, row]));
  };
  const [now, before] = [read(all.slice(days)), read(all.slice(0, days))];
  return blocks
    .filter((unit) => unit !== EVERYBODY)
    .map((unit) => ({
      unit,
      contributors: now.get(unit)?.contributors ?? null,
      now: sumsOf(now.get(unit), days),
      before: sumsOf(before.get(unit), days),
    }));
}

const sumsOf = (row: SpanRow | undefined, days: number): Sums => ({
  days,
  known: row?.known ?? 0,
  count: row?.count ?? 0,
  rate: row?.commands ? (1_000 * (row.risky ?? 0)) / row.commands : null,
});
