import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { secretHash } from '../../session-store.ts';
import { HTML } from '../page-texts.ts';
import { cookieName, type DashboardPorts } from '../ports.ts';
import { INPUTS } from '../schemas/schemas.ts';

const LOGINS_A_MINUTE = 20;
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
  const limit = {
    max: LOGINS_A_MINUTE,
    timeWindow: 60_000,
    // One limit for the whole machine: 127.0.0.0/8 has 16 million addresses, and a closed
    // connection has none.
    keyGenerator: () => 'login',
    onExceeded: () => ports.daemon.refused('rate'),
  };
  app.post<{ Body: { readonly login: string } }>(
    '/login',
    { config: { rateLimit: limit }, schema: { body: INPUTS.login } },
    async ({ body }, reply) => {
      const cookie = randomBytes(32).toString('base64url');
      const pageToken = randomBytes(32).toString('base64url');
      const session = await ports.daemon.redeem(body.login, secretHash(cookie), secretHash(pageToken));
      if (!session) {
        ports.daemon.refused('login');
        return sendPage(reply, 403, ports.pages.locked);
      }
      ports.sessions.add(session);
      const maxAge = Math.max(1, Math.floor((session.expiresMs - ports.now()) / 1000));
      setCookie(reply, ports, cookie, maxAge);
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

const sendPage = (reply: FastifyReply, status: number, text: string): FastifyReply =>
  reply.code(status).type(HTML).send(text);

function setCookie(reply: FastifyReply, ports: DashboardPorts, value: string, maxAge: number): void {
  reply.setCookie(cookieName(ports.port), value, { path: '/', httpOnly: true, sameSite: 'strict', maxAge });
}
