import { connect, type Socket } from 'node:net';
import type { Messages, Replies } from '../bus/messages.ts';
import { type AdminMethod, deadlineOf } from '../bus/requests.ts';
import { CaroError } from '../domain/errors.ts';
import { LineSplitter } from './line-splitter.ts';
import { decodeReply, encodeRequest, type RpcReply } from './protocol.ts';
import type { Topic } from './topics.ts';

/** Larger than the limit for requests, because an answer may hold one long entry. */
const MAX_REPLY_BYTES = 64 * 1024 * 1024;
const ONLY_ID = 1;
/** Time for the service's own error to arrive when its deadline has passed. */
const LEEWAY_MS = 5_000;

export interface TopicNotice {
  readonly topic: Topic;
  readonly params: unknown;
}

/**
 * Makes one request to the service of this home.
 *
 * @throws CaroError `not_running` where nobody listens, `deadline_exceeded` after `timeoutMs`, or
 *   what the service answered.
 */
export async function callAdmin<M extends AdminMethod>(
  socketPath: string,
  method: M,
  params: Messages[M],
  timeoutMs = deadlineOf(method, params) + LEEWAY_MS,
): Promise<Replies[M]> {
  const signal = AbortSignal.timeout(timeoutMs);
  for await (const reply of exchange(socketPath, method, params, signal)) {
    if ('error' in reply) throw reply.error;
    // The service checks requests; its types guarantee the answers.
    if ('result' in reply) return reply.result as Replies[M];
  }
  if (signal.aborted) {
    throw new CaroError('deadline_exceeded', `expected an answer to ${method} within ${timeoutMs} ms, none came`);
  }
  throw new CaroError(
    'not_running',
    `expected an answer to ${method}, the service went away; look at: caro service logs`,
  );
}

/** Whether a service listens at this path, even if it answers nothing. */
export function isListening(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(socketPath);
    connection.once('error', () => resolve(false));
    connection.once('connect', () => {
      connection.destroy();
      resolve(true);
    });
  });
}

/**
 * Yields the notices of `topics` until `signal` fires. `onReady` is called once the subscription is
 * active.
 * @throws CaroError as `callAdmin`, and `subscriber_slow` when notices were not read fast enough.
 */
export async function* followAdmin(
  socketPath: string,
  topics: readonly Topic[],
  signal: AbortSignal,
  onReady: () => void = () => undefined,
): AsyncGenerator<TopicNotice> {
  for await (const reply of exchange(socketPath, 'subscribe', { topics }, signal)) {
    if ('error' in reply) throw reply.error;
    if ('result' in reply) onReady();
    else yield { topic: reply.method as Topic, params: reply.params };
  }
  if (!signal.aborted) throw new CaroError('not_running', 'expected more notifications, the service went away');
}

/**
 * Sends one request and yields every message received, until either side or `signal` ends it.
 */
async function* exchange(
  socketPath: string,
  method: string,
  params: unknown,
  signal: AbortSignal,
): AsyncGenerator<RpcReply> {
  const socket = await opened(socketPath);
  const stop = (): void => void socket.destroy();
  signal.addEventListener('abort', stop);
  try {
    if (signal.aborted) return;
    socket.write(encodeRequest(ONLY_ID, method, params));
    const splitter = new LineSplitter(MAX_REPLY_BYTES);
    for await (const chunk of socket) {
      const lines = splitter.push(chunk as Uint8Array);
      if (lines === 'too long')
        throw new CaroError('internal', `expected an answer of at most ${MAX_REPLY_BYTES} bytes`);
      yield* lines.map((line) => decodeReply(line));
    }
  } catch (error) {
    if (error instanceof CaroError) throw error;
    // A broken connection ends the exchange; callers report what is missing.
  } finally {
    signal.removeEventListener('abort', stop);
    socket.destroy();
  }
}

async function opened(path: string): Promise<Socket> {
  const socket = connect(path);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return socket;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    if (code === 'ENOENT' || code === 'ECONNREFUSED') {
      throw new CaroError(
        'not_running',
        `${path}: expected the service to listen here, it does not run; start it: caro service start (or, in the foreground: caro service run)`,
      );
    }
    throw new CaroError('place_unusable', `${path}: expected to reach the service, got ${code}`, { cause: error });
  }
}
