import type { TerminalEvent } from '../../domain/events/event.ts';
import type { Database } from '../database.ts';
import { searchEvents } from './event-search.ts';

const PAGE = 1_000;

/** All events since a time (ISO 8601 UTC), newest first, read page by page. */
export function* eventsSince(database: Database, since: string): Generator<TerminalEvent> {
  for (let before: number | undefined; ; ) {
    const page = searchEvents(database, { since, limit: PAGE, ...(before === undefined ? {} : { before }) });
    yield* page.events;
    if (page.next === null) return;
    before = page.next;
  }
}
