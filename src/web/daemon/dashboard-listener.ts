import { createServer, type Server, type Socket } from 'node:net';
import type { Bus } from '../../bus/bus.ts';
import type { Replies } from '../../bus/messages.ts';
import { CaroError } from '../../domain/errors.ts';
import { type Waiting, waitingText } from '../../domain/status/waiting.ts';
import { listenAt, listenFault } from '../../platform/listening.ts';
import type { BrowserSession, Redemption, RefusalReason, RuleText } from '../ipc-protocol.ts';
import { originUrl } from '../origins.ts';
import { SESSION_MS, SessionStore } from '../session-store.ts';
import { LoginTokens } from './login-tokens.ts';
import type { PageProcess } from './page-process.ts';

const IDLE_MS = 30_000;
/** How often a taken port is tried again. */
const RETRY_MS = 2_000;
/**
 * Refusals of one kind are recorded in the audit log once in this time, with a count, so that a web
 * page cannot flood it.
 */
const REFUSAL_MS = 60_000;
/** The listener binds both, so that no other program can answer for `localhost` on this port. */
const LOOPBACK = ['127.0.0.1', '::1'] as const;

export interface DashboardOptions {
  /**
   * Loopback only: `127.0.0.1`, `::1` or `localhost`; in each case both loopback addresses are
   * taken.
   */
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** The built `web.js`. */
  readonly childPath: string;
  /** The built front end. */
  readonly pageFolder: string;
  readonly databaseFile: string;
  /** Directory of mode 0700 for login files and compiled code. */
  readonly runtimeFolder: string;
  readonly bus: Pick<Bus, 'request' | 'listen'>;
  /** Texts of risk rules, unknown ids left out. */
  readonly describeRules: (ids: readonly string[]) => readonly RuleText[] | Promise<readonly RuleText[]>;
  /** The token for `/metrics`; null if the owner has made none. */
  readonly metricsToken: () => Promise<string | null>;
  readonly now: () => number;
  /** Logs errors, which are rare and hold no command text. */
  readonly log: (text: string) => void;
  readonly idleMs?: number;
  readonly retryMs?: number;
  readonly loginLifetimeMs?: number;
  readonly sessionMs?: number;
}

export interface Dashboard {
  /** `http://localhost:PORT/`: what a person types. It leads to the origin of their login. */
  readonly url: string;
  readonly port: number;
  /** Set while another program has the port. */
  readonly waiting: () => Waiting | null;
  /** Process id of the page's process while there is one. */
  readonly childPid: () => number | undefined;
  /**
   * Writes the file that logs its reader in once (docs/design.md §12).
   * @throws CaroError `address_in_use`: the token would go to the program that has the port
   */
  readonly mintLogin: () => Promise<{ readonly file: string }>;
  /** A login file for the owner's browser; the page's process starts meanwhile. */
  readonly link: () => Promise<Replies['dashboard.link']>;
  /** Starts the page's process before the browser connects; resolves when it serves. */
  readonly warm: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/**
 * Listens on the dashboard's port in the daemon at almost no cost: no HTTP is parsed here. The
 * first connection starts the page's process, every connection is handed to it, and it exits when
 * idle (docs/adr/0007). Logins live here, as hashes, so they outlast that process. A taken port is
 * tried again until it is free.
 *
 * @throws CaroError `address_unsafe` for a host that is not loopback
 */
export async function openDashboard(options: DashboardOptions): Promise<Dashboard> {
  assertLoopback(options.host);
  const listener = new DashboardListener(options);
  await listener.open();
  return {
    get url() {
      return listener.url;
    },
    get port() {
      return listener.port;
    },
    waiting: () => listener.waiting,
    childPid: () => listener.childPid(),
    mintLogin: async () => listener.logins.mint(),
    link: async () => {
      const { logins, url } = listener;
      void listener.warm().catch((error: unknown) => options.log(`page process start failed: ${reasonOf(error)}`));
      return { ...(await logins.mint()), url };
    },
    warm: () => listener.warm(),
    close: () => listener.close(),
  };
}

class DashboardListener {
  readonly #servers: Server[] = [];
  readonly #sessions: SessionStore;
  readonly #refusals = new Map<RefusalReason, { count: number; readonly timer: NodeJS.Timeout }>();
  #logins: LoginTokens | undefined;
  #running: PageProcess | undefined;
  #port: number;
  #waiting: Waiting | null = null;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(private readonly options: DashboardOptions) {
    this.#sessions = new SessionStore(options.now);
    this.#port = options.port;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return originUrl(null, this.#port);
  }

  get waiting(): Waiting | null {
    return this.#waiting;
  }

  get logins(): LoginTokens {
    if (this.#logins) return this.#logins;
    const { code, ...wait } = this.#waiting ?? UNOPENED;
    throw new CaroError(
      code,
      `${waitingText('dashboard', { code, ...wait })}; stop that program, or set another [dashboard] port in caro.toml and restart the service`,
    );
  }

  /** Takes the port on both addresses, or waits until both are free. */
  async open(): Promise<void> {
    try {
      for (const address of LOOPBACK) await this.#take(address);
    } catch (error) {
      this.#wait(error as NodeJS.ErrnoException);
      return;
    }
    if (this.#waiting) this.options.log(`dashboard listens on port ${this.#port}`);
    this.#waiting = null;
    this.#logins = new LoginTokens({
      folder: this.options.runtimeFolder,
      port: this.#port,
      onChange: (labels) => this.#running?.tellOpen(labels),
      now: this.options.now,
      ...(this.options.loginLifetimeMs === undefined ? {} : { lifetimeMs: this.options.loginLifetimeMs }),
    });
  }

  async #take(address: string): Promise<void> {
    const server = await listen(address, this.#port, (socket) => void this.#admit(socket));
    if (!server) return;
    this.#servers.push(server);
    this.#port = portOf(server);
    if (this.#closed) server.close();
  }

  #wait(error: NodeJS.ErrnoException): void {
    for (const server of this.#servers.splice(0)) server.close();
    const waiting = { for: `localhost:${this.#port}`, ...listenFault(error) };
    if (this.#waiting?.reason !== waiting.reason) this.options.log(waitingText('dashboard', waiting));
    this.#waiting = waiting;
    this.#port = this.options.port;
    if (!this.#closed) this.#retry = setTimeout(() => void this.open(), this.options.retryMs ?? RETRY_MS).unref();
  }

  childPid(): number | undefined {
    return this.#running?.pid;
  }

  async warm(): Promise<void> {
    await (await this.#process())?.ready();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    for (const reason of [...this.#refusals.keys()]) this.#countRefusals(reason);
    this.#logins?.close();
    // The page's process closes the connections that it received. Waiting for the servers here
    // would never end after a crash.
    for (const server of this.#servers.splice(0)) server.close();
    await this.#running?.close();
  }

  async #admit(socket: Socket): Promise<void> {
    const process = await this.#process();
    if (process) process.take(socket);
    else socket.destroy();
  }

  /** The running process, or a new one; null after `close`. Its code is loaded with the first. */
  async #process(): Promise<PageProcess | null> {
    const loaded = await import('./page-process.ts');
    if (this.#closed) return null;
    this.#running ??= this.#start(loaded);
    return this.#running;
  }

  #start({ PageProcess }: typeof import('./page-process.ts')): PageProcess {
    const { bus, childPath, describeRules, databaseFile, metricsToken, pageFolder } = this.options;
    const process = new PageProcess({
      childPath,
      bus,
      describeRules,
      metricsToken,
      setup: () => ({
        port: this.#port,
        databaseFile,
        pageFolder,
        cacheFolder: this.options.runtimeFolder,
        idleMs: this.options.idleMs ?? IDLE_MS,
        sessions: this.#sessions.list(),
        open: this.#logins?.labels() ?? [],
      }),
      redeem: (asked) => this.#redeem(asked),
      logout: (cookieHash) => this.#sessions.remove(cookieHash),
      holds: ({ cookie, pageToken }) => this.#sessions.holds(cookie, pageToken),
      refused: (reason) => this.#refused(reason),
      gone: (trouble) => {
        if (trouble) this.options.log(trouble);
        if (this.#running === process) this.#running = undefined;
      },
      unsent: (socket) => void this.#admit(socket),
    });
    return process;
  }

  #redeem({ login, cookieHash, pageHash, label }: Redemption): BrowserSession | null {
    if (!this.logins.redeem(login, label)) return null;
    const expiresMs = this.options.now() + (this.options.sessionMs ?? SESSION_MS);
    const session = { cookieHash, pageHash, expiresMs, label };
    this.#sessions.add(session);
    this.#record('dashboard.login', {});
    return session;
  }

  #refused(reason: RefusalReason): void {
    const open = this.#refusals.get(reason);
    if (open) {
      open.count += 1;
      return;
    }
    this.#record('dashboard.refused', { reason, count: 1 });
    const timer = setTimeout(() => this.#countRefusals(reason), REFUSAL_MS).unref();
    this.#refusals.set(reason, { count: 0, timer });
  }

  /** Records in the audit log how many refusals followed the first one. */
  #countRefusals(reason: RefusalReason): void {
    const { count, timer } = this.#refusals.get(reason) ?? { count: 0 };
    clearTimeout(timer);
    this.#refusals.delete(reason);
    if (count > 0) this.#record('dashboard.refused', { reason, count });
  }

  #record(type: 'dashboard.login' | 'dashboard.refused', details: Readonly<Record<string, string | number>>): void {
    this.options.bus.request('audit.append', { type, details }).catch((error: unknown) => {
      this.options.log(`audit append failed: ${type}, ${reasonOf(error)}`);
    });
  }
}

const UNOPENED: Waiting = { for: 'its port', code: 'not_running', reason: 'the service is starting' };

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : 'unknown');

function assertLoopback(host: string): void {
  if (![...LOOPBACK, 'localhost'].includes(host)) {
    throw new CaroError(
      'address_unsafe',
      `dashboard.host: expected 127.0.0.1, ::1 or localhost, got ${host}; the dashboard is for this machine only`,
    );
  }
}

const portOf = (server: Server): number => {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
};

/** Null if this machine has no such address (IPv6 is off). */
async function listen(address: string, port: number, take: (socket: Socket) => void): Promise<Server | null> {
  const server = createServer({ pauseOnConnect: true, noDelay: true }, take);
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT') resolve(null);
      else reject(error);
    });
    server.once('listening', () => resolve(server));
    listenAt(server, { host: address, port });
  });
}
