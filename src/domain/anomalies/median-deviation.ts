/** Median and spread, which a few outliers do not change. */
export interface Usual {
  readonly median: number;
  /** Median absolute deviation, scaled to the standard deviation of a normal distribution. */
  readonly spread: number;
}

const MAD_TO_SIGMA = 1.4826;

/**
 * Median and scaled MAD of values; zeros may be given as a number of `silent` occasions instead of
 * values.
 */
export function usual(values: readonly number[], silent = 0): Usual {
  const all = new Float64Array(silent + values.length);
  all.set(values, silent);
  const middle = median(all);
  return { median: middle, spread: MAD_TO_SIGMA * median(all.map((value) => Math.abs(value - middle))) };
}

/** Sorts its argument; a typed array is sorted without calling back into JavaScript. */
function median(values: Float64Array): number {
  const sorted = values.sort();
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? upper) + upper) / 2;
}
