import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { RiskLevel } from '../../../domain/events/risk-level.ts';
import { read } from './api.ts';
import type { EventPage, TerminalEvent } from './contract.ts';
import { append, merge } from './event-pages.ts';

export interface EventSearch {
  readonly text: string;
  readonly risk: RiskLevel;
  readonly tool: string;
}

export const EVERYTHING: EventSearch = { text: '', risk: 'safe', tool: '' };
export const isEverything = (search: EventSearch): boolean =>
  search.text.trim() === '' && search.risk === 'safe' && search.tool === '';

const PAGE = 50;
const TYPING_MS = 200;
/**
 * Number of pages after which a search with few results stops and waits for a click: half a million
 * commands.
 */
const ROUNDS = 10;
const NOTHING: EventPage = { events: [], rules: [], next: null, searchedTo: null };

export interface EventList extends EventPage {
  readonly busy: boolean;
  readonly trouble: string | null;
  /** Loads the next page, or searches further back. */
  readonly more: () => void;
}

/**
 * Events that match a search, newest first, page by page, with new ones on top.
 */
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
        let isFirst = before === null;
        for await (const found of pages(search, before, signal)) {
          const starts = isFirst;
          isFirst = false;
          setPage((old) => append(starts ? NOTHING : old, found));
        }
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
    else newer(search, fresh).then(({ events, rules }) => setPage((old) => merge(old, events, rules)), ignore);
  }, [fresh]);
  useEffect(() => {
    if (isAll) setPage((old) => merge(old, seed.events, seed.rules));
  }, [seed]);
  const more = useCallback(() => void load(page.next), [load, page.next]);
  return { ...page, busy, trouble, more };
}

const ignore = (): void => undefined;

/**
 * Loads pages from `before` on until one is full, the search ends, or its limit is reached.
 */
async function* pages(search: EventSearch, before: number | null, signal: AbortSignal): AsyncGenerator<EventPage> {
  let from = before;
  let wanted = PAGE;
  for (let round = 0; round < ROUNDS; round += 1) {
    const asked = { ...parameters(search), before: from ?? undefined, limit: wanted };
    const found = await read<EventPage>('/api/events', asked, signal);
    yield found;
    from = found.next;
    wanted -= found.events.length;
    if (found.searchedTo === null || wanted <= 0) return;
  }
}

/** The new events that match, in their stored state. */
async function newer(search: EventSearch, fresh: readonly TerminalEvent[]): Promise<EventPage> {
  const [first] = fresh.map(({ time }) => time).sort();
  return first === undefined ? NOTHING : read<EventPage>('/api/events', { ...parameters(search), since: first });
}

function parameters({ text, risk, tool }: EventSearch) {
  return { text: text.trim(), tool, risk: risk === 'safe' ? undefined : risk };
}
