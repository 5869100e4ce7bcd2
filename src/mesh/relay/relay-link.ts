/** One connection with a relay: the only file that knows the NATS client. */
import { X509Certificate } from 'node:crypto';
import { connect, type Msg, type NatsConnection } from '@nats-io/transport-node';
import { CaroError, type ErrorCode } from '../../domain/errors.ts';
import { CONSUMER, inboxPrefix, ROSTER_STREAM, requestSubject, SLOTS } from '../../domain/relay/subjects.ts';
import { changed, keyHash, pinnedCertificate, type RelayAddress } from './pinned-certificate.ts';
import type { RelayOutlet } from './relay-gate.ts';

const CONNECT_MS = 30_000;
/** The greeting and a handshake in which nothing is sent. */
const CERTIFICATE_MS = 15_000;
const PING_MS = 60_000;
const REQUEST_MS = 10_000;
/** How many requests an aggregator takes at once, and how long it waits for the first. */
const BATCH = 64;
const PULL_MS = 30_000;
const SECOND_NS = 1e9;
const DAY_NS = 86_400e9;
/** A stream is a buffer: whatever is lost in it is sent again from the outboxes. */
const STREAM_BYTES = 2_000_000_000;
const STREAM_DAYS = 5;
const REPLY_DAYS = 14;
/** Largest message of a leader to a trustee. */
const MAX_BYTES = 1_114_112;
const NAME_IN_USE = 10_058;
/** Maximum messages or bytes exceeded, maximum per subject, insufficient storage. */
const NO_ROOM: readonly (number | undefined)[] = [10_077, 10_047, 10_023];

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
  /** Makes this aggregator's stream of requests, if need be, and takes what arrives in it. */
  readonly consume: (taken: Taken) => Promise<void>;
  /** Makes this aggregator's stream of replies, if need be. */
  readonly keepReplies: (subject: string) => Promise<void>;
  readonly keepRoster: (subject: string) => Promise<void>;
  /** Resolves when everything published so far has reached the relay. */
  readonly flush: () => Promise<void>;
  /** Resolves with the reason when the connection has ended. */
  readonly ended: Promise<CaroError>;
  readonly close: () => Promise<void>;
}

/** Certificates that were accepted by their key. */
const certificates = new Map<string, string>();

/** @throws CaroError `relay_key_changed`, `relay_refused`, `relay_unreachable` */
export async function openRelayLink(address: RelayAddress, credentials: LinkCredentials): Promise<RelayLink> {
  const place = `${address.host} ${address.port} ${address.key}`;
  const known = certificates.get(place);
  const certificate = known ?? (await pinnedCertificate(address, CERTIFICATE_MS));
  certificates.set(place, certificate);
  try {
    return linkOf(await open(address, credentials, certificate), credentials.mailbox);
  } catch (error) {
    const failure = asRelayError(error);
    // The relay may have renewed its certificate.
    if (failure.code !== 'relay_refused') certificates.delete(place);
    throw failure;
  }
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
  const api = (subject: string, body: object): Promise<void> => make(connection, subject, body);
  const stream = (subjects: readonly string[], more: object): object => ({
    ...{ name: mailbox, subjects, storage: 'file', num_replicas: 1, max_consumers: 1, max_msgs: -1 },
    ...{ max_msgs_per_subject: 1, max_bytes: STREAM_BYTES, max_msg_size: MAX_BYTES },
    ...more,
  });
  return {
    isOpen,
    publish: (subject, box) => connection.publish(subject, box),
    store: async (subject, box) => {
      const reply = await asked(connection, subject, box);
      const { error } = parse(reply) as { readonly error?: { readonly err_code?: number } };
      if (error) throw refusedBy(error.err_code);
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
    consume: async (taken) => {
      const subjects = SLOTS.map((slot) => requestSubject(mailbox, '*', slot));
      const limits = { retention: 'workqueue', discard: 'new', max_age: STREAM_DAYS * DAY_NS };
      await api(`$JS.API.STREAM.CREATE.${mailbox}`, stream(subjects, limits));
      await api(`$JS.API.CONSUMER.DURABLE.CREATE.${mailbox}.${CONSUMER}`, {
        stream_name: mailbox,
        config: {
          ...{ durable_name: CONSUMER, ack_policy: 'explicit', deliver_policy: 'all', replay_policy: 'instant' },
          ...{ ack_wait: 120 * SECOND_NS, max_ack_pending: 1_000, max_waiting: 8 },
        },
      });
      void pull(connection, mailbox, taken);
    },
    keepReplies: (subject) =>
      api(
        `$JS.API.STREAM.CREATE.${mailbox}`,
        stream([subject], { retention: 'limits', discard: 'old', max_age: REPLY_DAYS * DAY_NS, allow_direct: true }),
      ),
    keepRoster: (subject) =>
      api(`$JS.API.STREAM.CREATE.${ROSTER_STREAM}`, {
        ...stream([subject], { retention: 'limits', discard: 'old', max_age: 0, allow_direct: true }),
        name: ROSTER_STREAM,
      }),
    flush: () => connection.flush(),
    ended: connection.closed().then((error) => asRelayError(error)),
    close: () => connection.close(),
  };
}

/** Takes batch after batch, until the connection ends. */
async function pull(connection: NatsConnection, mailbox: string, taken: Taken): Promise<void> {
  let serial = 0;
  while (!connection.isClosed()) {
    serial += 1;
    const inbox = `${inboxPrefix(mailbox)}.pull.${serial}`;
    const subscription = connection.subscribe(inbox);
    const body = JSON.stringify({ batch: BATCH, expires: PULL_MS * 1e6 });
    connection.publish(`$JS.API.CONSUMER.MSG.NEXT.${mailbox}.${CONSUMER}`, body, { reply: inbox });
    const pause = setTimeout(() => subscription.unsubscribe(), PULL_MS + REQUEST_MS);
    const work: Promise<void>[] = [];
    for await (const message of subscription) {
      if (message.headers && message.headers.code > 0) break;
      work.push(settle(message, taken));
      if (work.length === BATCH) break;
    }
    clearTimeout(pause);
    subscription.unsubscribe();
    await Promise.all(work);
  }
}

/** What was not settled is delivered again after `ack_wait`. */
async function settle(message: Msg, taken: Taken): Promise<void> {
  try {
    await taken(message.subject, message.data);
    message.respond('+ACK');
  } catch {
    // The relay delivers it again.
  }
}

async function make(connection: NatsConnection, subject: string, body: object): Promise<void> {
  const { error } = parse(await asked(connection, subject, JSON.stringify(body))) as {
    readonly error?: { readonly err_code?: number };
  };
  // It exists, perhaps with limits that an operator has changed.
  if (error && error.err_code !== NAME_IN_USE) throw refusedBy(error.err_code);
}

async function asked(connection: NatsConnection, subject: string, payload: string | Uint8Array): Promise<Msg> {
  try {
    return await connection.request(subject, payload, { timeout: REQUEST_MS });
  } catch (error) {
    throw asRelayError(error);
  }
}

function parse({ data }: Msg): unknown {
  try {
    return JSON.parse(Buffer.from(data).toString('utf8'));
  } catch {
    return {};
  }
}

const refusedBy = (code: number | undefined): CaroError =>
  NO_ROOM.includes(code)
    ? new CaroError('relay_full', 'the relay has no room: what was not delivered is sent again later')
    : new CaroError('relay_refused', `the relay refused a request with its error ${code ?? 'unknown'}`);

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
