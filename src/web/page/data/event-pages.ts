import type { EventPage, RuleText, TerminalEvent } from './contract.ts';

/**
 * Maximum number of rows on the page. Beyond it the oldest loaded rows are dropped; paging loads
 * them again.
 */
const MOST_ROWS = 1_000;

/** Appends the next page of a search. */
export function append(old: EventPage, found: EventPage): EventPage {
  const { events, rules } = joined(old, found.events, found.rules);
  return { events, rules, next: found.next, searchedTo: found.searchedTo };
}

/**
 * Merges new events. A command is reported at its start and at its end; the newer state is kept.
 */
export function merge(old: EventPage, newer: readonly TerminalEvent[], rules: readonly RuleText[]): EventPage {
  if (newer.length === 0) return old;
  const all = joined(old, newer, rules);
  const kept = all.events.slice(0, MOST_ROWS);
  const isCut = kept.length < all.events.length;
  return isCut ? { ...all, events: kept, next: kept.at(-1)?.id ?? null, searchedTo: null } : { ...old, ...all };
}

/** By id, newest first. */
function joined(old: EventPage, more: readonly TerminalEvent[], rules: readonly RuleText[]) {
  const byId = new Map(old.events.map((event) => [event.id, event]));
  for (const event of more) byId.set(event.id, event);
  const texts = new Map([...old.rules, ...rules].map((rule) => [rule.id, rule]));
  const events = [...byId.values()].sort((one, other) => other.time.localeCompare(one.time) || other.id - one.id);
  return { events, rules: [...texts.values()] };
}
