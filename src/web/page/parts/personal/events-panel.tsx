import { useMemo, useState } from 'preact/hooks';
import { RISK_LEVELS, type RiskLevel } from '../../../../domain/events/risk-level.ts';
import type { NamedUsage } from '../../../../domain/summaries/summary.ts';
import type { EventPage, RuleText, TerminalEvent } from '../../data/contract.ts';
import { EVERYTHING, type EventList, type EventSearch, isEverything, useEvents } from '../../data/use-events.ts';
import { count, fullTime, shortDay } from '../../model/format.ts';
import { Panel } from '../common/panel.tsx';
import { EventRow } from './event-row.tsx';

interface EventsPanelProps {
  readonly seed: readonly TerminalEvent[];
  readonly rules: readonly RuleText[];
  readonly fresh: readonly TerminalEvent[];
  readonly tools: readonly NamedUsage[];
}

/** The number that the server sends with the overview. */
const SEED = 50;

/** On a phone the list ends after so many lines, until it is unfolded (`events.css`). */
const FOLDED = 10;

/** The list of commands: search, filter, paging, and live updates on top. */
export function EventsPanel({ seed, rules, fresh, tools }: EventsPanelProps) {
  const [search, setSearch] = useState<EventSearch>(EVERYTHING);
  const page = useMemo<EventPage>(
    () => ({
      events: seed,
      rules,
      next: seed.length >= SEED ? (seed.at(-1)?.id ?? null) : null,
      searchedTo: null,
    }),
    [seed, rules],
  );
  const list = useEvents(search, page, fresh);
  const [isWhole, setIsWhole] = useState(false);
  const newest = new Set(fresh.map((event) => event.id));
  return (
    <Panel title="Commands" class="span-12" aside={<SearchForm search={search} tools={tools} onSearch={setSearch} />}>
      {list.trouble && (
        <p class="notice" role="status">
          {list.trouble}
        </p>
      )}
      {list.events.length > 0 && (
        <ol class={isWhole ? 'events' : 'events folded'}>
          {list.events.map((event, index) => (
            <EventRow
              key={event.id}
              event={event}
              rules={list.rules}
              isNew={newest.has(event.id)}
              day={dayChange(list.events[index - 1], event)}
            />
          ))}
        </ol>
      )}
      {list.events.length > FOLDED && !isWhole && (
        <button type="button" class="wide unfold" onClick={() => setIsWhole(true)}>
          Show all {count(list.events.length)}
        </button>
      )}
      <HowFar list={list} />
    </Panel>
  );
}

/**
 * How far the search has come, and the button to continue: millions of commands are searched in
 * parts.
 */
function HowFar({ list }: { readonly list: EventList }) {
  return (
    <>
      <p class="quiet how-far" role="status">
        {howFar(list)}
      </p>
      {list.next !== null && (
        <button type="button" class="wide" disabled={list.busy} onClick={list.more}>
          {list.searchedTo === null ? 'Older commands' : 'Search further back'}
        </button>
      )}
    </>
  );
}

function howFar({ events, searchedTo, busy }: EventList): string {
  if (searchedTo === null) return busy ? 'Searching …' : events.length === 0 ? 'No command matches this search.' : '';
  const back = `back to ${fullTime(searchedTo)}`;
  if (busy) return `Searching … ${back} so far.`;
  return `${events.length === 0 ? 'No command matches' : 'No more match'} ${back}; older ones have not been searched.`;
}

/** The day above an event, if it differs from that of the event before. */
function dayChange(previous: TerminalEvent | undefined, event: TerminalEvent): string | null {
  const day = shortDay(event.time);
  return previous && shortDay(previous.time) === day ? null : day;
}

interface SearchFormProps {
  readonly search: EventSearch;
  readonly tools: readonly NamedUsage[];
  readonly onSearch: (search: EventSearch) => void;
}

function SearchForm({ search, tools, onSearch }: SearchFormProps) {
  return (
    <search>
      <form class="search" onSubmit={(event) => event.preventDefault()}>
        <input
          type="search"
          aria-label="Search in commands"
          placeholder="Search"
          maxLength={200}
          value={search.text}
          onInput={(event) => onSearch({ ...search, text: event.currentTarget.value })}
        />
        <input
          type="text"
          aria-label="Tool"
          placeholder="Tool"
          list="tool-names"
          maxLength={100}
          size={8}
          value={search.tool}
          onInput={(event) => onSearch({ ...search, tool: event.currentTarget.value.trim() })}
        />
        <datalist id="tool-names">
          {tools.slice(0, 40).map((usage) => (
            <option key={usage.name} value={usage.name} />
          ))}
        </datalist>
        <select
          aria-label="Least risk"
          value={search.risk}
          onChange={(event) => onSearch({ ...search, risk: event.currentTarget.value as RiskLevel })}
        >
          {RISK_LEVELS.map((level) => (
            <option key={level} value={level}>
              {level === 'safe'
                ? 'Any risk'
                : level === 'critical'
                  ? 'Only critical'
                  : `${level === 'high' ? 'High' : 'Moderate'} or worse`}
            </option>
          ))}
        </select>
        {!isEverything(search) && (
          <button type="button" class="plain" onClick={() => onSearch(EVERYTHING)}>
            Clear
          </button>
        )}
      </form>
    </search>
  );
}
