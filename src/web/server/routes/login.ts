import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { type BucketSize, createTokenBuckets } from '../../../domain/token-bucket.ts';
import { secretHash } from '../../session-store.ts';
import { refuse } from '../guards.ts';
import { HTML } from '../page-texts.ts';
import { cookieName, type DashboardPorts } from '../ports.ts';
import type { Refusal } from '../request-checks.ts';
import { INPUTS } from '../schemas/schemas.ts';

/** Refusals beyond these are answered with a short error instead of a page. */
const REFUSALS: BucketSize = { burst: 20, refillMs: 60_000 / 20 };
/** Nothing that another program left at this origin is kept. */
const CLEARED = '"cache", "storage"';
const PLACEHOLDER = '%PAGE_TOKEN%';

/**
 * Login and logout. A login answers with the cookie and with a page that holds the page
 * token once; its script keeps that token for this origin and moves on by itself, because a
 * `SameSite=Strict` cookie is not sent along a redirect that began on another site.
 */
export function loginRoutes(app: FastifyInstance, ports: DashboardPorts): void {
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
    done(null, Object.fromEntries(new URLSearchParams(String(body))));
  });
  const refusals = createTokenBuckets(REFUSALS);
  app.post<{ Body: { readonly login: string } }>(
    '/login',
    { schema: { body: INPUTS.login } },
    async ({ body, headers }, reply) => {
      const cookie = randomBytes(32).toString('base64url');
      const pageToken = randomBytes(32).toString('base64url');
      const session = await ports.daemon.redeem({
        login: body.login,
        cookieHash: secretHash(cookie),
        pageHash: secretHash(pageToken),
        label: ports.hosts.labelOf(headers.host) ?? null,
      });
      if (!session) return sendRefusal(reply, ports, refusals.take('login', ports.now()).isGranted);
      ports.sessions.add(session);
      const maxAge = Math.max(1, Math.floor((session.expiresMs - ports.now()) / 1000));
      setCookie(reply, ports, cookie, maxAge);
      reply.header('clear-site-data', CLEARED);
      return sendPage(reply, 200, ports.pages.enter.replace(PLACEHOLDER, pageToken));
    },
  );
  app.post('/api/logout', async (request, reply) => {
    const hash = secretHash(request.cookies[cookieName(ports.port)] ?? '');
    ports.sessions.remove(hash);
    ports.daemon.logout(hash);
    setCookie(reply, ports, '', 0);
    return reply.code(204).send();
  });
}

/**
 * Every token is checked, whatever was refused before: otherwise a web page that posts guesses
 * could keep the owner out. That helps nobody to guess one (`LoginTokens.redeem`).
 */
function sendRefusal(reply: FastifyReply, { daemon, pages }: DashboardPorts, withPage: boolean): FastifyReply {
  daemon.refused(withPage ? 'login' : 'rate');
  return withPage ? sendPage(reply, 403, pages.locked.replace(LOCKED, NOT_VALID)) : refuse(reply, TOO_MANY);
}

/** The heading of `locked.html`, and what stands there after a login that is used or too old. */
const LOCKED = 'This dashboard is locked';
const NOT_VALID = 'This login is no longer valid';

const TOO_MANY: Refusal = {
  status: 429,
  code: 'too_many',
  message: 'Expected a login of caro dashboard; got too many others within a minute.',
};

const sendPage = (reply: FastifyReply, status: number, text: string): FastifyReply =>
  reply.code(status).type(HTML).send(text);

function setCookie(reply: FastifyReply, ports: DashboardPorts, value: string, maxAge: number): void {
  reply.setCookie(cookieName(ports.port), value, { path: '/', httpOnly: true, sameSite: 'strict', maxAge });
}
