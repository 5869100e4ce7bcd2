import type { EventFilter, EventPage } from '../../domain/events/event.ts';
import { riskRank } from '../../domain/events/risk-level.ts';
import { isoTime } from '../../domain/time/iso-time.ts';
import type { Database } from '../database.ts';
import { EVENT_COLUMNS, type EventRow, eventOf } from './event-row.ts';

const DEFAULT_LIMIT = 100;
/** Maximum number of events of one page. */
const MAX_EVENTS = 10_000;
/** Maximum number of rows scanned for one page: about 30 ms of work. */
const MAX_ROWS_SCANNED = 50_000;
const SLICE = 5_000;

/** Where a slice ends: the order of events is by time, then by id. */
interface Cursor {
  readonly time_ms: number;
  readonly id: number;
}

interface Condition {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

/**
 * Events that match a filter, newest first. Time and high risk have an index; for other conditions
 * at most `maxScanned` rows are scanned, in slices. `searchedTo` then says how far back, and `next`
 * continues from there.
 */
export function searchEvents(database: Database, filter: EventFilter, maxScanned = MAX_ROWS_SCANNED): EventPage {
  const limit = Math.min(filter.limit ?? DEFAULT_LIMIT, MAX_EVENTS);
  const range = rangeOf(filter);
  const fits = scanConditionsOf(filter);
  let from = filter.before === undefined ? null : placeOf(database, filter.before);
  // An event that retention has removed was older than all remaining ones.
  if (from === undefined) return { events: [], next: null, searchedTo: null };
  const rows: EventRow[] = [];
  for (let scanned = 0; scanned < maxScanned; scanned += SLICE) {
    const slice: Condition[] = [...range, ...after(from)];
    const end = fits.length > 0 ? endOfSlice(database, slice) : null;
    const until = end ? [{ sql: '(time_ms, event.id) >= (?, ?)', values: [end.time_ms, end.id] }] : [];
    // One row more than the page tells whether there is a next page.
    rows.push(...read(database, [...slice, ...until, ...fits], limit + 1 - rows.length));
    if (rows.length > limit)
      return { events: rows.slice(0, limit).map(eventOf), next: idOf(rows[limit - 1]), searchedTo: null };
    if (!end) return { events: rows.map(eventOf), next: null, searchedTo: null };
    from = end;
  }
  return {
    events: rows.map(eventOf),
    next: from?.id ?? null,
    searchedTo: from && isoTime(from.time_ms),
  };
}

/** All events that match, up to the limit of the filter, without a limit on scanned rows. */
export function allEvents(database: Database, filter: EventFilter): EventPage['events'] {
  return searchEvents(database, filter, Number.POSITIVE_INFINITY).events;
}

const idOf = (row: EventRow | undefined): number | null => row?.id ?? null;

/** Conditions that an index answers. */
function rangeOf({ id, since, until, risk }: EventFilter): readonly Condition[] {
  return [
    ...(id === undefined ? [] : [{ sql: 'event.id = ?', values: [id] }]),
    ...(since === undefined ? [] : [{ sql: 'time_ms >= ?', values: [Date.parse(since)] }]),
    ...(until === undefined ? [] : [{ sql: 'time_ms < ?', values: [Date.parse(until)] }]),
    // A literal, so that SQLite uses the partial index of risky events.
    ...(risk === 'high' || risk === 'critical' ? [{ sql: 'risk >= 2', values: [] }] : []),
  ];
}

/** Conditions for which each row must be scanned. */
function scanConditionsOf({ risk, tool, text }: EventFilter): readonly Condition[] {
  return [
    ...(risk === 'moderate' || risk === 'critical' ? [{ sql: 'risk >= ?', values: [riskRank(risk)] }] : []),
    // The first condition is fast but inexact, the second is exact.
    ...(tool === undefined
      ? []
      : [
          {
            sql: 'instr(tools, ?) > 0 AND EXISTS (SELECT 1 FROM json_each(event.tools) WHERE value = ?)',
            values: [JSON.stringify(tool), tool],
          },
        ]),
    ...(text === undefined ? [] : [{ sql: "command LIKE ? ESCAPE '\\'", values: [`%${literal(text)}%`] }]),
  ];
}

const literal = (text: string): string => text.replace(/[\\%_]/g, '\\$&');

const after = (place: Cursor | null): readonly Condition[] =>
  place ? [{ sql: '(time_ms, event.id) < (?, ?)', values: [place.time_ms, place.id] }] : [];

function placeOf(database: Database, id: number): Cursor | undefined {
  return database.prepare('SELECT time_ms, id FROM event WHERE id = ?').get(id) as Cursor | undefined;
}

/** The last row of a slice; null where what is left is less than one. */
function endOfSlice(database: Database, conditions: readonly Condition[]): Cursor | null {
  const { where, values } = joined(conditions);
  const place = database
    .prepare(`SELECT time_ms, id FROM event ${where} ORDER BY time_ms DESC, id DESC LIMIT 1 OFFSET ?`)
    .get(...values, SLICE - 1) as Cursor | undefined;
  return place ?? null;
}

function read(database: Database, conditions: readonly Condition[], limit: number): readonly EventRow[] {
  const { where, values } = joined(conditions);
  return database
    .prepare(`SELECT ${EVENT_COLUMNS} ${where} ORDER BY time_ms DESC, event.id DESC LIMIT ?`)
    .all(...values, limit) as EventRow[];
}

function joined(conditions: readonly Condition[]): { readonly where: string; readonly values: (string | number)[] } {
  return {
    where: conditions.length > 0 ? `WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}` : '',
    values: conditions.flatMap(({ values }) => values),
  };
}
