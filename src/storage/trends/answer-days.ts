import { daysUntil } from '../../domain/blind/total-series.ts';
import { type FigureDay, type FigureLayout, figureLayout } from '../../domain/trends/figure-day.ts';
import type { Database } from '../database.ts';

/** Saved answers are read for these; others have no figures for trends. */
const TYPES = ['safety-posture', 'anomalies'] as const;
/** A longer span would count a day several times. */
const SPAN_HOURS = 24;

interface AnswerRow {
  readonly day: string;
  readonly type: (typeof TYPES)[number];
  readonly contributors: number;
  readonly aggregate: string;
}

/** First and last day of which there is an answer about risk, and the floor of the newest. */
export function answerBounds(
  database: Database,
): { readonly first: string; readonly last: string; readonly floor: number } | undefined {
  const row = database
    .prepare(
      `SELECT date(min(until_ms) / 1000, 'unixepoch') AS first, date(max(until_ms) / 1000, 'unixepoch') AS last, floor
       FROM saved_answer WHERE type = ? AND span_hours = ?`,
    )
    .get(TYPES[0], SPAN_HOURS) as { first: string | null; last: string | null; floor: number | null };
  const { first, last, floor } = row;
  return first === null || last === null || floor === null ? undefined : { first, last, floor };
}

/** Days by the UTC day on which the 24 hours of an answer end; the last answer of a day counts. */
export function answerDays(
  database: Database,
  { until, days }: { readonly until: string; readonly days: number },
): ReadonlyMap<string, FigureDay> {
  const [first = until] = daysUntil(until, days);
  const rows = database
    .prepare(
      `SELECT date(until_ms / 1000, 'unixepoch') AS day, type, contributors, json_extract(result, '$.aggregate') AS aggregate
       FROM saved_answer WHERE span_hours = ? AND type IN (?, ?) AND until_ms >= ? AND until_ms < ? ORDER BY seq`,
    )
    .all(SPAN_HOURS, ...TYPES, Date.parse(first), Date.parse(until) + DAY_MS) as AnswerRow[];
  const byDay = new Map<string, Partial<Record<AnswerRow['type'], AnswerRow>>>();
  for (const row of rows) byDay.set(row.day, { ...byDay.get(row.day), [row.type]: row });
  const layouts = new Map<string, FigureLayout>();
  return new Map(
    [...byDay].flatMap(([day, answers]) => {
      const risk = answers['safety-posture'];
      return risk ? [[day, dayOf(day, risk, answers.anomalies, layouts)] as const] : [];
    }),
  );
}

const DAY_MS = 86_400_000;

function dayOf(
  day: string,
  risk: AnswerRow,
  anomalies: AnswerRow | undefined,
  layouts: Map<string, FigureLayout>,
): FigureDay {
  const figures = [risk, ...(anomalies ? [anomalies] : [])].flatMap(({ aggregate }) =>
    Object.entries(JSON.parse(aggregate) as Readonly<Record<string, number | null>>),
  );
  // The names that reports of blind totals use.
  const cells = figures.map(([cell]) => `${cell}.count`);
  const key = cells.join();
  const layout = layouts.get(key) ?? figureLayout(cells);
  layouts.set(key, layout);
  return { day, contributors: risk.contributors, code: null, layout, values: figures.map(([, value]) => value) };
}
