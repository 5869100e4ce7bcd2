import type { NoTotalCode } from '../../domain/blind/release.ts';
import type { SafeBlock } from '../../domain/blind/total-floor.ts';
import {
  type DayTotal,
  daysUntil,
  type TotalAnswer,
  type TotalQuestion,
  type TotalSeries,
} from '../../domain/blind/total-series.ts';
import { commandsOf, figureLayout, riskyOf } from '../../domain/trends/figure-day.ts';
import type { Database } from '../database.ts';

/** What is stored once of each task. */
export type SeriesHead = Pick<TotalSeries, 'task' | 'name' | 'floor' | 'cells'>;

/** A day that was released; without blocks where there is no total. */
export interface ReleasedDay {
  readonly day: string;
  readonly code: NoTotalCode | null;
  /** The floor MUST have been applied. */
  readonly blocks: readonly SafeBlock[];
}

/** The analyst's store: released totals, never changed and never removed. */
export interface TotalStore {
  /** Durable when it returns. A day that is known is not stored again. */
  readonly add: (series: SeriesHead, day: ReleasedDay) => void;
}

/** What can be read of it. */
export interface TotalReader {
  readonly series: () => readonly TotalSeries[];
  /** Undefined for a task without totals. */
  readonly read: (question: TotalQuestion) => TotalAnswer | undefined;
}

export function createTotalStore(database: Database): TotalStore {
  return {
    add: database.transaction(({ task, name, floor, cells }: SeriesHead, { day, code, blocks }: ReleasedDay): void => {
      database
        .prepare('INSERT OR IGNORE INTO total_series VALUES (?, ?, ?, ?)')
        .run(task, name, floor, JSON.stringify(cells));
      const { changes } = database.prepare('INSERT OR IGNORE INTO total_day VALUES (?, ?, ?)').run(task, day, code);
      if (changes === 0) return;
      // The first block of a name: a unit may be called like everybody.
      const insert = database.prepare('INSERT OR IGNORE INTO total_block VALUES (?, ?, ?, ?, ?)');
      const insertRisk = database.prepare('INSERT OR IGNORE INTO total_risk VALUES (?, ?, ?, ?, ?, ?)');
      const layout = figureLayout(cells);
      for (const block of blocks) {
        insert.run(task, block.name, day, block.contributors, JSON.stringify(block.cells));
        const figures = { day, contributors: block.contributors, code, layout, values: block.cells };
        insertRisk.run(task, block.name, day, block.contributors, commandsOf(figures), riskyOf(figures));
      }
    }),
  };
}

interface SeriesRow extends Omit<TotalSeries, 'blocks' | 'cells'> {
  readonly cells: string;
}

export function createTotalReader(database: Database): TotalReader {
  const cellsOf = (task: string): readonly string[] | undefined => {
    const text = database.prepare('SELECT cells FROM total_series WHERE task = ?').pluck().get(task);
    return typeof text === 'string' ? (JSON.parse(text) as string[]) : undefined;
  };
  return {
    series: () => {
      const rows = database
        .prepare(
          `SELECT task, name, floor, cells, min(day) AS first, max(day) AS last
           FROM total_series JOIN total_day USING (task) GROUP BY task ORDER BY last DESC, task`,
        )
        .all() as SeriesRow[];
      const blocks = database.prepare(
        "SELECT DISTINCT block FROM total_block WHERE task = ? ORDER BY block <> 'organisation', block",
      );
      return rows.map((row) => ({
        ...row,
        cells: JSON.parse(row.cells) as string[],
        blocks: blocks.pluck().all(row.task) as string[],
      }));
    },
    read: ({ task, block, prefix = '', until, days }) => {
      const all = cellsOf(task);
      if (all === undefined) return undefined;
      const places = [...all.keys()].filter((place) => all[place]?.startsWith(prefix) === true);
      const wanted = daysUntil(until, days);
      const range = [task, wanted[0] ?? until, until] as const;
      const found = readDays(database, block, range);
      const nothing = { contributors: null, code: null, cells: [] };
      return {
        cells: places.map((place) => all[place] ?? ''),
        days: wanted.map((day): DayTotal => {
          const { contributors, code, cells } = found.get(day) ?? nothing;
          return { day, contributors, code, values: places.map((place) => cells[place] ?? null) };
        }),
      };
    },
  };
}

interface FoundDay {
  readonly contributors: number | null;
  readonly code: NoTotalCode | null;
  readonly cells: readonly (number | null)[];
}

function readDays(
  database: Database,
  block: string,
  [task, from, until]: readonly [string, string, string],
): ReadonlyMap<string, FoundDay> {
  const codes = database
    .prepare('SELECT day, code FROM total_day WHERE task = ? AND day BETWEEN ? AND ? AND code IS NOT NULL')
    .all(task, from, until) as { readonly day: string; readonly code: NoTotalCode }[];
  const rows = database
    .prepare('SELECT day, contributors, cells FROM total_block WHERE task = ? AND block = ? AND day BETWEEN ? AND ?')
    .all(task, block, from, until) as { readonly day: string; readonly contributors: number; readonly cells: string }[];
  return new Map<string, FoundDay>([
    ...codes.map(({ day, code }) => [day, { contributors: null, code, cells: [] }] as const),
    ...rows.map(
      ({ day, contributors, cells }) =>
        [day, { contributors, code: null, cells: JSON.parse(cells) as (number | null)[] }] as const,
    ),
  ]);
}
