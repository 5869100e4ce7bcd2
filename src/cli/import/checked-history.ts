import { type Pause, pauseAt } from '../../domain/spool/pause.ts';
import type { HistoryEntry } from './history-entry.ts';

/** Values of a history that cannot be right, by kind, and what becomes of their commands. */
export const HISTORY_FAULTS = {
  nul: 'with a NUL byte: left out',
  future: 'dated in the future: left out',
  past: 'dated before 1990: left out',
  undated: 'with the time 0: imported, dated like the command after it',
  negative: 'with a negative duration: imported without it',
  paused: 'from a time when nothing was to be recorded: left out',
  endless: 'with a duration that ends in the future: imported without it',
} as const;
export type HistoryFault = keyof typeof HISTORY_FAULTS;
export type FaultCounts = Readonly<Partial<Record<HistoryFault, number>>>;

/** Two clocks of one person may differ. */
const TOLERANCE_MS = 5 * 60_000;
/** No shell wrote times into its history before. An earlier time is a number of something else. */
const FIRST_MS = Date.UTC(1990, 0);

/** The entries that can be imported, and how often each kind of fault was found. */
export function checkedHistory(
  all: readonly HistoryEntry[],
  nowMs: number,
  pauses: readonly Pause[],
): { readonly entries: readonly HistoryEntry[]; readonly faults: FaultCounts } {
  const faults: Partial<Record<HistoryFault, number>> = {};
  const count = (fault: HistoryFault): void => {
    faults[fault] = (faults[fault] ?? 0) + 1;
  };
  const entries = all.flatMap((entry): HistoryEntry[] => {
    const { text, startMs, durationMs } = entry;
    const isUndated = startMs === 0;
    const fault = text.includes('\0') ? 'nul' : isUndated ? null : timeFault(startMs, nowMs, pauses);
    if (fault !== null) {
      count(fault);
      return [];
    }
    if (isUndated) count('undated');
    const wrong = durationFault(durationMs, isUndated ? null : startMs, nowMs);
    if (wrong !== null) count(wrong);
    return [{ ...entry, startMs: isUndated ? null : startMs, durationMs: wrong === null ? durationMs : null }];
  });
  return { entries, faults };
}

function timeFault(
  startMs: number | null,
  nowMs: number,
  pauses: readonly Pause[],
): 'future' | 'past' | 'paused' | null {
  if (startMs === null) return null;
  if (startMs > nowMs + TOLERANCE_MS) return 'future';
  if (pauseAt(pauses, startMs) !== null) return 'paused';
  return startMs < FIRST_MS ? 'past' : null;
}

function durationFault(
  durationMs: number | null,
  startMs: number | null,
  nowMs: number,
): 'negative' | 'endless' | null {
  if (durationMs === null) return null;
  if (durationMs < 0) return 'negative';
  return (startMs ?? FIRST_MS) + durationMs > nowMs + TOLERANCE_MS ? 'endless' : null;
}

/**
 * Entries with a time each. One without is dated 1 ms before the entry after it, the last one
 * before `endMs`.
 */
export function datedHistory(
  entries: readonly HistoryEntry[],
  endMs: number,
): readonly (HistoryEntry & { readonly startMs: number })[] {
  const dated: (HistoryEntry & { readonly startMs: number })[] = [];
  let next = endMs;
  for (const entry of entries.toReversed()) {
    next = entry.startMs ?? next - 1;
    dated.push({ ...entry, startMs: next });
  }
  return dated.reverse();
}
