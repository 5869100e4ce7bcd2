import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Proof, RefusalReason } from './link.ts';
import { cookieName, type DashboardPorts } from './ports.ts';

/** No inline script or style, nothing from elsewhere, no frame around it: text that slips into the page stays text. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'cache-control': 'no-store',
} as const;

/** A request that was refused, in the form of every error of the API. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** Names under which this machine may be asked for the page: any other is a foreign name pointed at it (DNS rebinding). */
export function ownHosts(port: number): readonly string[] {
  const names = ['localhost', '127.0.0.1', '[::1]'];
  return [...names.map((name) => `${name}:${port}`), ...(port === 80 ? names : [])];
}

/** Puts the checks in front of every route: headers, Host, Origin; and the login in front of the API. */
export function installGuards(app: FastifyInstance, ports: DashboardPorts): void {
  const hosts = new Set(ownHosts(ports.port));
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(HEADERS);
    const refusal = checkHost(request, hosts) ?? checkOrigin(request);
    if (refusal) {
      ports.daemon.refused(refusal.reason);
      return refuse(reply, refusal);
    }
    if (isCall(request) && !loggedIn(request, ports)) return refuse(reply, NOT_LOGGED_IN);
  });
}

/** The documents and what they are made of: all that may be had without a login. */
const OPEN_ROUTES: ReadonlySet<string> = new Set(['/', '/login', '/assets/*']);

/**
 * Judged by the route that was found, never by the address as it was written: the router decodes it first, so `/%61pi/events` is
 * `/api/events`. What finds no route has nothing to give.
 */
function isCall(request: FastifyRequest): boolean {
  const { url } = request.routeOptions;
  return url !== undefined && !OPEN_ROUTES.has(url);
}

const NOT_LOGGED_IN: Refusal = {
  status: 401,
  code: 'not_logged_in',
  message: 'Expected the login of this page, got none or one that ended; run `caro dashboard` to open it.',
};

type GuardRefusal = Refusal & { readonly reason: RefusalReason };

function checkHost(request: FastifyRequest, hosts: ReadonlySet<string>): GuardRefusal | null {
  if (hosts.has(request.headers.host ?? '')) return null;
  return {
    reason: 'host',
    status: 421,
    code: 'foreign_host',
    message: 'This dashboard answers only to localhost, 127.0.0.1 and [::1]; open it with `caro dashboard`.',
  };
}

/**
 * Who sent it, as far as the browser says. Reading needs no Origin (a page's own GET has none) but may not have a foreign one;
 * whatever changes state must come from this page. The login form is opened from disk: its origin is `null`.
 */
function checkOrigin(request: FastifyRequest): GuardRefusal | null {
  const { origin, host } = request.headers;
  const own = `http://${host ?? ''}`;
  const reads = request.method === 'GET' || request.method === 'HEAD';
  const isLogin = request.method === 'POST' && request.routeOptions.url === '/login';
  if (origin === own || (reads && origin === undefined && !crossSiteCall(request))) return null;
  if (isLogin && origin === 'null') return null;
  return {
    reason: 'origin',
    status: 403,
    code: 'foreign_origin',
    message: 'Expected a request of this page, got one that another page sent.',
  };
}

/** A script of another page, or another port of this host, calls the API. A link to the page itself is nobody's call. */
function crossSiteCall(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site'];
  return isCall(request) && site !== undefined && site !== 'same-origin' && site !== 'none';
}

/** Cookie and page token both, of one login. */
function loggedIn(request: FastifyRequest, ports: DashboardPorts): boolean {
  const { cookie, pageToken } = proofOf(request, ports);
  return ports.sessions.holds(cookie, pageToken);
}

/** Both halves of the login that a request carries; empty where one is missing. */
export function proofOf(request: FastifyRequest, ports: Pick<DashboardPorts, 'port'>): Proof {
  const pageToken = request.headers['x-caro-token'];
  return {
    cookie: request.cookies[cookieName(ports.port)] ?? '',
    pageToken: typeof pageToken === 'string' ? pageToken : '',
  };
}

/** Answers an error in the one form that all errors of the API have. */
export function refuse(reply: FastifyReply, refusal: Refusal): FastifyReply {
  const { status, code, message } = refusal;
  return reply
    .code(status)
    .type('application/json; charset=utf-8')
    .send(JSON.stringify({ error: { code, message } }));
}
