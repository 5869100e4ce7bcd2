import type { Socket } from 'node:net';
import type { Bus } from '../bus/bus.ts';
import type { Replies } from '../bus/messages.ts';
import { type AdminMethod, deadlineOf, isExposed } from '../bus/requests.ts';
import type { Validator } from '../domain/encoding/validator.ts';
import { CaroError } from '../domain/errors.ts';
import { bodyValidators, validateSubscribe } from '../generated/body-validators.js';
import { LineSplitter } from './line-splitter.ts';
import {
  decodeRequest,
  encodeError,
  encodeNotification,
  encodeResult,
  MAX_LINE_BYTES,
  MAX_REQUEST_BYTES,
  type RequestId,
} from './protocol.ts';
import { TOPIC_SOURCES, TOPICS, type Topic } from './topics.ts';

/**
 * Maximum number of requests of one connection in work at once; further lines wait, and no more
 * are read.
 */
const MAX_IN_WORK = 8;
/**
 * Maximum number of bytes that wait for a subscriber; one that reads too slowly is disconnected.
 */
const MAX_UNREAD_BYTES = 8 * 1024 * 1024;

export interface ControlConnectionPorts {
  readonly bus: Pick<Bus, 'request' | 'listen'>;
  /** Receives unexpected errors; they hold no command text. */
  readonly onDefect: (error: unknown) => void;
}

/** One client of the control socket, from its first byte to its last. */
export class ControlConnection {
  readonly #lines = new LineSplitter(MAX_REQUEST_BYTES);
  readonly #subscriptions = new Map<Topic, () => void>();
  #waiting: Uint8Array[] = [];
  #inWork = 0;

  constructor(
    private readonly socket: Socket,
    private readonly ports: ControlConnectionPorts,
  ) {
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('drain', () => this.#pump());
    // A client that disconnects is not an error.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#unsubscribe());
  }

  #read(chunk: Uint8Array): void {
    const lines = this.#lines.push(chunk);
    if (lines === 'too long') {
      this.#sayAndClose(
        new CaroError('request_invalid', `expected lines of at most ${MAX_REQUEST_BYTES} bytes, got a longer one`),
      );
      return;
    }
    this.#waiting.push(...lines);
    this.#pump();
  }

  async #answer(line: Uint8Array): Promise<void> {
    this.#inWork += 1;
    let id: RequestId | undefined = null;
    try {
      const request = decodeRequest(line);
      id = request.id;
      const result = await this.#dispatch(request.method, request.params);
      if (id !== undefined) this.#write(fitting(id, result));
    } catch (error) {
      if (!(error instanceof CaroError)) this.ports.onDefect(error);
      if (id !== undefined) this.#write(encodeError(id, error));
    } finally {
      this.#inWork -= 1;
      this.#pump();
    }
  }

  /**
   * Continues only while few requests are in work and the client reads its answers.
   */
  #pump(): void {
    while (this.#inWork < MAX_IN_WORK && this.socket.writableLength <= MAX_LINE_BYTES) {
      const line = this.#waiting.shift();
      if (!line) break;
      void this.#answer(line);
    }
    if (this.#waiting.length > 0) this.socket.pause();
    else this.socket.resume();
  }

  #dispatch(method: string, params: unknown): unknown {
    if (method === 'subscribe') return this.#subscribe(params);
    if (isExposed(method, 'command-line')) return this.#ask(method, params);
    throw new CaroError(
      'method_unknown',
      `expected a method of the control socket, got ${JSON.stringify(method.slice(0, 80))}`,
    );
  }

  #ask<K extends AdminMethod>(kind: K, params: unknown): Promise<Replies[K]> {
    const body = checked(bodyValidators[kind], kind, params);
    return this.ports.bus.request(kind, body, deadlineOf(kind, body));
  }

  #subscribe(params: unknown): { readonly topics: readonly Topic[] } {
    const { topics } = checked(validateSubscribe, 'subscribe', params);
    for (const topic of topics) {
      if (this.#subscriptions.has(topic)) continue;
      this.#subscriptions.set(
        topic,
        TOPIC_SOURCES[topic](this.ports.bus, (body) => this.#notify(topic, body)),
      );
    }
    return { topics: TOPICS.filter((topic) => this.#subscriptions.has(topic)) };
  }

  #notify(topic: Topic, params: unknown): void {
    if (this.socket.writableLength <= MAX_UNREAD_BYTES) {
      this.#write(encodeNotification(topic, params));
      return;
    }
    this.#unsubscribe();
    this.#sayAndClose(
      new CaroError(
        'subscriber_slow',
        `expected notifications to be read, ${this.socket.writableLength} bytes are waiting`,
      ),
    );
  }

  #write(line: string): void {
    if (this.socket.writable) this.socket.write(line);
  }

  #sayAndClose(error: CaroError): void {
    this.socket.pause();
    this.socket.removeAllListeners('data');
    this.socket.end(encodeError(null, error), () => this.socket.destroy());
  }

  #unsubscribe(): void {
    for (const end of this.#subscriptions.values()) end();
    this.#subscriptions.clear();
  }
}

/**
 * Refuses a list that does not fit into a line, so that the client asks for less. A single long
 * entry is sent as it is.
 */
function fitting(id: RequestId, result: unknown): string {
  const line = encodeResult(id, result ?? null);
  if (Buffer.byteLength(line) > MAX_LINE_BYTES && Array.isArray(result) && result.length > 1) {
    throw new CaroError(
      'answer_too_large',
      `expected an answer of at most ${MAX_LINE_BYTES} bytes; ask with a smaller limit`,
    );
  }
  return line;
}

function checked<T>(isValid: Validator<T>, method: string, params: unknown): T {
  if (isValid(params)) return params;
  const [error] = isValid.errors ?? [];
  const where = `${method} params${error?.instancePath ?? ''}`;
  const { additionalProperty } = error?.params ?? {};
  const extra = typeof additionalProperty === 'string' ? `: ${JSON.stringify(additionalProperty.slice(0, 80))}` : '';
  throw new CaroError('usage', `${where} ${error?.message ?? 'do not fit'}${extra}`);
}
