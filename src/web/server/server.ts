import { createServer, type IncomingMessage, type Server } from 'node:http';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { CachedModule } from '../../platform/code-cache.ts';
import {
  type DaemonMessage,
  decodeFromDaemon,
  type PageMessage,
  type RefusalReason,
  type Setup,
} from '../ipc-protocol.ts';
import { ownHosts } from '../origins.ts';
import { SessionStore } from '../session-store.ts';
import { DaemonClient } from './daemon-client.ts';
import { DeferredApi } from './deferred-api.ts';
import { createMetricsPage } from './metrics-page.ts';
import { readPages } from './page-texts.ts';
import { proofIn } from './ports.ts';
import { createStaticPages } from './static-pages.ts';

/**
 * Entry point of the page's process. It receives one setup message, then connections, until it is
 * idle for long enough or the daemon is gone.
 */
function main(): void {
  process.once('disconnect', () => process.exit(0));
  process.once('message', (value) => {
    const message = decodeFromDaemon(value);
    if (message?.type !== 'setup') process.exit(2);
    serve(message);
  });
}

const KEEP_ALIVE_MS = 10_000;
/** A connection without traffic for this long is closed; streams send heartbeats more often. */
const SILENCE_MS = 60_000;
/**
 * Time for the browser to request the parts of the page before the API is loaded, which blocks
 * everything else.
 */
const ASSETS_MS = 60;
/** When started before the browser connects, it loads the API at once. */
const UNASKED_MS = 250;

function serve(setup: Setup): void {
  const tell = (message: PageMessage): void => void process.send?.(message);
  const daemon = new DaemonClient(tell);
  const sessions = new SessionStore(Date.now, setup.sessions);
  let open = setup.open;
  const hosts = ownHosts(setup.port, () => [...open, ...sessions.labels()]);
  const pages = readPages(setup.pageFolder);
  const code = new CachedModule(join(__dirname, 'web-api.js'), join(setup.cacheFolder, 'web-api.code'));
  const api = new DeferredApi(() => {
    const { createApplication } = code.load() as typeof import('./application.ts');
    const { port, databaseFile } = setup;
    return createApplication({ port, hosts, databaseFile, pages, now: Date.now, sessions, daemon }, server);
  });
  const refused = (reason: RefusalReason): void => daemon.refused(reason);
  const shell = createStaticPages({ port: setup.port, hosts, pageFolder: setup.pageFolder, pages, sessions, refused });
  const isLoggedIn = ({ headers }: IncomingMessage): boolean => {
    const { cookie, pageToken } = proofIn(headers, setup.port);
    return sessions.findAt(cookie, hosts.labelOf(headers.host)) !== undefined && sessions.holds(cookie, pageToken);
  };
  const metrics = createMetricsPage({ hosts, daemon, isLoggedIn });
  const server = createServer((request, response) => {
    if (metrics(request, response)) return;
    if (shell(request, response)) response.once('finish', () => api.wantIn(request.url === '/' ? ASSETS_MS : 0));
    else void api.answer(request, response);
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.setTimeout(SILENCE_MS);
  const visitors = new Visitors(server, setup.idleMs, (received) => tell({ type: 'leaving', received }));
  process.on('message', (value, handle) => {
    const message = decodeFromDaemon(value);
    if (message?.type === 'socket' && handle instanceof Socket) {
      clearTimeout(unasked);
      tell({ type: 'received' });
      visitors.welcome(handle);
    } else if (message?.type === 'goodbye') {
      process.disconnect();
      code.keep();
    } else if (message?.type === 'open') open = message.labels;
    else if (message) hear(daemon, message);
  });
  process.once('SIGTERM', () => {
    code.keep();
    process.exit(0);
  });
  const unasked = setTimeout(() => api.wantIn(0), UNASKED_MS);
  tell({ type: 'ready' });
}

function hear(daemon: DaemonClient, message: DaemonMessage): void {
  if (message.type === 'reply') daemon.reply(message.id, message.reply);
  else if (message.type === 'events') daemon.events(message.events);
  else if (message.type === 'progress') daemon.progress(message.id, message.progress);
}

/** Counts connections, and reports when there has been none for a while. */
class Visitors {
  #open = 0;
  #received = 0;
  #timer: NodeJS.Timeout;

  constructor(
    private readonly server: Server,
    private readonly idleMs: number,
    private readonly idle: (received: number) => void,
  ) {
    this.#timer = this.#wait();
  }

  welcome(socket: Socket): void {
    clearTimeout(this.#timer);
    this.#open += 1;
    this.#received += 1;
    socket.once('close', () => {
      this.#open -= 1;
      if (this.#open > 0) return;
      clearTimeout(this.#timer);
      this.#timer = this.#wait();
    });
    this.server.emit('connection', socket);
    // Accepted paused, so that no byte was read before this process received it.
    socket.resume();
  }

  #wait(): NodeJS.Timeout {
    return setTimeout(() => {
      this.idle(this.#received);
      // The daemon disagrees if another connection is on its way.
      this.#timer = this.#wait();
    }, this.idleMs);
  }
}

main();
