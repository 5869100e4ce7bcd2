/** Figures of single days over all nodes, whatever they were read from. */
import type { NoTotalCode } from '../blind/release.ts';
import { daysUntil } from '../blind/total-series.ts';

/** Where the cells of some days are. */
export interface FigureLayout {
  readonly cells: readonly string[];
  readonly places: ReadonlyMap<string, number>;
  /** Places of cells; each list adds up to the number of commands. */
  readonly commands: readonly (readonly number[])[];
}

/** One day; its values were published as they stand here, after the floor. */
export interface FigureDay {
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string;
  /** Nodes behind the figures; null if there are none for this day. */
  readonly contributors: number | null;
  /** Why there are none; null if there are some, or if the day is just missing. */
  readonly code: NoTotalCode | null;
  readonly layout: FigureLayout;
  /** In the order of the layout; null: withheld. */
  readonly values: readonly (number | null)[];
}

/** Sections of which each adds up to the number of commands. */
const SECTIONS = ['commands', 'levels', 'families', 'hours'];

export function figureLayout(cells: readonly string[]): FigureLayout {
  const placesOf = (section: string): readonly number[] =>
    [...cells.keys()].filter((place) => /^(.+?)\..*count$/.exec(cells[place] ?? '')?.[1] === section);
  return {
    cells,
    places: new Map(cells.map((cell, place) => [cell, place])),
    commands: SECTIONS.map(placesOf).filter((places) => places.length > 0),
  };
}

const NO_LAYOUT = figureLayout([]);

/** A day of which nothing is known. */
export const unknownDay = (day: string): FigureDay => ({
  day,
  contributors: null,
  code: null,
  layout: NO_LAYOUT,
  values: [],
});

/** Null: withheld, or nobody counted it. */
export function figureOf({ layout, values }: FigureDay, cell: string): number | null {
  const place = layout.places.get(cell);
  return place === undefined ? null : (values[place] ?? null);
}

/** Null where one of the parts is. */
export function sumOf(parts: readonly (number | null)[]): number | null {
  let sum = 0;
  for (const part of parts) {
    if (part === null) return null;
    sum += part;
  }
  return sum;
}

/** Number of commands; null where a part of every sum that gives it is withheld. */
export function commandsOf({ layout, values }: FigureDay): number | null {
  for (const places of layout.commands) {
    const sum = sumOf(places.map((place) => values[place] ?? null));
    if (sum !== null) return sum;
  }
  return null;
}

/** Commands of high and critical risk. */
export const riskyOf = (day: FigureDay): number | null =>
  sumOf([figureOf(day, 'levels.high.count'), figureOf(day, 'levels.critical.count')]);

/**
 * The `days` days that end with `until`; a day that is not among `known` is unknown, never zero.
 */
export function wholeSpan(
  known: ReadonlyMap<string, FigureDay>,
  span: { readonly until: string; readonly days: number },
): readonly FigureDay[] {
  return daysUntil(span.until, span.days).map((day) => known.get(day) ?? unknownDay(day));
}
