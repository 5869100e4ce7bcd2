import type { Actor } from '../bus/actor.ts';
import type { EventFilter, TerminalEvent } from '../domain/event.ts';
import { DAY_MS } from '../domain/period.ts';
import type { QueryResult } from '../domain/query.ts';
import type { LocalStatistics } from '../domain/statistics.ts';
import { TARGET_STATES } from '../domain/trust.ts';

export interface QueryPorts {
  readonly listEvents: (filter: EventFilter) => readonly TerminalEvent[];
  readonly statistics: (sinceMs: number, untilMs: number) => LocalStatistics;
  readonly now: () => number;
}

const DEFAULT_SPAN_MS = 7 * DAY_MS;

/** Answers the owner's questions from this node, and the mesh's by asking all targets, of which one node alone has none. */
export function createQueryRouter(ports: QueryPorts): Actor<'events.list' | 'stats.read' | 'mesh.query'> {
  const span = (since: string | undefined): { sinceMs: number; untilMs: number } => {
    const untilMs = ports.now();
    return { sinceMs: since === undefined ? untilMs - DEFAULT_SPAN_MS : Date.parse(since), untilMs };
  };
  return {
    name: 'query router',
    handlers: {
      'events.list': (filter) => ports.listEvents(filter),
      'stats.read': ({ since }) => {
        const { sinceMs, untilMs } = span(since);
        return ports.statistics(sinceMs, untilMs);
      },
      'mesh.query': ({ type, since }): QueryResult => {
        const { sinceMs, untilMs } = span(since);
        return {
          type,
          since: new Date(sinceMs).toISOString(),
          until: new Date(untilMs).toISOString(),
          targets: [],
          counts: Object.fromEntries(TARGET_STATES.map((state) => [state, 0])) as QueryResult['counts'],
          contributors: 0,
          withheld: 'cohort_too_small',
          withheldCells: [],
          aggregate: null,
          elapsedMs: 0,
        };
      },
    },
  };
}
