import type { EventPage, RuleText, TerminalEvent } from './contract.ts';

/**
 * Rows kept on the page while new ones come in: with more, the oldest loaded ones go, and paging
 * brings them back.
 */
const MOST_ROWS = 1_000;

/** The page that follows, below; the search stands where it ended. */
export function append(old: EventPage, found: EventPage): EventPage {
  const { events, rules } = joined(old, found.events, found.rules);
  return { events, rules, next: found.next, searchedTo: found.searchedTo };
}

/**
 * Events that came in since. A command is told of when it starts and again when it ends: the newer
 * state of each is kept.
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
