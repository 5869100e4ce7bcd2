import { DURATION_BOUNDS_MS, type NamedUsage } from '../../../domain/summaries/summary.ts';

/** Assumed upper bound of the open last bucket, in ms. */
const LAST_BOUND_MS = 3_600_000;

/**
 * Median duration in ms, interpolated logarithmically within its bucket; null if no command has
 * ended.
 */
export function medianDuration(usage: NamedUsage): number | null {
  const total = usage.durationBuckets.reduce((sum, bucket) => sum + bucket, 0);
  if (total === 0) return null;
  let before = 0;
  for (const [index, bucket] of usage.durationBuckets.entries()) {
    if (bucket > 0 && before + bucket >= total / 2) {
      const low = index === 0 ? 1 : (DURATION_BOUNDS_MS[index - 1] ?? 1);
      const high = DURATION_BOUNDS_MS[index] ?? LAST_BOUND_MS;
      return low * (high / low) ** ((total / 2 - before) / bucket);
    }
    before += bucket;
  }
  return null;
}

export const failureRate = (usage: NamedUsage): number => (usage.count === 0 ? 0 : usage.failures / usage.count);

export const TOOL_ORDERS = ['used', 'failing', 'slow'] as const;
export type ToolOrder = (typeof TOOL_ORDERS)[number];

/** Minimum number of runs for a failure rate or a median. */
const ENOUGH = 3;

/** The first `most` tools in an order; for failing and slow ones only those with enough runs. */
export function topTools(tools: readonly NamedUsage[], order: ToolOrder, most: number): readonly NamedUsage[] {
  const value: Readonly<Record<ToolOrder, (usage: NamedUsage) => number>> = {
    used: (usage) => usage.count,
    failing: (usage) => (usage.count < ENOUGH ? 0 : failureRate(usage)),
    slow: (usage) => (usage.count < ENOUGH ? 0 : (medianDuration(usage) ?? 0)),
  };
  return tools
    .filter((usage) => value[order](usage) > 0)
    .sort((one, other) => value[order](other) - value[order](one) || other.count - one.count)
    .slice(0, most);
}
