import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Bus } from '../../bus/bus.ts';
import type { Replies } from '../../bus/messages.ts';
import { CaroError } from '../../domain/errors.ts';
import type {
  Act,
  Ask,
  BrowserSession,
  DaemonMessage,
  PageMessage,
  Proof,
  Redemption,
  RefusalReason,
  Reply,
  RuleText,
  Setup,
} from '../ipc-protocol.ts';
import { answerWithin } from '../ipc-protocol.ts';
import { sameHash, secretHash } from '../session-store.ts';
import { forkPage } from './page-fork.ts';
import { decodeFromPage } from './page-messages.ts';

/** A process that is not ready in this time is killed; waiting connections are told to retry. */
const READY_MS = 10_000;
const MAX_WAITING = 64;
const TRY_AGAIN =
  'HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\ncontent-length: 0\r\nretry-after: 1\r\n\r\n';

export interface PageProcessPorts {
  readonly childPath: string;
  readonly setup: () => Setup;
  readonly bus: Pick<Bus, 'request' | 'listen'>;
  readonly describeRules: (ids: readonly string[]) => readonly RuleText[] | Promise<readonly RuleText[]>;
  /** Answers a login: the session if the token was good, else null. */
  readonly redeem: (asked: Redemption) => BrowserSession | null;
  /** The token of the owner's scraper, where there is one. */
  readonly metricsToken: () => Promise<string | null>;
  readonly logout: (cookieHash: string) => void;
  /** True if both halves belong to one login that is still valid. */
  readonly holds: (proof: Proof) => boolean;
  readonly refused: (reason: RefusalReason) => void;
  /** Called once, when the process takes no more connections (it left, or died). */
  readonly gone: (trouble: string | null) => void;
  /** A connection that was not sent before the process died; the next process may have it. */
  readonly unsent: (socket: Socket) => void;
}

const isQuery = (message: Act): message is Act<'mesh.query'> => message.kind === 'mesh.query';

/**
 * One run of the dashboard's process, from fork to exit. Connections wait here until it is ready.
 * When idle, the process reports how many connections it received. The daemon lets it exit only if
 * no other is on its way, so that none is lost.
 */
export class PageProcess {
  readonly #child: ChildProcess;
  readonly #waiting: Socket[] = [];
  /** The first one is on its way, the others follow one by one. */
  readonly #handing: Socket[] = [];
  readonly #readyTimer: NodeJS.Timeout;
  #wake: () => void = () => undefined;
  readonly #ready: Promise<void>;
  #isReady = false;
  #left = false;
  #sent = 0;
  #unfollow: (() => void) | undefined;

  constructor(private readonly ports: PageProcessPorts) {
    this.#ready = new Promise((resolve) => {
      this.#wake = resolve;
    });
    this.#child = forkPage(ports.childPath);
    this.#child.on('message', (value) => this.#receive(value));
    this.#child.once('exit', (status, signal) => this.#exited(signal ?? String(status)));
    this.#child.once('error', (error) => this.#exited(error.message));
    this.#readyTimer = setTimeout(() => this.#child.kill('SIGKILL'), READY_MS).unref();
    this.#send({ type: 'setup', ...ports.setup() });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Resolves when the process serves requests, or has exited. */
  async ready(): Promise<void> {
    await this.#ready;
  }

  /** Hands an accepted, paused connection over; it belongs to the process from then on. */
  take(socket: Socket): void {
    if (this.#isReady) this.#hand(socket);
    else if (this.#waiting.length < MAX_WAITING) this.#waiting.push(socket);
    else socket.destroy();
  }

  /** Says which logins wait to be opened, before the connection that opens one is handed over. */
  tellOpen(labels: readonly string[]): void {
    this.#send({ type: 'open', labels });
  }

  /** Ends the process and waits for its exit. */
  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()));
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 1_000);
    await exited;
    clearTimeout(timer);
  }

  #hand(socket: Socket): void {
    this.#handing.push(socket);
    if (this.#handing.length === 1) this.#handNext();
  }

  /**
   * Sends one connection and keeps it open here until the process has it. Node.js has its own queue
   * for this, and forgets what is in it when the process dies: their peers would wait for ever.
   */
  #handNext(): void {
    const [socket] = this.#handing;
    if (!socket || this.#left) return;
    this.#sent += 1;
    // A failure means that the process is ending; its exit follows.
    this.#child.send({ type: 'socket' } satisfies DaemonMessage, socket, { keepOpen: true }, () => undefined);
  }

  #received(): void {
    this.#handing.shift()?.destroy();
    this.#handNext();
  }

  #send(message: DaemonMessage): void {
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  #receive(value: unknown): void {
    const message = decodeFromPage(value);
    // A process that sends anything else has been taken over.
    if (message) this.#handle(message);
    else this.#child.kill('SIGKILL');
  }

  #handle(message: PageMessage): void {
    switch (message.type) {
      case 'ready':
        this.#nowReady();
        break;
      case 'ask':
        void this.#answer(message.id, () => this.#ask(message));
        break;
      case 'act':
        void this.#answer(message.id, () => this.#act(message));
        break;
      case 'rules':
        void this.#answer(message.id, () => this.ports.describeRules(message.ids));
        break;
      case 'redeem':
        void this.#answer(message.id, () => this.ports.redeem(message));
        break;
      case 'scrape':
        void this.#answer(message.id, () => this.#scrape(message.token));
        break;
      case 'logout':
        this.ports.logout(message.cookieHash);
        break;
      case 'refused':
        this.ports.refused(message.reason);
        break;
      case 'follow':
        void this.#answer(message.id, () => this.#follow(message.on));
        break;
      case 'received':
        this.#received();
        break;
      case 'leaving':
        this.#leaving(message.received);
        break;
    }
  }

  #nowReady(): void {
    clearTimeout(this.#readyTimer);
    this.#isReady = true;
    for (const socket of this.#waiting.splice(0)) this.#hand(socket);
    this.#wake();
  }

  async #scrape(token: string): Promise<Replies['service.metrics'] | null> {
    const known = await this.ports.metricsToken();
    if (known === null || known === '' || !sameHash(secretHash(known), secretHash(token))) return null;
    return this.ports.bus.request('service.metrics', {});
  }

  #ask(message: Ask): Promise<(Reply & { ok: true })['body']> {
    return this.ports.bus.request(message.kind, message.body, answerWithin(message.kind, message.body));
  }

  /**
   * Changes, and queries to the mesh, need the proof of a login; the page's process alone cannot
   * make them.
   */
  async #act(message: Act): Promise<(Reply & { ok: true })['body']> {
    if (!this.ports.holds(message.proof))
      throw new CaroError(
        'usage',
        'expected the login of this page, got one that ended; open it again: caro dashboard',
      );
    if (isQuery(message)) return this.#askMesh(message);
    return this.ports.bus.request(message.kind, message.body, answerWithin(message.kind, message.body));
  }

  /**
   * Sends the progress of this query and of no other: its notices carry an id made here.
   */
  async #askMesh({ id, body }: Act<'mesh.query'>): Promise<Replies['mesh.query']> {
    const query = randomBytes(8).toString('hex');
    const stop = this.ports.bus.listen('query.partial', (progress) => {
      if (progress.query === query) this.#send({ type: 'progress', id, progress });
    });
    try {
      return await this.ports.bus.request('mesh.query', { ...body, query }, answerWithin('mesh.query', body));
    } finally {
      stop();
    }
  }

  async #answer(id: number, work: () => unknown): Promise<void> {
    let reply: Reply;
    try {
      reply = { ok: true, body: (await work()) as (Reply & { ok: true })['body'] };
    } catch (error) {
      reply =
        error instanceof CaroError
          ? { ok: false, code: error.code, message: error.message }
          : { ok: false, code: 'internal', message: 'expected an answer, met a defect; the log has the place' };
    }
    this.#send({ type: 'reply', id, reply });
  }

  #follow(on: boolean): null {
    this.#unfollow?.();
    this.#unfollow = on
      ? this.ports.bus.listen('events.recorded', ({ events }) => this.#send({ type: 'events', events }))
      : undefined;
    return null;
  }

  #leaving(received: number): void {
    if (received !== this.#sent || this.#left) return;
    this.#leave(null);
    this.#send({ type: 'goodbye' });
  }

  #leave(trouble: string | null): void {
    if (this.#left) return;
    this.#left = true;
    clearTimeout(this.#readyTimer);
    this.#follow(false);
    this.ports.gone(trouble);
  }

  #exited(how: string): void {
    for (const socket of this.#waiting.splice(0)) {
      socket.end(TRY_AGAIN, () => socket.destroy());
      // A paused socket would not notice that its peer has closed.
      socket.resume();
    }
    this.#leave(`the dashboard's process ended (${how})`);
    const [halfway, ...unsent] = this.#handing.splice(0);
    halfway?.destroy();
    for (const socket of unsent) this.ports.unsent(socket);
    this.#wake();
  }
}
