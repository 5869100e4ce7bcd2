import { naturalOrder } from '../natural-order.ts';
/** Units compared, as far as the floor allows. */
import { compare, type Measure, type Sums } from './measure.ts';

export interface UnitMeasure extends Measure {
  readonly unit: string;
  /** Nodes on the newest day that has figures. */
  readonly contributors: number | null;
}

/** Risky commands of a unit. */
export interface UnitSums {
  readonly unit: string;
  readonly contributors: number | null;
  readonly now: Sums;
  readonly before: Sums;
}

/** Risky commands by unit, highest rate first; those that are unknown come last. */
export function unitsOf(units: readonly UnitSums[]): readonly UnitMeasure[] {
  return units
    .map(({ unit, contributors, now, before }) => ({ unit, contributors, ...compare(now, before) }))
    .sort((a, b) => (b.rate ?? -1) - (a.rate ?? -1) || naturalOrder(a.unit, b.unit));
}
