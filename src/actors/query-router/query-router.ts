import type { Actor } from '../../bus/actor.ts';
import { yieldToEventLoop } from '../../bus/event-loop.ts';
import type { AnomalyReport } from '../../domain/anomalies/anomaly.ts';
import type { Configuration } from '../../domain/configuration.ts';
import type { EventFilter, TerminalEvent } from '../../domain/events/event.ts';
import { DAY_MS } from '../../domain/time/period.ts';
import type { Reader } from '../../storage/reader.ts';
import { type AskPorts, askMesh } from './mesh-question.ts';

export interface QueryPorts extends Pick<Reader, 'search' | 'statistics'> {
  /** For the owner, so including denied tools. */
  readonly anomalies: (sinceMs: number, untilMs: number) => AnomalyReport;
  readonly mesh: AskPorts;
  readonly now: () => number;
}

type Kinds = 'events.list' | 'stats.read' | 'anomalies.list' | 'mesh.query' | 'config.commit';

const DEFAULT_SPAN_MS = 7 * DAY_MS;

/**
 * Answers questions about this node from its database, and about the mesh by asking every trusted
 * peer.
 */
export function createQueryRouter(ports: QueryPorts, initial: Configuration): Actor<Kinds> {
  let configuration = initial;
  const span = (since: string | undefined): { sinceMs: number; untilMs: number } => {
    const untilMs = ports.now();
    return { sinceMs: since === undefined ? untilMs - DEFAULT_SPAN_MS : Date.parse(since), untilMs };
  };
  return {
    name: 'query router',
    // A search of all events takes seconds, and a query waits for peers.
    concurrent: ['mesh.query', 'events.list'],
    handlers: {
      'events.list': (filter) => searchAll(ports.search, filter),
      'stats.read': ({ since }) => {
        const { sinceMs, untilMs } = span(since);
        return ports.statistics(sinceMs, untilMs);
      },
      'anomalies.list': ({ since }) => {
        const { sinceMs, untilMs } = span(since);
        return ports.anomalies(sinceMs, untilMs);
      },
      'mesh.query': ({ type, since, timeoutMs, query }) =>
        askMesh(ports.mesh, configuration, {
          type,
          ...span(since),
          ...(timeoutMs === undefined ? {} : { deadlineMs: timeoutMs }),
          ...(query === undefined ? {} : { query }),
        }),
      'config.commit': (next) => {
        configuration = next;
        return null;
      },
    },
  };
}

const DEFAULT_LIMIT = 100;

/** Searches to the end in slices, so that observation goes on between them. */
async function searchAll(search: QueryPorts['search'], filter: EventFilter): Promise<readonly TerminalEvent[]> {
  const { limit = DEFAULT_LIMIT } = filter;
  const first = search({ ...filter, limit });
  const events = [...first.events];
  for (let before = first.next; before !== null && events.length < limit; ) {
    await yieldToEventLoop();
    const page = search({ ...filter, before, limit: limit - events.length });
    events.push(...page.events);
    before = page.next;
  }
  return events;
}
