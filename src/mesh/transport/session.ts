import type { QueryBody, ResponseBody } from '../../domain/answers/query.ts';
import { LAYOUT_VERSION } from '../../domain/answers/vector-schema.ts';
import type { CheckpointBody, CosignatureBody } from '../../domain/audit/tlog.ts';
import { CaroError, ERRORS, type ErrorCode } from '../../domain/errors.ts';
import { PEER_REPLIES, type PeerReply, type PeerReplyTo, type PeerRequest } from '../../domain/exchange.ts';
import type { Envelope } from '../../domain/identity/signed-envelope.ts';
import type { SummaryResult } from '../../domain/summaries/summary.ts';
import type { Channel } from '../egress/egress-gate.ts';
import { createMessageReader, type MessageReader } from '../protocol/message-check.ts';
import {
  type GoodbyeReason,
  type MessageHandler,
  type MessageType,
  PAIRING_TYPES,
  type Typed,
} from '../protocol/messages.ts';
import type { Connection, ConnectionHost, Ending } from './connection.ts';
import { createFlowControl, type FlowControl } from './flow-control.ts';
import type { Link, LinkPurpose } from './link.ts';
import { createPendingRequests } from './pending-requests.ts';

/** RFC 6455 §7.4.1 */
const STATUS = { normal: 1000, violation: 1008, tooLarge: 1009 } as const;
/** Time for the closing handshake; then the socket is destroyed. */
const CLOSE_MS = 1_000;
const ALLOWED: Readonly<Record<LinkPurpose, readonly MessageType[] | 'all'>> = {
  mesh: 'all',
  pairing: PAIRING_TYPES,
  introduction: ['hello'],
};

/**
 * Runs the protocol on one link. After the hellos both sides send requests and responses, until one
 * of them says goodbye.
 */
export const createConnection = (link: Link, host: ConnectionHost): Connection => new Session(link, host);

class Session implements Connection {
  readonly peer: string;
  readonly publicKey: Uint8Array;
  readonly address: string;
  readonly port: number;
  readonly localAddress: string;
  readonly isDialled: boolean;
  readonly purpose: LinkPurpose;
  readonly session: string;
  readonly openedMs: number;
  readonly #link: Link;
  readonly #host: ConnectionHost;
  readonly #channel: Channel;
  readonly #reader: MessageReader;
  readonly #flow: FlowControl;
  readonly #answers = createPendingRequests<ResponseBody>(() => this.#finish());
  readonly #replies = createPendingRequests<PeerReply>(() => this.#finish());
  readonly #acknowledgements = createPendingRequests<SummaryResult>(() => this.#finish());
  readonly #cosignatures = createPendingRequests<CosignatureBody>(() => this.#finish());
  readonly #heartbeat: NodeJS.Timeout;
  readonly #helloTimer: NodeJS.Timeout;
  #retireTimer: NodeJS.Timeout | undefined;
  #ending: Ending | undefined;
  /** Messages received while an earlier one is being handled. */
  readonly #inbox: string[] = [];
  #isHandling = false;
  #isAlive = true;
  /** Number of messages and pongs received. */
  #heard = 0;
  #retirement: 'none' | 'wanted' | 'announced' = 'none';
  #hasGoodbye = false;
  #version: string | null = null;
  /** Nodes that do not tell know the one before version 4. */
  #layout = 3;
  #hasToldLayout = false;

  constructor(link: Link, host: ConnectionHost) {
    const { peer, address, port, isDialled, purpose, session, openedMs, socket } = link;
    this.peer = peer;
    this.publicKey = link.publicKey;
    this.address = address;
    this.port = port;
    this.localAddress = link.localAddress;
    this.isDialled = isDialled;
    this.purpose = purpose;
    this.session = session;
    this.openedMs = openedMs;
    this.#link = link;
    this.#host = host;
    this.#reader = createMessageReader({ ...link, self: host.self }, host.nonces, host.now);
    this.#channel = host.gate.open(socket, { id: peer, address, session, isPairing: purpose === 'pairing' });
    this.#flow = createFlowControl(socket, host.limits, () => host.onRefuse(this, 'message_rate'));
    this.#heartbeat = setInterval(() => this.#heartbeatTick(), host.limits.heartbeatMs);
    this.#helloTimer = setTimeout(() => this.#missHello(), host.limits.helloMs);
    this.#listen();
    if (purpose !== 'introduction') this.#send({ type: 'hello', body: host.hello(this) });
    socket.resume();
  }

  hasEnded(): boolean {
    return this.#ending !== undefined;
  }

  skewMs(): number | null {
    return this.#reader.skewMs();
  }

  version(): string | null {
    return this.#version;
  }

  setVersion(version: string | null): void {
    this.#version = version;
  }

  layout(): number {
    return this.#layout;
  }

  setLayout(version: number): void {
    this.#layout = version;
  }

  async ask(body: QueryBody, deadlineMs: number): Promise<ResponseBody> {
    if (!this.#hasToldLayout) this.#send({ type: 'layout', body: { answers: LAYOUT_VERSION } });
    this.#hasToldLayout = true;
    const nonce = await this.#channel.send({ type: 'query', body });
    if (this.#ending) throw gone();
    const heard = this.#heard;
    // A node that works answers a ping, even if its answer takes longer.
    const probe = setTimeout(() => this.#channel.ping(), deadlineMs / 2);
    try {
      return await this.#answers.wait(nonce, deadlineMs);
    } catch (error) {
      if (!(error instanceof CaroError) || error.code !== 'deadline_exceeded') throw error;
      // What has arrived by now may not have been read yet.
      await new Promise((resolve) => setImmediate(resolve));
      throw this.#heard === heard ? frozen(deadlineMs) : error;
    } finally {
      clearTimeout(probe);
    }
  }

  takeResponse(inReplyTo: string | null, body: ResponseBody): void {
    this.#answers.settle(inReplyTo ?? '', body);
  }

  async deliver(document: Envelope, id: string): Promise<SummaryResult> {
    await this.#channel.send({ type: 'summary', body: { document } });
    if (this.#ending) throw gone();
    return this.#acknowledgements.wait(id, this.#host.limits.acknowledgeMs);
  }

  async submit(body: CheckpointBody, deadlineMs: number): Promise<CosignatureBody> {
    const nonce = await this.#channel.send({ type: 'checkpoint', body });
    if (this.#ending) throw gone();
    return this.#cosignatures.wait(nonce, deadlineMs);
  }

  takeCosignature(inReplyTo: string | null, body: CosignatureBody): void {
    this.#cosignatures.settle(inReplyTo ?? '', body);
  }

  takeAcknowledgement(id: string, result: SummaryResult): void {
    this.#acknowledgements.settle(id, result);
  }

  async exchange<T extends PeerRequest['type']>(
    request: Extract<PeerRequest, { readonly type: T }>,
    deadlineMs: number,
  ): Promise<PeerReplyTo<T>> {
    const nonce = await this.#channel.send(request);
    if (this.#ending) throw gone();
    const reply = await this.#replies.wait(nonce, deadlineMs);
    const isRefusal = reply.type === 'blind-refusal' && request.type.startsWith('blind-');
    if (!isRefusal && reply.type !== PEER_REPLIES[request.type])
      throw new CaroError('message_unexpected', `expected an answer to a ${request.type}, got a ${reply.type}`);
    return reply as PeerReplyTo<T>;
  }

  takeReply(inReplyTo: string | null, reply: PeerReply): void {
    this.#replies.settle(inReplyTo ?? '', reply);
  }

  transmit(message: Typed, inReplyTo?: string): Promise<string> {
    return this.#channel.send(message, inReplyTo);
  }

  run(task: () => Promise<void>): void {
    this.#flow.workStarted();
    const ended = (): void => {
      this.#flow.workEnded();
      this.#finish();
    };
    task().then(ended, (error: unknown) => {
      ended();
      if (error instanceof CaroError && error.code === 'summary_invalid') this.fail(error);
    });
  }

  retire(): void {
    if (this.#retirement !== 'none') return;
    this.#retirement = 'wanted';
    this.#retireTimer = setTimeout(() => this.#end(DUPLICATE, STATUS.normal), this.#host.limits.retireMs);
    this.#finish();
  }

  leave(reason: GoodbyeReason): void {
    if (this.#ending) return;
    this.#send({ type: 'goodbye', body: { reason } }, () => this.#end({ code: null, reason, by: 'us' }, STATUS.normal));
  }

  takeGoodbye(reason: GoodbyeReason): void {
    if (reason !== 'duplicate') this.#end({ code: null, reason, by: 'them' }, STATUS.normal);
    this.#hasGoodbye = true;
    this.retire();
    this.#finish();
  }

  expel(code: ErrorCode): void {
    this.#end({ code, reason: null, by: 'us' }, STATUS.violation);
  }

  drop(): void {
    this.#ending ??= { code: 'peer_gone', reason: null, by: 'us' };
    this.#link.socket.terminate();
  }

  fail(error: CaroError): void {
    if (this.#ending) return;
    this.#host.onRefuse(this, error.code);
    this.#end({ code: error.code, reason: null, by: 'us' }, STATUS.violation);
  }

  #listen(): void {
    const { socket } = this.#link;
    socket.on('message', (data: Buffer, isBinary) => this.#receive(data, isBinary));
    socket.on('ping', (data) => {
      this.#flow.received(data.length);
      this.#channel.pong(data);
    });
    socket.on('pong', (data) => {
      this.#flow.received(data.length);
      this.#isAlive = true;
      this.#heard += 1;
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      const code = frameCode(error.code ?? '');
      if (code) this.fail(new CaroError(code, 'expected a valid WebSocket frame'));
    });
    socket.on('close', (status, reason) => this.#closed(status, reason.toString()));
  }

  #receive(data: Buffer, isBinary: boolean): void {
    if (this.#ending) return;
    this.#isAlive = true;
    this.#heard += 1;
    this.#flow.received(data.length);
    if (isBinary) {
      this.fail(new CaroError('frame_malformed', 'expected text, got a binary message'));
      return;
    }
    this.#inbox.push(data.toString('utf8'));
    if (!this.#isHandling) void this.#handleAll();
  }

  /**
   * Handles messages in order. If a handler returns a promise, the next message waits for it, and
   * the socket is not read meanwhile.
   */
  async #handleAll(): Promise<void> {
    this.#isHandling = true;
    try {
      for (let text = this.#inbox.shift(); text !== undefined && !this.#ending; text = this.#inbox.shift()) {
        const handled = this.#take(text);
        if (!handled) continue;
        this.#flow.hold(true);
        await handled.finally(() => this.#flow.hold(false));
      }
    } catch (error) {
      this.fail(
        error instanceof CaroError
          ? error
          : new CaroError('internal', 'a message could not be handled because of a defect in Caro mesh'),
      );
    }
    this.#isHandling = false;
  }

  #take(text: string): void | Promise<void> {
    const message = this.#reader.read(text);
    if (!message) return;
    this.#host.admitAgain(this);
    const allowed = ALLOWED[this.purpose];
    if (allowed !== 'all' && !allowed.includes(message.type)) {
      throw new CaroError('message_unexpected', `expected no "${message.type}" on a connection for ${this.purpose}`);
    }
    if (message.type === 'hello' && this.purpose === 'mesh') this.#settle();
    const handle = this.#host.handlers[message.type] as MessageHandler<Connection, MessageType>;
    return handle(this, message);
  }

  /** Ends the limits for connections without a hello. */
  #settle(): void {
    clearTimeout(this.#helloTimer);
    this.#link.settled();
  }

  /** Errors are ignored: the gate has recorded its refusals, and a lost connection ends itself. */
  #send(message: Typed, then: () => void = () => undefined): void {
    this.#channel.send(message).then(then, then);
  }

  /**
   * Ends a retired connection, when both sides have announced that they send no more requests and
   * none is pending.
   */
  #finish(): void {
    if (this.#retirement === 'none' || this.#ending) return;
    const pending = [this.#answers, this.#replies, this.#acknowledgements, this.#cosignatures];
    if (pending.some((requests) => requests.size() > 0)) return;
    if (this.#retirement === 'wanted') {
      this.#retirement = 'announced';
      this.#send({ type: 'goodbye', body: { reason: 'duplicate' } }, () => this.#finish());
      return;
    }
    if (this.#hasGoodbye && this.#flow.working() === 0) this.#end(DUPLICATE, STATUS.normal);
  }

  #heartbeatTick(): void {
    if (!this.#isAlive) this.#link.socket.terminate();
    this.#isAlive = false;
    this.#channel.ping();
  }

  #missHello(): void {
    this.fail(new CaroError('tls_timeout', 'expected a hello, the time for it is over'));
  }

  #end(ending: Ending, status: number): void {
    if (this.#ending) return;
    this.#ending = ending;
    this.#channel.end(status, ending.by === 'us' && ending.code !== null ? ending.code : undefined);
    setTimeout(() => this.#link.socket.terminate(), CLOSE_MS).unref();
  }

  #closed(status: number, reason: string): void {
    for (const timer of [this.#heartbeat, this.#helloTimer, this.#retireTimer]) clearTimeout(timer);
    this.#flow.stop();
    this.#link.settled();
    this.#ending ??= { code: codeIn(status, reason), reason: null, by: 'them' };
    this.#answers.failAll(gone());
    this.#replies.failAll(gone());
    this.#acknowledgements.failAll(gone());
    this.#cosignatures.failAll(gone());
    this.#host.onEnd(this, this.#ending);
  }
}

const DUPLICATE: Ending = { code: null, reason: 'duplicate', by: 'us' };

const frozen = (deadlineMs: number): CaroError =>
  new CaroError('peer_frozen', `expected an answer or a pong from the peer within ${deadlineMs} ms, got none`);

const gone = (): CaroError =>
  new CaroError('peer_gone', 'expected an answer from the peer, the connection ended first');

/** Code for an error that `ws` found in a frame; undefined for a lost connection. */
function frameCode(code: string): ErrorCode | undefined {
  if (!code.startsWith('WS_ERR')) return undefined;
  return code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH' ? 'frame_too_large' : 'frame_malformed';
}

/** The error code in the other side's close frame; null if it holds none. */
function codeIn(status: number, reason: string): ErrorCode | null {
  if (status === STATUS.tooLarge) return 'frame_too_large';
  const isCode = (text: string): text is ErrorCode => Object.hasOwn(ERRORS, text);
  return status === STATUS.violation && isCode(reason) ? reason : null;
}
