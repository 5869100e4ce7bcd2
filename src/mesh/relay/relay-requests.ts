/**
 * Requests to aggregators over a relay, which keeps them and the replies while one side is away.
 */
import { createHash } from 'node:crypto';
import type { SealingKey } from '../../blind/sealing.ts';
import { canonical, type Json } from '../../domain/encoding/canonical.ts';
import { CaroError } from '../../domain/errors.ts';
import type { PeerReplyTo, Sent } from '../../domain/exchange.ts';
import { RELAY_REPLIES, type RelayRequest } from '../../domain/relay/relay-exchange.ts';
import { documentSubject, replySubject, requestSubject, SLOTS } from '../../domain/relay/subjects.ts';
import { mailboxOf } from '../../identity/mailbox.ts';
import { steadyMs } from '../../platform/steady-clock.ts';
import { NONCE_BYTES } from '../protocol/messages.ts';
import type { Arrived } from './open-answers.ts';
import { openFrom } from './padded-box.ts';
import type { RelayGate } from './relay-gate.ts';
import type { RelayLink } from './relay-link.ts';
import { decodeRelayMessage, type RelayMessage } from './relay-message.ts';

export interface RequestOptions {
  readonly self: string;
  readonly gate: RelayGate;
  readonly boxes: readonly SealingKey[];
  readonly boxOf: (nodeId: string) => Uint8Array | undefined;
  readonly link: () => RelayLink | undefined;
  readonly randomBytes: (count: number) => Uint8Array;
}

export interface RelayRequests {
  /** @throws CaroError `peer_unreachable`, `deadline_exceeded`, `egress_…`, `relay_…` */
  readonly exchange: <T extends RelayRequest['type']>(
    peer: string,
    request: Extract<RelayRequest, { readonly type: T }>,
    deadlineMs: number,
  ) => Promise<Sent<PeerReplyTo<T>>>;
  readonly hear: (arrived: Arrived) => void;
  /** This connection has ended: no reply comes over it. */
  readonly lost: (link: RelayLink, error: CaroError) => void;
  /** Number of requests that wait for a reply. */
  readonly waiting: () => number;
}

/** One request. Sent again, it is the same message: its nonce is kept until it is answered. */
interface Request {
  readonly peer: string;
  readonly type: RelayRequest['type'];
  readonly nonce: string;
  readonly id: string;
  /** The connection over which the relay has stored it last, in which place, and when (steady). */
  storedBy: RelayLink | undefined;
  slot: string;
  storedMs: number;
  /** While somebody waits. */
  waiting: Waiting | undefined;
}

interface Waiting {
  readonly link: RelayLink;
  readonly settle: (reply: RelayMessage) => void;
  readonly fail: (error: CaroError) => void;
}

/** Requests that were given up, of which a reply may yet be stored. */
const MAX_REMEMBERED = 1_000;
/** A reply can be lost: after this time a request is stored again. */
const AGAIN_MS = 3_600_000;

export function createRelayRequests(options: RequestOptions): RelayRequests {
  const { self, boxes, boxOf, link: current } = options;
  const me = mailboxOf(self);
  /** By peer, type and content, and by id. */
  const known = new Map<string, Request>();
  const byId = new Map<string, Request>();
  const forget = (key: string, { id }: Request): void => {
    known.delete(key);
    byId.delete(id);
  };
  const hear = ({ subject, box }: Arrived): void => {
    const [, , , to = '', from = '', id = ''] = subject.split('.');
    const request = byId.get(id);
    if (to !== me || request?.waiting === undefined || mailboxOf(request.peer) !== from) return;
    const reply = openReply(boxes, { subject, box }, request, self);
    if (reply) request.waiting.settle(reply);
  };
  let active = 0;
  return {
    waiting: () => active,
    hear,
    lost: (link, error) => {
      for (const { waiting } of known.values()) if (waiting?.link === link) waiting.fail(error);
    },
    exchange: async (peer, request, deadlineMs) => {
      const link = current();
      const box = boxOf(peer);
      if (!link?.isOpen() || box === undefined)
        throw new CaroError('peer_unreachable', 'the peer is not connected, and no relay reaches it now');
      const key = createHash('sha256')
        .update(canonical([peer, request.type, request.body] as unknown as Json))
        .digest();
      const name = key.toString('hex');
      const entry = known.get(name) ?? newRequest(options, peer, request, key);
      remember(known, byId, name, entry, forget);
      active += 1;
      try {
        const reply = await replyTo(options, { link, box, me, others: known }, entry, request, deadlineMs);
        forget(name, entry);
        const { type, body, time: sentAt } = reply;
        return { type, body, sentAt } as unknown as Sent<PeerReplyTo<typeof request.type>>;
      } finally {
        active -= 1;
        entry.waiting = undefined;
      }
    },
  };
}

function remember(
  known: Map<string, Request>,
  byId: Map<string, Request>,
  name: string,
  entry: Request,
  forget: (name: string, entry: Request) => void,
): void {
  known.set(name, entry);
  byId.set(entry.id, entry);
  const [oldest] = known;
  if (known.size > MAX_REMEMBERED && oldest && oldest[1].waiting === undefined) forget(...oldest);
}

/** A report keeps its id over restarts: the relay replaces its first copy by the second. */
function newRequest({ randomBytes }: RequestOptions, peer: string, { type }: RelayRequest, key: Buffer): Request {
  const bytes = type === 'blind-report' ? key.subarray(0, NONCE_BYTES) : Buffer.from(randomBytes(NONCE_BYTES));
  return {
    peer,
    type,
    nonce: bytes.toString('base64'),
    id: bytes.toString('hex'),
    storedBy: undefined,
    slot: '',
    storedMs: 0,
    waiting: undefined,
  };
}

interface Path {
  readonly link: RelayLink;
  readonly box: Uint8Array;
  readonly me: string;
  readonly others: ReadonlyMap<string, Request>;
}

async function replyTo(
  options: RequestOptions,
  path: Path,
  entry: Request,
  request: RelayRequest,
  deadlineMs: number,
): Promise<RelayMessage> {
  if (entry.waiting !== undefined) throw new CaroError('peer_unreachable', 'the same request is under way');
  const { link, me } = path;
  let timer: NodeJS.Timeout | undefined;
  const reply = new Promise<RelayMessage>((resolve, reject) => {
    entry.waiting = { link, settle: resolve, fail: reject };
    timer = setTimeout(
      () => reject(new CaroError('deadline_exceeded', `no reply came over the relay within ${deadlineMs} ms`)),
      deadlineMs,
    );
  });
  reply.catch(() => undefined);
  try {
    if (entry.storedBy !== undefined) {
      const to = mailboxOf(entry.peer);
      const subject = replySubject(me, to, entry.id);
      const kept = await link.fetch(documentSubject(to, subject)).catch(() => null);
      const found = kept && openReply(options.boxes, { subject, box: kept }, entry, options.self);
      if (found) return found;
    }
    await storeOnce(options, path, entry, request);
    return await reply;
  } finally {
    clearTimeout(timer);
  }
}

/** What the relay has stored over this very connection it still has, or the recipient has it. */
async function storeOnce(
  { gate }: RequestOptions,
  { link, box, me, others }: Path,
  entry: Request,
  message: RelayRequest,
): Promise<void> {
  if (entry.storedBy === link && steadyMs() - entry.storedMs <= AGAIN_MS) return;
  const { peer, nonce } = entry;
  const stored = [...others.values()].filter((other) => other.peer === peer && other !== entry && other.storedBy);
  const slot = freeSlot(entry.id, new Set(stored.map((other) => other.slot)));
  // One that has lost its place is stored again when it is next asked for.
  for (const other of stored) if (other.slot === slot) other.storedBy = undefined;
  entry.slot = slot;
  const subject = requestSubject(mailboxOf(peer), me, slot);
  await gate.store(link, { message, to: { id: peer, box, subject }, inReplyTo: null, nonce });
  entry.storedBy = link;
  entry.storedMs = steadyMs();
}

/** The place that the id names, which is the same after a restart, or the next that is free. */
function freeSlot(id: string, taken: ReadonlySet<string>): string {
  const first = Number.parseInt(id.charAt(0), 16);
  const inOrder = SLOTS.map((_, step) => SLOTS[(first + step) % SLOTS.length] ?? '0');
  return inOrder.find((slot) => !taken.has(slot)) ?? id.charAt(0);
}

/** Null unless it is the reply of that peer to that request. A relay can deliver anything. */
export function openReply(
  boxes: readonly SealingKey[],
  { subject, box }: Arrived,
  { peer, nonce, type }: Pick<Request, 'peer' | 'nonce' | 'type'>,
  self: string,
): RelayMessage | null {
  try {
    const message = decodeRelayMessage(openFrom(boxes, subject, box));
    const isReply = message.type === 'blind-refusal' || message.type === RELAY_REPLIES[type];
    const isOurs = message.sender === peer && message.recipient === self && message.inReplyTo === nonce;
    return isReply && isOurs ? message : null;
  } catch {
    return null;
  }
}
