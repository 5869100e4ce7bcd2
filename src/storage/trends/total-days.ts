import type { NoTotalCode } from '../../domain/blind/release.ts';
import { EVERYBODY } from '../../domain/blind/total-floor.ts';
import { daysUntil } from '../../domain/blind/total-series.ts';
import { type FigureDay, type FigureLayout, figureLayout, unknownDay } from '../../domain/trends/figure-day.ts';
import type { TrendSource } from '../../domain/trends/trend-answers.ts';
import type { Database } from '../database.ts';

/**
 * Tasks of one name are one series: a new version of the program or a new trustee needs a new task,
 * and the trend goes on. A node reports a day for one task only.
 */
export interface TotalSource extends TrendSource {
  /** Newest first. */
  readonly tasks: readonly { readonly task: string; readonly layout: FigureLayout }[];
}

/** Newest day first. */
export function totalSources(database: Database): readonly TotalSource[] {
  const rows = database
    .prepare(
      `SELECT task, name, floor, cells, min(day) AS first, max(day) AS last
       FROM total_series JOIN total_day USING (task) GROUP BY task ORDER BY last DESC, task`,
    )
    .all() as { task: string; name: string; floor: number; cells: string; first: string; last: string }[];
  // DISTINCT would read every total; this looks up one key for each block.
  const blocks = database
    .prepare(
      `WITH RECURSIVE name (block) AS (
         SELECT min(block) FROM total_block WHERE task = @task
         UNION ALL SELECT (SELECT min(block) FROM total_block WHERE task = @task AND block > name.block)
         FROM name WHERE name.block IS NOT NULL
       ) SELECT block FROM name WHERE block IS NOT NULL ORDER BY block <> @first, block`,
    )
    .pluck();
  return [...new Set(rows.map(({ name }) => name))].map((name): TotalSource => {
    const own = rows.filter((row) => row.name === name);
    const [newest] = own;
    return {
      source: 'totals',
      name,
      floor: newest?.floor ?? 0,
      last: newest?.last ?? '',
      first: own.reduce((first, row) => (row.first < first ? row.first : first), newest?.first ?? ''),
      blocks: [...new Set(own.flatMap(({ task }) => blocks.all({ task, first: EVERYBODY }) as string[]))],
      tasks: own.map(({ task, cells }) => ({ task, layout: figureLayout(JSON.parse(cells) as string[]) })),
    };
  });
}

export interface DaySpan {
  readonly until: string;
  readonly days: number;
}

interface TotalRow {
  readonly day: string;
  readonly contributors: number;
  readonly cells: string;
}

/** The days of one block that have totals or a reason why there are none. */
export function totalDays(
  database: Database,
  { tasks }: TotalSource,
  block: string,
  { until, days }: DaySpan,
): ReadonlyMap<string, FigureDay> {
  const [first = until] = daysUntil(until, days);
  const found = new Map<string, FigureDay>();
  for (const { task, layout } of tasks) {
    const withheld = database
      .prepare('SELECT day, code FROM total_day WHERE task = ? AND day BETWEEN ? AND ? AND code IS NOT NULL')
      .all(task, first, until) as { readonly day: string; readonly code: NoTotalCode }[];
    for (const { day, code } of withheld) if (!found.has(day)) found.set(day, { ...unknownDay(day), code });
    const rows = database
      .prepare('SELECT day, contributors, cells FROM total_block WHERE task = ? AND block = ? AND day BETWEEN ? AND ?')
      .all(task, block, first, until) as TotalRow[];
    for (const { day, contributors, cells } of rows) {
      if (found.get(day)?.contributors != null) continue;
      found.set(day, { day, contributors, code: null, layout, values: JSON.parse(cells) as (number | null)[] });
    }
  }
  return found;
}
