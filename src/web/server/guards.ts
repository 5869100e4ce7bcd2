import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type DashboardPorts, proofIn } from './ports.ts';
import { type Asked, checkRequest, errorText, HEADERS, ownHosts, type Refusal } from './request-checks.ts';

/**
 * Puts the checks in front of every route: headers, Host, Origin; and the login in front of the
 * API.
 */
export function installGuards(app: FastifyInstance, ports: DashboardPorts): void {
  const hosts = ownHosts(ports.port);
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(HEADERS);
    const asked = askedOf(request);
    const refusal = checkRequest(request, asked, hosts);
    if (refusal) {
      ports.daemon.refused(refusal.reason);
      return refuse(reply, refusal);
    }
    if (asked === 'call' && !loggedIn(request, ports)) return refuse(reply, NOT_LOGGED_IN);
  });
}

/**
 * Judged by the route that was found, never by the address as it was written: the router decodes it
 * first, so `/%61pi/events` is `/api/events`. What finds no route has nothing to give; all others
 * but the login are calls.
 */
function askedOf({ routeOptions: { url } }: FastifyRequest): Asked {
  if (url === undefined) return 'document';
  return url === '/login' ? 'login' : 'call';
}

const NOT_LOGGED_IN: Refusal = {
  status: 401,
  code: 'not_logged_in',
  message: 'Expected the login of this page, got none or one that ended; run `caro dashboard` to open it.',
};

/** Cookie and page token both, of one login. */
function loggedIn(request: FastifyRequest, ports: DashboardPorts): boolean {
  const { cookie, pageToken } = proofIn(request.headers, ports.port);
  return ports.sessions.holds(cookie, pageToken);
}

/** Answers an error in the one form that all errors of the API have. */
export function refuse(reply: FastifyReply, refusal: Refusal): FastifyReply {
  return reply.code(refusal.status).type('application/json; charset=utf-8').send(errorText(refusal));
}
