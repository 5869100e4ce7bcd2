import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import Negotiator from 'negotiator';
import type { RefusalReason } from '../ipc-protocol.ts';
import { type OwnHosts, originUrl } from '../origins.ts';
import type { SessionStore } from '../session-store.ts';
import { HTML, type PageTexts } from './page-texts.ts';
import { proofIn } from './ports.ts';
import { checkRequest, errorText, HEADERS } from './request-checks.ts';

export interface StaticPagesPorts {
  readonly port: number;
  readonly pageFolder: string;
  readonly pages: PageTexts;
  readonly hosts: OwnHosts;
  readonly sessions: Pick<SessionStore, 'findAt' | 'labels'>;
  readonly refused: (reason: RefusalReason) => void;
}

const JSON_TEXT = 'application/json; charset=utf-8';
const PLAIN = 'text/plain; charset=utf-8';
const SCRIPT = 'text/javascript; charset=utf-8';
/** Browsers follow about twenty redirects. */
const MOST_HOPS = 8;
/**
 * The page has no service worker. A browser that asks for the script of one has one from a program
 * that held this port before; this script takes its place and removes it.
 */
const REMOVE_WORKER = `addEventListener('install', () => skipWaiting());
addEventListener('activate', (event) => event.waitUntil(remove()));
async function remove() {
  await registration.unregister();
  for (const page of await clients.matchAll({ type: 'window' })) void page.navigate(page.url);
}
`;
const KEPT = 'public, max-age=31536000, immutable';
const TYPES: Readonly<Record<string, string>> = {
  '.js': SCRIPT,
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};
/** Copies that the build made, the smallest first. */
const ENCODINGS = { br: '.br', gzip: '.gz' } as const;
type Encoding = keyof typeof ENCODINGS;

interface Asset {
  readonly file: string;
  readonly type: string;
  readonly encodings: readonly Encoding[];
}

/**
 * Answers what may be had without a login, and needs nothing of Fastify: the page is on its way to
 * the browser while the API is still being loaded (docs/adr/0007). False for any other request,
 * which it has not touched.
 */
export function createStaticPages(
  ports: StaticPagesPorts,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  const assets = listAssets(join(ports.pageFolder, 'assets'));
  return (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return false;
    const path = request.url?.split('?', 1)[0] ?? '';
    const asset = assets.get(path);
    const isWorker = request.headers['service-worker'] !== undefined;
    if (path !== '/' && path !== '/reach' && !asset && !isWorker) return false;
    const refusal = checkRequest(request, 'document', ports.hosts);
    if (refusal) {
      ports.refused(refusal.reason);
      // A person who opens the address of an old login again reads this.
      if (path === '/') send(request, response, refusal.status, { 'content-type': PLAIN }, `${refusal.message}\n`);
      else send(request, response, refusal.status, { 'content-type': JSON_TEXT }, errorText(refusal));
    } else if (isWorker) send(request, response, 200, { 'content-type': SCRIPT }, REMOVE_WORKER);
    else if (path === '/reach') sendReached(request, response, ports.hosts);
    else if (asset) sendAsset(request, response, asset);
    else sendDocument(request, response, ports);
    return true;
  };
}

/**
 * The page with a login. Without one, the address of the newest login, then those before it: this
 * browser may hold a cookie for any of them. After the last one, a document that says how to open
 * the page.
 */
function sendDocument(
  request: IncomingMessage,
  response: ServerResponse,
  { hosts, pages, port, sessions }: StaticPagesPorts,
): void {
  const label = hosts.labelOf(request.headers.host) ?? null;
  if (sessions.findAt(proofIn(request.headers, port).cookie, label)) {
    send(request, response, 200, { 'content-type': HTML }, pages.index);
    return;
  }
  const labels = sessions.labels().slice(0, MOST_HOPS);
  const next = label === null ? labels[0] : labels[labels.indexOf(label) + 1 || labels.length];
  if (next !== undefined) send(request, response, 302, { location: originUrl(next, port) }, '');
  else send(request, response, 401, { 'content-type': HTML }, pages.locked);
}

/** Lets the login file find out whether this browser resolves the login's own origin. */
function sendReached(request: IncomingMessage, response: ServerResponse, { labelOf }: OwnHosts): void {
  const isOwnOrigin = typeof labelOf(request.headers.host) === 'string';
  send(request, response, isOwnOrigin ? 204 : 404, { 'cross-origin-resource-policy': 'cross-origin' }, '');
}

/** By address. Only these files are served: no path of a request reaches the file system. */
function listAssets(folder: string): ReadonlyMap<string, Asset> {
  const names = new Set(readdirSync(folder));
  const isCopy = (name: string): boolean => Object.values(ENCODINGS).some((ending) => name.endsWith(ending));
  return new Map(
    [...names]
      .filter((name) => !isCopy(name))
      .map((name) => [
        `/assets/${name}`,
        {
          file: join(folder, name),
          type: TYPES[extname(name)] ?? 'application/octet-stream',
          encodings: (Object.keys(ENCODINGS) as Encoding[]).filter((encoding) => names.has(name + ENCODINGS[encoding])),
        },
      ]),
  );
}

function sendAsset(request: IncomingMessage, response: ServerResponse, { file, type, encodings }: Asset): void {
  const accepted = new Negotiator(request).encodings(encodings);
  const encoding = encodings.find((known) => accepted.includes(known));
  const headers = {
    'content-type': type,
    'cache-control': KEPT,
    vary: 'accept-encoding',
    ...(encoding ? { 'content-encoding': encoding } : {}),
  };
  send(request, response, 200, headers, readFileSync(encoding ? file + ENCODINGS[encoding] : file));
}

function send(
  { method }: IncomingMessage,
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string | Buffer,
): void {
  response.writeHead(status, { ...HEADERS, ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(method === 'HEAD' ? undefined : body);
}
