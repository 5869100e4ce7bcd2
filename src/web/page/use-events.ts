import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { RiskLevel } from '../../domain/risk-level.ts';
import { read } from './api.ts';
import type { EventPage, RuleText, TerminalEvent } from './contract.ts';

export interface EventSearch {
  readonly text: string;
  readonly risk: RiskLevel;
  readonly tool: string;
}

export const EVERYTHING: EventSearch = { text: '', risk: 'safe', tool: '' };
export const isEverything = (search: EventSearch): boolean =>
  search.text.trim() === '' && search.risk === 'safe' && search.tool === '';

/** Rows kept on the page: with more, the oldest loaded ones go, and paging brings them back. */
const MOST_ROWS = 1_000;
const PAGE = 50;
const TYPING_MS = 200;

export interface EventList {
  readonly events: readonly TerminalEvent[];
  readonly rules: readonly RuleText[];
  readonly hasMore: boolean;
  readonly busy: boolean;
  readonly trouble: string | null;
  readonly more: () => void;
}

/** Events that fit a search, newest first, page by page; new ones come in on top as they are recorded. */
export function useEvents(search: EventSearch, seed: EventPage, fresh: readonly TerminalEvent[]): EventList {
  const [page, setPage] = useState<EventPage>(seed);
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);
  const run = useRef<AbortController | undefined>(undefined);
  const isAll = isEverything(search);

  const load = useCallback(
    async (before: number | null) => {
      run.current?.abort();
      const current = new AbortController();
      run.current = current;
      const { signal } = current;
      setBusy(true);
      try {
        const found = await read<EventPage>(
          '/api/events',
          { ...parameters(search), before: before ?? undefined },
          signal,
        );
        setPage((old) => (before === null ? found : append(old, found)));
        setTrouble(null);
      } catch (error) {
        if (!signal.aborted) setTrouble(error instanceof Error ? error.message : 'The search failed.');
      } finally {
        if (!signal.aborted) setBusy(false);
      }
    },
    [search],
  );
  useEffect(() => {
    if (isAll) {
      run.current?.abort();
      setBusy(false);
      setPage(seed);
      return;
    }
    const timer = setTimeout(() => void load(null), TYPING_MS);
    return () => clearTimeout(timer);
  }, [load, isAll]);
  useEffect(() => {
    if (isAll) setPage((old) => merge(old, fresh, []));
    else if (fresh.length > 0) void load(null);
  }, [fresh]);
  useEffect(() => {
    if (isAll) setPage((old) => merge(old, seed.events, seed.rules));
  }, [seed]);
  const more = useCallback(() => void load(page.next), [load, page.next]);
  return { events: page.events, rules: page.rules, hasMore: page.next !== null, busy, trouble, more };
}

function parameters({ text, risk, tool }: EventSearch) {
  return { text: text.trim(), tool, risk: risk === 'safe' ? undefined : risk, limit: PAGE };
}

function append(old: EventPage, found: EventPage): EventPage {
  return { events: [...old.events, ...found.events], rules: [...old.rules, ...found.rules], next: found.next };
}

/** Events by id, the newer state of each, newest first. A command is told of when it starts and again when it ends. */
function merge(old: EventPage, newer: readonly TerminalEvent[], rules: readonly RuleText[]): EventPage {
  if (newer.length === 0) return old;
  const byId = new Map(old.events.map((event) => [event.id, event]));
  for (const event of newer) byId.set(event.id, event);
  const events = [...byId.values()].sort((one, other) => other.time.localeCompare(one.time) || other.id - one.id);
  const kept = events.slice(0, MOST_ROWS);
  const next = events.length > kept.length || old.next !== null ? (kept.at(-1)?.id ?? null) : null;
  return { events: kept, rules: [...old.rules, ...rules], next };
}
