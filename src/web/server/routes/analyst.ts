import type { FastifyInstance } from 'fastify';
import { coverageOf, type FleetState, fleetOf } from '../../../domain/fleet/fleet.ts';
import { joinRequestLines } from '../../../domain/fleet/join-requests.ts';
import { type ReportQuestion, readReport } from '../../../domain/reports/read-report.ts';
import { REPORT_MEDIA, type ReportFormat, renderReport, reportFileName } from '../../../domain/reports/render.ts';
import { isoTime } from '../../../domain/time/iso-time.ts';
import type { TrendQuestion } from '../../../domain/trends/trend-answers.ts';
import type { DashboardPorts } from '../ports.ts';
import { INPUTS } from '../schemas/schemas.ts';
import { FLEET, HEAT_MAP, JOIN_REQUESTS, POSTURE, SOURCES, UNITS } from '../schemas/trend-schemas.ts';

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
      const { mesh, node, service } = await ports.daemon.ask('service.status', {});
      const { reports, answers, roster } = fleet();
      const members = fleetOf({
        peers: mesh?.peers ?? [],
        roster: roster(),
        self: { id: node.id, version: service.version },
        reports: reports(),
        answers: answers(),
        nowMs: ports.now(),
      });
      const wanted = text?.toLowerCase() ?? '';
      const found = members.filter(
        (member) =>
          (state === undefined || member.state === state) &&
          (member.name?.toLowerCase().includes(wanted) === true || member.id.toLowerCase().includes(wanted)),
      );
      return { coverage: coverageOf(members), found: found.length, members: found.slice(0, MEMBERS) };
    },
  );
  app.get(
    '/api/fleet/requests',
    { schema: { querystring: INPUTS.nothing, response: { 200: JOIN_REQUESTS } } },
    async () => ({
      requests: joinRequestLines(await ports.daemon.ask('org.requests', {}), fleet().roster()),
    }),
  );
  reportRoute(app, ports);
}

/** Nothing is fetched or run if a browser shows it. The style of the page stands in it. */
const REPORT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'";

/** A report as a file. Names of techniques and the version come from the service. */
function reportRoute(app: FastifyInstance, ports: DashboardPorts): void {
  app.get<{ Querystring: Omit<ReportQuestion, 'isRolling'> & { readonly format: ReportFormat } }>(
    '/api/report',
    { schema: { querystring: INPUTS.report } },
    async ({ query: { format, ...question } }, reply) => {
      const [techniques, { service }] = await Promise.all([
        ports.daemon.ask('techniques.list', {}),
        ports.daemon.ask('service.status', {}),
      ]);
      const report = readReport(
        ports.analyst(),
        { ...question, isRolling: false },
        {
          generatedAt: isoTime(ports.now()),
          version: service.version,
          techniqueOf: (wanted) => techniques.find(({ id }) => id === wanted),
        },
      );
      return reply
        .header('content-security-policy', REPORT_POLICY)
        .header('content-disposition', `attachment; filename="${reportFileName(report, format)}"`)
        .type(REPORT_MEDIA[format])
        .send(`${renderReport(report, format).join('\n')}\n`);
    },
  );
}
