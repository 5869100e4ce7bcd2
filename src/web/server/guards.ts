import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type DashboardPorts, proofIn } from './ports.ts';
import { type Asked, checkRequest, errorText, HEADERS, type Refusal } from './request-checks.ts';

/**
 * Installs the checks of headers, Host and Origin for every route, and of the login for the API.
 */
export function installGuards(app: FastifyInstance, ports: DashboardPorts): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(HEADERS);
    const asked = askedOf(request);
    const refusal = checkRequest(request, asked, ports.hosts);
    if (refusal) {
      ports.daemon.refused(refusal.reason);
      return refuse(reply, refusal);
    }
    if (asked === 'call' && !loggedIn(request, ports)) return refuse(reply, NOT_LOGGED_IN);
  });
}

/**
 * Decided by the matched route, never by the address as written: the router decodes it first, so
 * `/%61pi/events` is `/api/events`. An address without a route serves nothing. Every route but the
 * login is a call.
 */
function askedOf({ routeOptions: { url } }: FastifyRequest): Asked {
  if (url === undefined) return 'document';
  return url === '/login' ? 'login' : 'call';
}

const NOT_LOGGED_IN: Refusal = {
  status: 401,
  code: 'not_logged_in',
  message: 'Expected the login of this page, got none or one that ended; open it with: caro dashboard',
};

/** Cookie and page token both, of one login, at its origin. */
function loggedIn(request: FastifyRequest, ports: DashboardPorts): boolean {
  const { cookie, pageToken } = proofIn(request.headers, ports.port);
  const isHere = ports.sessions.findAt(cookie, ports.hosts.labelOf(request.headers.host)) !== undefined;
  return isHere && ports.sessions.holds(cookie, pageToken);
}

/** Sends an error in the form of all errors of the API. */
export function refuse(reply: FastifyReply, refusal: Refusal): FastifyReply {
  return reply.code(refusal.status).type('application/json; charset=utf-8').send(errorText(refusal));
}
