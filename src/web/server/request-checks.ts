import type { IncomingHttpHeaders } from 'node:http';
import type { RefusalReason } from '../ipc-protocol.ts';

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
 * Names under which this machine may be asked for the page: any other is a foreign name pointed at
 * it (DNS rebinding).
 */
export function ownHosts(port: number): ReadonlySet<string> {
  const names = ['localhost', '127.0.0.1', '[::1]'];
  return new Set([...names.map((name) => `${name}:${port}`), ...(port === 80 ? names : [])]);
}

/**
 * What a request asks for: the documents and their assets hold no data, the login lets in, a call
 * needs a login.
 */
export type Asked = 'document' | 'login' | 'call';

interface Sent {
  readonly method?: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** Why a request is refused regardless of login; null if it is allowed. */
export function checkRequest(request: Sent, asked: Asked, hosts: ReadonlySet<string>): GuardRefusal | null {
  if (!hosts.has(request.headers.host ?? '')) return FOREIGN_HOST;
  return isOwn(request, asked) ? null : FOREIGN_ORIGIN;
}

const FOREIGN_HOST: GuardRefusal = {
  reason: 'host',
  status: 421,
  code: 'foreign_host',
  message: 'This dashboard answers only to localhost, 127.0.0.1 and [::1]; open it with `caro dashboard`.',
};

const FOREIGN_ORIGIN: GuardRefusal = {
  reason: 'origin',
  status: 403,
  code: 'foreign_origin',
  message: 'Expected a request of this page, got one that another page sent.',
};

/**
 * Who sent it, as far as the browser says. Reading needs no Origin (a page's own GET has none) but
 * may not have a foreign one; whatever changes state must come from this page. The login form is
 * opened from disk: its origin is `null`.
 */
function isOwn({ method, headers }: Sent, asked: Asked): boolean {
  const { origin, host = '' } = headers;
  if (origin === `http://${host}`) return true;
  if (method === 'GET' || method === 'HEAD')
    return origin === undefined && !(asked === 'call' && isFromElsewhere(headers));
  return asked === 'login' && method === 'POST' && origin === 'null' && !isEmbedded(headers);
}

/**
 * A frame of another page, or a script of it: its origin is `null` as well where it is sandboxed,
 * and it could use up the attempts of a minute for as long as that page is open. The login form is
 * a page of its own.
 */
const isEmbedded = ({ 'sec-fetch-dest': destination }: IncomingHttpHeaders): boolean =>
  destination !== undefined && destination !== 'document';

/**
 * A script of another page, or another port of this host, calls the API. A link to the page itself
 * is nobody's call.
 */
function isFromElsewhere({ 'sec-fetch-site': site }: IncomingHttpHeaders): boolean {
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}
