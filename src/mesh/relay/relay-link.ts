/** One connection with a relay: the only file that knows the NATS client. */
import { X509Certificate } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { connect, type Msg, type NatsConnection, TimeoutError } from '@nats-io/transport-node';
import { CaroError, type ErrorCode } from '../../domain/errors.ts';
import { CONSUMER, inboxPrefix, ROSTER_STREAM, requestSubject, SLOTS } from '../../domain/relay/subjects.ts';
import { changed, keyHash, pinnedCertificate, type RelayAddress } from './pinned-certificate.ts';
import type { RelayOutlet } from './relay-gate.ts';

const CONNECT_MS = 30_000;
/** The greeting and a handshake in which nothing is sent. */
const CERTIFICATE_MS = 15_000;
const PING_MS = 60_000;
const REQUEST_MS = 10_000;
/** How long a relay that is there takes to answer a ping. */
const PROBE_MS = 5_000;
/** How many requests an aggregator takes at once, and how long it waits for the first. */
const BATCH = 64;
const PULL_MS = 30_000;
/** No messages, and none within `PULL_MS`. Every other status means that the stream is not read. */
const NOTHING_CAME: readonly number[] = [404, 408];
const MS_NS = 1e6;
const DAY_NS = 86_400e9;
/** A stream is a buffer: whatever is lost in it is sent again from the outboxes. */
const REQUEST_BYTES = 2_000_000_000;
const REPLY_BYTES = 1_000_000_000;
const STREAM_DAYS = 5;
const REPLY_DAYS = 14;
/** Largest message of a leader to a trustee. */
const MAX_BYTES = 1_114_112;
const STREAM = {
  storage: 'file',
  num_replicas: 1,
  max_consumers: 1,
  max_msgs: -1,
  max_msgs_per_subject: 1,
  max_msg_size: MAX_BYTES,
};
/** A queue that refuses what it has no room for. */
const REQUEST_LIMITS = {
  retention: 'workqueue',
  discard: 'new',
  max_age: STREAM_DAYS * DAY_NS,
  max_bytes: REQUEST_BYTES,
};
/** The latest message of each subject, for whoever reads it. */
const LATEST = { retention: 'limits', discard: 'old', max_bytes: REPLY_BYTES, allow_direct: true };
const NAME_IN_USE = 10_058;
/** Maximum messages or bytes exceeded, maximum per subject, insufficient storage. */
const NO_ROOM: readonly (number | undefined)[] = [10_077, 10_047, 10_023];
/** Status of a server whose storage is not ready. */
const UNREADY = 503;

export interface LinkCredentials {
  /** User JWT, signed with a signing key of an account. */
  readonly jwt: string;
  /**
   * Signs with the connection key. It MUST NOT be the identity key: the server chooses the bytes,
   * and a nonce that spells an envelope would become one.
   */
  readonly signNonce: (nonce: Uint8Array) => Uint8Array;
  readonly mailbox: string;
}

export type Heard = (subject: string, box: Uint8Array) => void;
/** Resolves when the request is settled; a rejection makes the relay deliver it again. */
export type Taken = (subject: string, box: Uint8Array) => Promise<void>;

export interface RelayLink extends RelayOutlet {
  readonly subscribe: (subject: string, heard: Heard) => void;
  /** Reads a stored document; null if there is none. @throws CaroError `relay_…` */
  readonly fetch: (subject: string) => Promise<Uint8Array | null>;
  /**
   * Makes this aggregator's stream of requests, if need be, and takes what arrives in it. The
   * connection ends when the stream can no longer be read, so that the next one makes it again.
   *
   * @param settleMs what is not settled after this time is delivered again, as after a crash
   */
  readonly consume: (taken: Taken, settleMs: number) => Promise<void>;
  /** Makes this aggregator's stream of replies, if need be. */
  readonly keepReplies: (subject: string) => Promise<void>;
  readonly keepRoster: (subject: string) => Promise<void>;
  /** Resolves when everything published so far has reached the relay. */
  readonly flush: () => Promise<void>;
  /** Ends a connection over which nothing comes back, such as one from a former address. */
  readonly probe: () => Promise<void>;
  /** Resolves with the reason when the connection has ended. */
  readonly ended: Promise<CaroError>;
  readonly close: () => Promise<void>;
}

/** Certificates that were accepted by their key. */
const certificates = new Map<string, string>();

/**
 * @param signal gives the attempt up
 * @throws CaroError `relay_key_changed`, `relay_refused`, `relay_unreachable`
 */
export async function openRelayLink(
  address: RelayAddress,
  credentials: LinkCredentials,
  signal: AbortSignal,
): Promise<RelayLink> {
  const place = `${address.host} ${address.port} ${address.key}`;
  const known = certificates.get(place);
  const certificate = known ?? (await pinnedCertificate(address, CERTIFICATE_MS, signal));
  certificates.set(place, certificate);
  try {
    return linkOf(await unlessAborted(open(address, credentials, certificate), signal), credentials.mailbox);
  } catch (error) {
    const failure = asRelayError(error);
    // The relay may have renewed its certificate; one that is merely away has not.
    if (failure.code !== 'relay_refused' && !isAway(error)) certificates.delete(place);
    throw failure;
  }
}

/** The client cannot be told to give up: a connection that comes too late is closed. */
function unlessAborted(opening: Promise<NatsConnection>, signal: AbortSignal): Promise<NatsConnection> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => {
      reject(new CaroError('relay_unreachable', 'the attempt to reach the relay was given up'));
      void opening.then((late) => late.close()).catch(() => undefined);
    };
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp);
    void opening.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}

function open(
  { host, port, key }: RelayAddress,
  { jwt, signNonce, mailbox }: LinkCredentials,
  certificate: string,
): Promise<NatsConnection> {
  return connect({
    servers: host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`,
    authenticator: (nonce = '') => ({ jwt, sig: Buffer.from(signNonce(Buffer.from(nonce))).toString('base64url') }),
    inboxPrefix: inboxPrefix(mailbox),
    // This program dials again by itself, and follows no address that a server names.
    reconnect: false,
    ignoreClusterUpdates: true,
    resolve: false,
    noAsyncTraces: true,
    timeout: CONNECT_MS,
    pingInterval: PING_MS,
    tls: {
      ca: certificate,
      // Options of node:tls, which the client passes on.
      ...{
        minVersion: 'TLSv1.3',
        allowPartialTrustChain: true,
        checkServerIdentity: (_host: string, { raw }: { readonly raw: Buffer }): Error | undefined =>
          keyHash(new X509Certificate(raw).publicKey) === key ? undefined : changed(),
      },
    },
  });
}

function linkOf(connection: NatsConnection, mailbox: string): RelayLink {
  const isOpen = (): boolean => !connection.isClosed();
  const ended = connection.closed().then((error) => asRelayError(error));
  const keep = (name: string, subjects: readonly string[], limits: object): Promise<void> =>
    make(connection, `$JS.API.STREAM.CREATE.${name}`, { ...STREAM, name, subjects, ...limits });
  return {
    isOpen,
    publish: (subject, box) => connection.publish(subject, box),
    store: async (subject, box) => {
      const { error } = parse(await asked(connection, subject, box));
      if (error) throw refusedBy(error);
    },
    subscribe: (subject, heard) => {
      connection.subscribe(subject, {
        callback: (error, { subject: from, data }) => {
          if (!error) heard(from, data);
        },
      });
    },
    fetch: async (subject) => {
      const { headers, data } = await asked(connection, subject, '');
      return headers && headers.code >= 400 ? null : data;
    },
    consume: async (taken, settleMs) => {
      const subjects = SLOTS.map((slot) => requestSubject(mailbox, '*', slot));
      await keep(mailbox, subjects, REQUEST_LIMITS);
      await makeConsumer(connection, mailbox, settleMs);
      const end = (): Promise<void> => connection.close();
      const settled = (message: Msg): Promise<void> => settle({ connection, taken, settleMs }, message).catch(end);
      void pull(connection, mailbox, settled).then(end, end);
    },
    keepReplies: (subject) => keep(mailbox, [subject], { ...LATEST, max_age: REPLY_DAYS * DAY_NS }),
    keepRoster: (subject) => keep(ROSTER_STREAM, [subject], { ...LATEST, max_age: 0 }),
    // The client never settles a flush of a connection that has ended.
    flush: () => Promise.race([connection.flush(), ended.then((error) => Promise.reject(error))]),
    probe: () => probe(connection),
    ended,
    close: () => connection.close(),
  };
}

/**
 * Takes batch after batch, until the connection ends.
 * @throws when the stream or its consumer is not there any more, or the relay is silent
 */
async function pull(
  connection: NatsConnection,
  mailbox: string,
  settled: (message: Msg) => Promise<void>,
): Promise<void> {
  for (let serial = 0; !connection.isClosed(); serial += 1) {
    const inbox = `${inboxPrefix(mailbox)}.pull.${serial}`;
    const subscription = connection.subscribe(inbox);
    const body = JSON.stringify({ batch: BATCH, expires: PULL_MS * MS_NS });
    connection.publish(`$JS.API.CONSUMER.MSG.NEXT.${mailbox}.${CONSUMER}`, body, { reply: inbox });
    const silence = setTimeout(() => subscription.unsubscribe(), PULL_MS + REQUEST_MS);
    const work: Promise<void>[] = [];
    let status: number | undefined;
    for await (const message of subscription) {
      status = message.headers?.code || undefined;
      if (status !== undefined) break;
      work.push(settled(message));
      if (work.length === BATCH) break;
    }
    clearTimeout(silence);
    subscription.unsubscribe();
    await Promise.all(work);
    const isAnswered = status === undefined ? work.length === BATCH : NOTHING_CAME.includes(status);
    if (!isAnswered) throw new CaroError('relay_unready', 'the stream of this node cannot be read on the relay');
  }
}

interface Settling {
  readonly connection: NatsConnection;
  readonly taken: Taken;
  readonly settleMs: number;
}

/**
 * What was not settled is delivered again after `settleMs`.
 * @throws CaroError `relay_unready` if the reply cannot be kept because its stream is gone
 */
async function settle({ connection, taken, settleMs }: Settling, message: Msg): Promise<void> {
  const working = setInterval(() => !connection.isClosed() && message.respond('+WPI'), settleMs / 3);
  try {
    await taken(message.subject, message.data);
    message.respond('+ACK');
  } catch (error) {
    if (error instanceof CaroError && error.code === 'relay_unready') throw error;
  } finally {
    clearInterval(working);
  }
}

/**
 * A server that was killed may have a consumer that is ahead of its stream, and would skip what
 * comes next. A new one begins with all that is not settled.
 */
async function makeConsumer(connection: NatsConnection, mailbox: string, settleMs: number): Promise<void> {
  await asked(connection, `$JS.API.CONSUMER.DELETE.${mailbox}.${CONSUMER}`, '');
  await make(connection, `$JS.API.CONSUMER.DURABLE.CREATE.${mailbox}.${CONSUMER}`, {
    stream_name: mailbox,
    config: {
      durable_name: CONSUMER,
      ack_policy: 'explicit',
      deliver_policy: 'all',
      replay_policy: 'instant',
      ack_wait: settleMs * MS_NS,
      max_ack_pending: 1_000,
      max_waiting: 8,
    },
  });
}

async function make(connection: NatsConnection, subject: string, body: object): Promise<void> {
  const { error } = parse(await asked(connection, subject, JSON.stringify(body)));
  // It exists, perhaps with limits that an operator has changed.
  if (error && error.err_code !== NAME_IN_USE) throw refusedBy(error);
}

async function probe(connection: NatsConnection): Promise<void> {
  if (connection.isClosed()) return;
  const silence = new AbortController();
  const isSilent = pause(PROBE_MS, true, { signal: silence.signal, ref: false }).catch(() => false);
  const isHeard = connection.flush().then(() => false);
  const hasEnded = connection.closed().then(() => false);
  if (await Promise.race([isSilent, isHeard, hasEnded])) await connection.close();
  silence.abort();
}

async function asked(connection: NatsConnection, subject: string, payload: string | Uint8Array): Promise<Msg> {
  try {
    return await connection.request(subject, payload, { timeout: REQUEST_MS });
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw asRelayError(error);
    // nats-server 2.9 stores nothing more once it could not write, until it is started again.
    await probe(connection);
    throw new CaroError('relay_unready', 'the relay does not answer; its disk may be full');
  }
}

interface ApiReply {
  readonly error?: { readonly code?: number; readonly err_code?: number };
}

function parse({ data }: Msg): ApiReply {
  try {
    return JSON.parse(Buffer.from(data).toString('utf8')) as ApiReply;
  } catch {
    return {};
  }
}

function refusedBy({ code, err_code: reason }: NonNullable<ApiReply['error']>): CaroError {
  if (NO_ROOM.includes(reason))
    return new CaroError('relay_full', 'the relay has no room: what was not delivered is sent again later');
  if (code === UNREADY) return new CaroError('relay_unready', 'the relay cannot store messages now');
  return new CaroError('relay_refused', `the relay refused a request with its error ${reason ?? 'unknown'}`);
}

/** What the server or the client says, and what it means to a node. The first that fits counts. */
const MEANINGS: readonly (readonly [said: RegExp, code: ErrorCode, text: string])[] = [
  // A server that is busy does not hear the credentials in time.
  [/authentication timeout/i, 'relay_unreachable', 'the relay has no time for this node now'],
  [
    /authentication expired/i,
    'relay_refused',
    'the credentials for the relay have expired; ask an officer for new ones',
  ],
  [
    /authentication|authorization/i,
    'relay_refused',
    'the relay does not accept the credentials of this node; ask an officer for new ones',
  ],
  [/permissions violation/i, 'relay_refused', 'the credentials of this node do not allow this on the relay'],
  [/no ?responders/i, 'relay_unready', 'nobody reads this on the relay: the aggregator has not connected to it yet'],
];

const AWAY: readonly unknown[] = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'];

/** Whether the connection failed before any certificate was seen, or for another reason. */
function isAway(error: unknown): boolean {
  for (let at: unknown = error; at instanceof Error; at = at.cause)
    if (AWAY.includes((at as NodeJS.ErrnoException).code)) return true;
  return false;
}

/** Texts of the server are dropped: they name subjects. */
function asRelayError(error: unknown): CaroError {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (at instanceof CaroError) return at;
    const { name, message } = at;
    const found = MEANINGS.find(([said]) => said.test(`${name} ${message}`));
    if (found) return new CaroError(found[1], found[2]);
  }
  return new CaroError('relay_unreachable', 'the relay cannot be reached, or the connection with it has ended');
}
