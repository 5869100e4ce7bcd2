import type { FastifyInstance } from 'fastify';
import type { DashboardPorts } from '../ports.ts';
import * as schemas from '../schemas/schemas.ts';

const PAGE = 100;

interface AuditQuery {
  readonly type?: string;
  readonly before?: number;
  readonly limit?: number;
}

/** The audit log (FR-901–905), newest first, and whether its chain verifies. */
export function auditRoutes(app: FastifyInstance, ports: DashboardPorts): void {
  app.get<{ Querystring: AuditQuery }>(
    '/api/audit',
    { schema: { querystring: schemas.INPUTS.audit, response: { 200: schemas.AUDIT } } },
    async ({ query }) => {
      const limit = query.limit ?? PAGE;
      const found = await ports.daemon.ask('audit.list', { ...query, limit: limit + 1 });
      const records = found.slice(0, limit);
      return { records, next: found.length > limit ? (records.at(-1)?.seq ?? null) : null };
    },
  );
  app.get(
    '/api/audit/verification',
    { schema: { querystring: schemas.INPUTS.nothing, response: { 200: schemas.VERIFICATION } } },
    async () => ports.daemon.ask('audit.verify', {}),
  );
}
