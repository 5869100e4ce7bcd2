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
  const middle = median(values, silent);
  const deviations = values.map((value) => Math.abs(value - middle));
  const padded = [...deviations, ...Array.from({ length: silent }, () => middle)];
  return { median: middle, spread: MAD_TO_SIGMA * median(padded, 0) };
}

function median(values: readonly number[], silent: number): number {
  const sorted = [...Array.from({ length: silent }, () => 0), ...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? upper) + upper) / 2;
}
