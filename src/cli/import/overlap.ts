import { SLOT_MS } from '../../domain/time/period.ts';
import type { RecordedCommand } from '../../storage/events/recorded-commands.ts';
import type { HistoryEntry } from './history-entry.ts';

/** What is recorded already, of the shell whose history is imported. */
export interface Recorded {
  readonly commands: Iterable<RecordedCommand>;
  /** Start of a slot → commands observed in it, stored or not. */
  readonly slots: ReadonlyMap<number, number>;
}

/**
 * How far the time of a hook may be from that of a history: the history has whole seconds, and so
 * have some hooks.
 */
const EARLIER_MS = 2_000;
const LATER_MS = 3_000;
/**
 * bash dates an entry of several lines by its first line, a hook by the start of the command, when
 * the last line was typed.
 */
const TYPING_MS = 15 * 60_000;
const MASK = '‹redacted:';

/**
 * The entries that are not recorded. Each recorded command stands for one entry with its text: one
 * near its time, or, of a history without times, the newest that is left.
 *
 * @param masked text as it would be stored; called only where it may matter
 */
export function withoutRecorded(
  entries: readonly HistoryEntry[],
  recorded: Recorded,
  masked: (text: string) => string,
): readonly HistoryEntry[] {
  const { times, slots } = timesOf(entries, recorded, masked);
  const isTaken = new Set<HistoryEntry>();
  const take = (entry: HistoryEntry, least: number, most: number): void => {
    const free = times(entry.text);
    const at = free.findLastIndex((ms) => ms >= least && ms <= most);
    if (at === -1) return;
    free.splice(at, 1);
    isTaken.add(entry);
  };
  const timed = entries.filter(({ startMs }) => startMs !== null);
  // Backwards, so that of several runs in the same second the last is matched with the last.
  for (const entry of timed.toReversed()) {
    const ms = entry.startMs ?? 0;
    take(entry, ms - EARLIER_MS, ms + LATER_MS);
  }
  for (const entry of timed.toReversed()) {
    const ms = entry.startMs ?? 0;
    if (!isTaken.has(entry) && MAY_SPAN_LINES.test(entry.text)) take(entry, ms - EARLIER_MS, ms + TYPING_MS);
  }
  for (const entry of entries.toReversed())
    if (entry.startMs === null) take(entry, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
  return entries.filter((entry) => !isTaken.has(entry) && !isCounted(entry, slots));
}

/** With `cmdhist`, bash joins lines by semicolons. */
const MAY_SPAN_LINES = /[\n;]|<</;

/** Blanks differ where a shell tidies its history. */
const keyOf = (text: string): string => text.replace(/\s+/g, ' ').trim();

/**
 * The times at which a text was recorded, and the number of commands of each slot that are no
 * longer stored.
 */
function timesOf(entries: readonly HistoryEntry[], recorded: Recorded, masked: (text: string) => string) {
  const wanted = new Map<string, number[]>(entries.map(({ text }) => [keyOf(text), []]));
  const masks = new Map<string, number[]>();
  const slots = new Map(recorded.slots);
  for (const { startMs, text } of recorded.commands) {
    const slot = Math.floor(startMs / SLOT_MS) * SLOT_MS;
    if (slots.has(slot)) slots.set(slot, (slots.get(slot) ?? 0) - 1);
    const key = keyOf(text);
    if (!text.includes(MASK)) wanted.get(key)?.push(startMs);
    else if (!masks.get(key)?.push(startMs)) masks.set(key, [startMs]);
  }
  const heads = [...new Set([...masks.keys()].map((key) => key.slice(0, Math.min(3, key.indexOf(MASK)))))];
  const times = (text: string): number[] => {
    const key = keyOf(text);
    const plain = wanted.get(key) ?? [];
    if (plain.length > 0 || !heads.some((head) => key.startsWith(head))) return plain;
    return masks.get(keyOf(masked(text))) ?? plain;
  };
  return { times, slots };
}

/**
 * Whether a command was observed in the slot of an entry and has been deleted since: its text is
 * gone, but it is in the figures, which an import would repeat.
 */
function isCounted({ startMs }: HistoryEntry, slots: Map<number, number>): boolean {
  if (startMs === null) return false;
  const slot = Math.floor(startMs / SLOT_MS) * SLOT_MS;
  const left = slots.get(slot) ?? 0;
  if (left <= 0) return false;
  slots.set(slot, left - 1);
  return true;
}
