import type { IncomingHttpHeaders } from 'node:http';
import type { RefusalReason } from '../ipc-protocol.ts';
import type { OwnHosts } from '../origins.ts';

/**
 * No inline script or style, nothing from elsewhere, no frame around it: text that slips into the
 * page stays text.
 */
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

/** Headers of every answer. */
export const HEADERS = {
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

export type GuardRefusal = Refusal & { readonly reason: RefusalReason };

/** The one form that all errors of the API have. */
export const errorText = ({ code, message }: Refusal): string => JSON.stringify({ error: { code, message } });

/**
 * Kinds of requests: documents and assets hold no data, the login grants access, and a call needs a
 * login.
 */
export type Asked = 'document' | 'login' | 'call';

interface Sent {
  readonly method?: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** Why a request is refused regardless of login; null if it is allowed. */
export function checkRequest(request: Sent, asked: Asked, hosts: OwnHosts): GuardRefusal | null {
  if (!hosts.has(request.headers.host ?? '')) return FOREIGN_HOST;
  return isOwn(request, asked) ? null : FOREIGN_ORIGIN;
}

const FOREIGN_HOST: GuardRefusal = {
  reason: 'host',
  status: 421,
  code: 'foreign_host',
  message:
    'Expected localhost, 127.0.0.1, [::1] or the address of a login that is still valid; open the dashboard with: caro dashboard',
};

const FOREIGN_ORIGIN: GuardRefusal = {
  reason: 'origin',
  status: 403,
  code: 'foreign_origin',
  message: 'Expected a request of this page, got one that another page sent.',
};

/**
 * Checks the sender as the browser reports it. A read needs no Origin, because a page's own GET has
 * none, but may not have a foreign one. A change must come from this page. The login form is opened
 * from disk, so its origin is `null`.
 */
function isOwn({ method, headers }: Sent, asked: Asked): boolean {
  const { origin, host = '' } = headers;
  if (origin === `http://${host}`) return true;
  if (method === 'GET' || method === 'HEAD')
    return origin === undefined && !(asked === 'call' && isFromElsewhere(headers));
  return asked === 'login' && method === 'POST' && origin === 'null' && !isEmbedded(headers);
}

/**
 * Whether a frame or a script of another page sent it. A sandboxed one also has the origin `null`,
 * and could use up the login attempts. The login form is a document of its own.
 */
const isEmbedded = ({ 'sec-fetch-dest': destination }: IncomingHttpHeaders): boolean =>
  destination !== undefined && destination !== 'document';

/**
 * Whether a script of another page, or of another port of this host, calls the API. A link to the
 * page is not a call.
 */
function isFromElsewhere({ 'sec-fetch-site': site }: IncomingHttpHeaders): boolean {
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}
