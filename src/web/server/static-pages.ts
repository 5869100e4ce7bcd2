import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import Negotiator from 'negotiator';
import type { RefusalReason } from '../ipc-protocol.ts';
import type { SessionStore } from '../session-store.ts';
import { HTML, type PageTexts } from './page-texts.ts';
import { proofIn } from './ports.ts';
import { checkRequest, errorText, HEADERS, ownHosts } from './request-checks.ts';

export interface StaticPagesPorts {
  readonly port: number;
  readonly pageFolder: string;
  readonly pages: PageTexts;
  readonly sessions: Pick<SessionStore, 'find'>;
  readonly refused: (reason: RefusalReason) => void;
}

const JSON_TEXT = 'application/json; charset=utf-8';
const KEPT = 'public, max-age=31536000, immutable';
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
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
  const hosts = ownHosts(ports.port);
  const assets = listAssets(join(ports.pageFolder, 'assets'));
  return (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return false;
    const path = request.url?.split('?', 1)[0] ?? '';
    const asset = assets.get(path);
    if (path !== '/' && !asset) return false;
    const refusal = checkRequest(request, 'document', hosts);
    if (refusal) {
      ports.refused(refusal.reason);
      send(request, response, refusal.status, { 'content-type': JSON_TEXT }, errorText(refusal));
    } else if (asset) sendAsset(request, response, asset);
    else {
      // Without a login, a document that says how to open the page.
      const known = ports.sessions.find(proofIn(request.headers, ports.port).cookie) !== undefined;
      send(
        request,
        response,
        known ? 200 : 401,
        { 'content-type': HTML },
        known ? ports.pages.index : ports.pages.locked,
      );
    }
    return true;
  };
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
