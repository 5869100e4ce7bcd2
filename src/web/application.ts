import cookie from '@fastify/cookie';
import rateLimit from '@fastify/rate-limit';
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply } from 'fastify';
import { CaroError, type ErrorCode } from '../domain/errors.ts';
import { installGuards, refuse } from './guards.ts';
import { describeApi } from './openapi.ts';
import type { DashboardPorts } from './ports.ts';
import { auditRoutes } from './routes/audit.ts';
import { liveRoutes } from './routes/live.ts';
import { loginRoutes } from './routes/login.ts';
import { meshRoutes } from './routes/mesh.ts';
import { pageRoutes, readPages } from './routes/pages.ts';
import { personalRoutes } from './routes/personal.ts';
import { privacyRoutes } from './routes/privacy.ts';
import { trustRoutes } from './routes/trust.ts';
import { COMPILERS } from './schema-checks.ts';

/** Nothing that a page sends is larger. */
const BODY_BYTES = 4 * 1024;
const KEEP_ALIVE_MS = 10_000;

/** The dashboard's HTTP side. It listens nowhere: connections are given to its `server` (design.md §12). */
export async function createApplication(ports: DashboardPorts): Promise<FastifyInstance> {
  const app = fastify({
    bodyLimit: BODY_BYTES,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionTimeout: 60_000,
    forceCloseConnections: true,
    schemaController: { compilersFactory: COMPILERS },
  });
  const pages = readPages(ports.pageFolder);
  await app.register(cookie);
  await app.register(rateLimit, { global: false });
  installGuards(app, ports);
  app.setErrorHandler((error: FastifyError, _request, reply) => answerError(error, reply));
  app.setNotFoundHandler((_request, reply) =>
    refuse(reply, { status: 404, code: 'not_found', message: 'There is no such address here.' }),
  );
  describeApi(app);
  await pageRoutes(app, ports, pages);
  loginRoutes(app, ports, pages);
  personalRoutes(app, ports);
  privacyRoutes(app, ports);
  auditRoutes(app, ports);
  trustRoutes(app, ports);
  meshRoutes(app, ports);
  liveRoutes(app, ports);
  await app.ready();
  return app;
}

const STATUS_OF: Partial<Record<ErrorCode, number>> = {
  usage: 400,
  config_invalid: 409,
  not_found: 404,
  mailbox_full: 503,
  actor_degraded: 503,
  not_running: 503,
  database_damaged: 503,
  deadline_exceeded: 504,
};

/** One form for all errors; what is not meant for users is not told. */
function answerError(error: FastifyError, reply: FastifyReply): FastifyReply {
  if (error instanceof CaroError) {
    return refuse(reply, { status: STATUS_OF[error.code] ?? 500, code: error.code, message: error.message });
  }
  const status = error.statusCode ?? 500;
  if (status >= 400 && status < 500) {
    return refuse(reply, { status, code: status === 429 ? 'too_many' : 'usage', message: error.message });
  }
  // Goes to the service's stderr; what throws here names places in this program, never data.
  console.error(error);
  return refuse(reply, { status: 500, code: 'internal', message: 'A defect in this program; nothing was changed.' });
}
