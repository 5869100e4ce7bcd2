import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { cookieName, type DashboardPorts } from '../ports.ts';

/** The three documents; none holds data. Their scripts and styles have hashed names and may be kept for ever. */
export interface PageTexts {
  readonly index: string;
  readonly enter: string;
  readonly locked: string;
}

export function readPages(folder: string): PageTexts {
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  return { index: read('index.html'), enter: read('enter.html'), locked: read('locked.html') };
}

/** The page itself, or, to whoever is not logged in, what to do about it. */
export async function pageRoutes(app: FastifyInstance, ports: DashboardPorts, pages: PageTexts): Promise<void> {
  await app.register(fastifyStatic, {
    root: join(ports.pageFolder, 'assets'),
    prefix: '/assets/',
    preCompressed: true,
    index: false,
    immutable: true,
    maxAge: '365d',
    cacheControl: true,
  });
  app.get('/', async (request, reply) => {
    const cookie = request.cookies[cookieName(ports.port)];
    const known = cookie !== undefined && ports.sessions.find(cookie) !== undefined;
    return known ? sendPage(reply, 200, pages.index) : sendPage(reply, 401, pages.locked);
  });
}

export function sendPage(reply: FastifyReply, status: number, text: string): FastifyReply {
  return reply.code(status).type('text/html; charset=utf-8').send(text);
}
