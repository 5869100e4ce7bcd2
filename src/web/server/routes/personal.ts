import type { FastifyInstance } from 'fastify';
import type { EventFilter, TerminalEvent } from '../../../domain/events/event.ts';
import type { ServiceStatus } from '../../../domain/status/status.ts';
import { DAY_MS } from '../../../domain/time/period.ts';
import type { RuleText } from '../../ipc-protocol.ts';
import type { DashboardPorts } from '../ports.ts';
import * as schemas from '../schemas/schemas.ts';

const RECENT = 50;
const RISKY = 8;
const WEEK_MS = 7 * DAY_MS;

interface Range {
  readonly since: string;
  readonly until: string;
}

/**
 * The owner's own figures and events (FR-802), read from the database; times are UTC, the page
 * makes them local.
 */
export function personalRoutes(app: FastifyInstance, ports: DashboardPorts): void {
  app.get<{ Querystring: Range }>(
    '/api/overview',
    { schema: { querystring: schemas.INPUTS.range, response: { 200: schemas.OVERVIEW } } },
    async ({ query }) => {
      const reader = ports.reader();
      const { events: recent } = reader.search({ limit: RECENT });
      const { events: risky } = reader.search({ risk: 'high', limit: RISKY });
      const [rules, status] = await Promise.all([rulesOf(ports, [...recent, ...risky]), statusOf(ports)]);
      return { statistics: reader.statistics(...span(query)), risky, recent, rules, status };
    },
  );
  app.get<{ Querystring: Range }>(
    '/api/activity',
    { schema: { querystring: schemas.INPUTS.range, response: { 200: schemas.ACTIVITY } } },
    ({ query }) => ({ slots: ports.reader().slots(...span(query)) }),
  );
  app.get<{ Querystring: Partial<Range> }>(
    '/api/work',
    { schema: { querystring: schemas.INPUTS.work, response: { 200: schemas.WORK } } },
    async ({ query: { since, until } }) => {
      const untilMs = until === undefined ? Date.now() : Date.parse(until);
      const sinceMs = since === undefined ? untilMs - WEEK_MS : Date.parse(since);
      const reader = ports.reader();
      return { work: await reader.work(sinceMs, untilMs), digest: reader.digest(sinceMs, untilMs) };
    },
  );
  app.get<{ Querystring: EventFilter }>(
    '/api/events',
    { schema: { querystring: schemas.INPUTS.events, response: { 200: schemas.EVENTS } } },
    async ({ query }) => {
      const page = ports.reader().search({ ...query, limit: query.limit ?? RECENT });
      return { ...page, rules: await rulesOf(ports, page.events) };
    },
  );
}

const span = ({ since, until }: Range): [number, number] => [Date.parse(since), Date.parse(until)];

/** The page is useful even if the service is too busy to report its status. */
async function statusOf(ports: DashboardPorts): Promise<ServiceStatus | null> {
  try {
    return await ports.daemon.ask('service.status', {});
  } catch {
    return null;
  }
}

/** Texts of the rules that these events matched; the daemon knows them. */
export async function rulesOf(ports: DashboardPorts, events: readonly TerminalEvent[]): Promise<readonly RuleText[]> {
  const ids = [...new Set(events.flatMap((event) => event.rules))].slice(0, 200);
  return ids.length > 0 ? ports.daemon.rules(ids) : [];
}
