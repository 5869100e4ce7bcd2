/** Units compared, as far as the floor allows. */
import { EVERYBODY } from '../blind/total-floor.ts';
import { type FigureDay, riskyOf } from './figure-day.ts';
import { type Measure, measureOf } from './measure.ts';

export interface UnitMeasure extends Measure {
  readonly unit: string;
  /** Nodes on the newest day that has figures. */
  readonly contributors: number | null;
}

/** Days of each unit. */
export interface UnitDays {
  readonly unit: string;
  readonly now: readonly FigureDay[];
  readonly before: readonly FigureDay[];
}

/** Risky commands by unit, highest rate first; those that are unknown come last. */
export function unitsOf(units: readonly UnitDays[]): readonly UnitMeasure[] {
  return units
    .filter(({ unit }) => unit !== EVERYBODY)
    .map(({ unit, now, before }) => ({
      unit,
      contributors: now.findLast(({ contributors }) => contributors !== null)?.contributors ?? null,
      ...measureOf(now, before, riskyOf),
    }))
    .sort((a, b) => (b.rate ?? -1) - (a.rate ?? -1) || (a.unit < b.unit ? -1 : 1));
}
