import type { RequestListener, Server } from 'node:http';
import cookie from '@fastify/cookie';
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply } from 'fastify';
import { CaroError, type ErrorCode } from '../../domain/errors.ts';
import { openReader } from '../../storage/reader.ts';
import { openAnalystReader } from '../../storage/readers/analyst-reader.ts';
import { installGuards, refuse } from './guards.ts';
import { lazyReader } from './lazy-reader.ts';
import { describeApi } from './openapi.ts';
import type { DashboardPorts } from './ports.ts';
import { analystRoutes } from './routes/analyst.ts';
import { liveRoutes } from './routes/live.ts';
import { loginRoutes } from './routes/login.ts';
import { meshRoutes } from './routes/mesh.ts';
import { personalRoutes } from './routes/personal.ts';
import { requestRoutes } from './routes/requests.ts';
import { COMPILERS } from './schemas/schema-checks.ts';

/** Larger than any body that the page sends. */
const BODY_BYTES = 4 * 1024;

/**
 * The API and the login, behind their guards (docs/design.md §12). Takes the requests of `server`
 * that the static pages have not answered. Loaded after the page is on its way (`server.ts`).
 */
export async function createApplication(
  { databaseFile, ...given }: Omit<DashboardPorts, 'reader' | 'analyst'> & { readonly databaseFile: string },
  server: Server,
): Promise<RequestListener> {
  const ports: DashboardPorts = {
    ...given,
    reader: lazyReader(databaseFile, openReader),
    analyst: lazyReader(databaseFile, openAnalystReader),
  };
  let listener: RequestListener = () => undefined;
  const app = fastify({
    bodyLimit: BODY_BYTES,
    schemaController: { compilersFactory: COMPILERS },
    serverFactory: (handler) => {
      listener = handler;
      return server;
    },
  });
  await app.register(cookie);
  installGuards(app, ports);
  app.setErrorHandler((error: FastifyError, _request, reply) => answerError(error, reply));
  app.setNotFoundHandler((_request, reply) =>
    refuse(reply, { status: 404, code: 'not_found', message: 'There is no such address here.' }),
  );
  describeApi(app);
  addRoutes(app, ports);
  await app.ready();
  return listener;
}

function addRoutes(app: FastifyInstance, ports: DashboardPorts): void {
  loginRoutes(app, ports);
  personalRoutes(app, ports);
  requestRoutes(app, ports);
  meshRoutes(app, ports);
  analystRoutes(app, ports);
  liveRoutes(app, ports);
}

const STATUS_OF: Partial<Record<ErrorCode, number>> = {
  usage: 400,
  config_invalid: 409,
  preview_unseen: 409,
  not_found: 404,
  mailbox_full: 503,
  actor_degraded: 503,
  not_running: 503,
  roster_invalid: 400,
  roster_unsigned: 400,
  roster_expired: 400,
  roster_rollback: 409,
  database_damaged: 503,
  deadline_exceeded: 504,
};

/** All errors have one form. Internal errors are not disclosed. */
function answerError(error: FastifyError, reply: FastifyReply): FastifyReply {
  if (error instanceof CaroError) {
    return refuse(reply, { status: STATUS_OF[error.code] ?? 500, code: error.code, message: error.message });
  }
  const status = error.statusCode ?? 500;
  if (status >= 400 && status < 500) {
    return refuse(reply, { status, code: 'usage', message: error.message });
  }
  // Written to stderr of the service. The stack names places in this program, never data.
  console.error(error);
  return refuse(reply, { status: 500, code: 'internal', message: 'A defect in this program; nothing was changed.' });
}
