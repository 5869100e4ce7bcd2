import { DURATION_BOUNDS_MS, type NamedUsage } from '../../../domain/summaries/summary.ts';

/** Assumed upper bound of the open last bucket, in ms. */
const LAST_BOUND_MS = 3_600_000;

export interface Median {
  readonly ms: number;
  /** False where it is estimated from duration classes. */
  readonly exact: boolean;
}

/**
 * Median of the measured durations; null if there is none. Where all lie in one class it is their
 * mean, which is exact for one and for two. Otherwise it is interpolated logarithmically within its
 * class, as far as the sum of all durations allows.
 */
export function medianDuration({ durationBuckets, durationMsSum }: Durations): Median | null {
  const total = durationBuckets.reduce((sum, bucket) => sum + bucket, 0);
  if (total === 0) return null;
  if (durationBuckets.includes(total)) return { ms: durationMsSum / total, exact: total <= 2 };
  let before = 0;
  const at = durationBuckets.findIndex((bucket) => {
    before += bucket;
    return bucket > 0 && before >= total / 2;
  });
  const bucket = durationBuckets[at] ?? 1;
  const low = lowBound(at);
  const high = DURATION_BOUNDS_MS[at] ?? LAST_BOUND_MS;
  const ms = Math.max(1, low) * (high / Math.max(1, low)) ** ((total / 2 - before + bucket) / bucket);
  const least = durationBuckets.reduce((sum, number, index) => sum + number * lowBound(index), -low);
  return { ms: Math.max(low, Math.min(ms, durationMsSum - least)), exact: false };
}

type Durations = Pick<NamedUsage, 'durationBuckets' | 'durationMsSum'>;

const lowBound = (index: number): number => DURATION_BOUNDS_MS[index - 1] ?? 0;

/** Share of failures among the commands whose exit status is known; null if there is none. */
export const failureRate = ({ failures, ended }: Pick<NamedUsage, 'failures' | 'ended'>): number | null =>
  ended === 0 ? null : failures / ended;

export const TOOL_ORDERS = ['used', 'failing', 'slow'] as const;
export type ToolOrder = (typeof TOOL_ORDERS)[number];

/** Minimum number of known ends for a failure rate, and of measured durations for a median. */
const ENOUGH = 3;

const measured = ({ durationBuckets }: NamedUsage): number => durationBuckets.reduce((sum, bucket) => sum + bucket, 0);

/** The first `most` tools in an order; for failing and slow ones only those with enough runs. */
export function topTools(tools: readonly NamedUsage[], order: ToolOrder, most: number): readonly NamedUsage[] {
  const value: Readonly<Record<ToolOrder, (usage: NamedUsage) => number>> = {
    used: (usage) => usage.count,
    failing: (usage) => (usage.ended < ENOUGH ? 0 : (failureRate(usage) ?? 0)),
    slow: (usage) => (measured(usage) < ENOUGH ? 0 : (medianDuration(usage)?.ms ?? 0)),
  };
  return tools
    .filter((usage) => value[order](usage) > 0)
    .sort((one, other) => value[order](other) - value[order](one) || other.count - one.count)
    .slice(0, most);
}
