import type { FastifyInstance } from 'fastify';
import type { PeriodKind } from '../../../domain/time/period.ts';
import type { DashboardPorts } from '../ports.ts';
import * as schemas from '../schemas/schemas.ts';

/** What would leave this machine, before anything does (FR-504), and what the owner allows. */
export function privacyRoutes(app: FastifyInstance, ports: DashboardPorts): void {
  app.get<{ Querystring: { readonly period: PeriodKind } }>(
    '/api/summary',
    { schema: { querystring: schemas.INPUTS.preview, response: { 200: schemas.PREVIEW } } },
    async ({ query }) => {
      const { document, closed, digest } = await ports.daemon.ask('summary.preview', { period: query.period });
      const envelope = JSON.stringify(document);
      const payload = Buffer.from(document.payload, 'base64').toString('utf8');
      return { envelope, payload, bytes: Buffer.byteLength(envelope), closed, digest };
    },
  );
  app.get(
    '/api/summaries',
    { schema: { querystring: schemas.INPUTS.nothing, response: { 200: schemas.SUMMARIES } } },
    async () => ({ summaries: await ports.daemon.ask('summary.list', { limit: 50 }) }),
  );
  app.get(
    '/api/sharing',
    { schema: { querystring: schemas.INPUTS.nothing, response: { 200: schemas.SHARING } } },
    async () => ports.daemon.ask('policy.sharing', {}),
  );
}
