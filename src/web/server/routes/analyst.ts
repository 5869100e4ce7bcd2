import type { FastifyInstance } from 'fastify';
import { coverageOf, type FleetState, fleetOf } from '../../../domain/fleet/fleet.ts';
import type { TrendQuestion } from '../../../domain/trends/trend-answers.ts';
import type { DashboardPorts } from '../ports.ts';
import { INPUTS } from '../schemas/schemas.ts';
import { FLEET, HEAT_MAP, POSTURE, SOURCES, UNITS } from '../schemas/trend-schemas.ts';

/** More members than a person reads; the others are found by state and name. */
const MEMBERS = 200;

interface FleetQuestion {
  readonly state?: FleetState;
  /** Part of a name or an id. */
  readonly text?: string;
}

/**
 * Trends and the fleet, read from the database; only the state of connections comes from the
 * service.
 */
export function analystRoutes(app: FastifyInstance, ports: DashboardPorts): void {
  const trend = INPUTS.trend;
  const { trends, fleet } = { trends: () => ports.analyst().trends, fleet: () => ports.analyst().fleet };
  app.get('/api/posture/sources', { schema: { querystring: INPUTS.nothing, response: { 200: SOURCES } } }, () => ({
    sources: trends().sources(),
  }));
  app.get<{ Querystring: TrendQuestion }>(
    '/api/posture',
    { schema: { querystring: trend, response: { 200: POSTURE } } },
    ({ query }) => trends().posture(query),
  );
  app.get<{ Querystring: TrendQuestion }>(
    '/api/posture/techniques',
    { schema: { querystring: trend, response: { 200: HEAT_MAP } } },
    ({ query }) => trends().heatMap(query),
  );
  app.get<{ Querystring: TrendQuestion }>(
    '/api/posture/units',
    { schema: { querystring: trend, response: { 200: UNITS } } },
    ({ query }) => trends().units(query),
  );
  app.get<{ Querystring: FleetQuestion }>(
    '/api/fleet',
    { schema: { querystring: INPUTS.fleet, response: { 200: FLEET } } },
    async ({ query: { state, text } }) => {
      const { mesh } = await ports.daemon.ask('service.status', {});
      const facts = { reports: fleet().reports(), answers: fleet().answers(), nowMs: ports.now() };
      const members = fleetOf({ peers: mesh?.peers ?? [], ...facts });
      const wanted = text?.toLowerCase() ?? '';
      const found = members.filter(
        (member) =>
          (state === undefined || member.state === state) &&
          (member.name?.toLowerCase().includes(wanted) === true || member.id.toLowerCase().includes(wanted)),
      );
      return { coverage: coverageOf(members), found: found.length, members: found.slice(0, MEMBERS) };
    },
  );
}
