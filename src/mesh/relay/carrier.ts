/**
 * Requests and replies in a folder that somebody carries: the messages of the relay, sealed in the
 * same way, for nodes that no network connects.
 */
import { createHash } from 'node:crypto';
import type { SealingKey } from '../../blind/sealing.ts';
import { canonical, type Json } from '../../domain/encoding/canonical.ts';
import { CaroError, type ErrorCode } from '../../domain/errors.ts';
import type { PeerReply } from '../../domain/exchange.ts';
import { type Carried, type CarriedOutcome, carriedSubject, FOLDER_ADDRESS } from '../../domain/relay/carried.ts';
import type { RelayRequest } from '../../domain/relay/relay-exchange.ts';
import { DAY_MS } from '../../domain/time/period.ts';
import type { Identity } from '../../identity/identity.ts';
import { mailboxOf } from '../../identity/mailbox.ts';
import { NONCE_BYTES } from '../protocol/messages.ts';
import { type CarriedBox, decodeCarried, encodeCarried } from './carried-box.ts';
import type { RelayPorts } from './ports.ts';
import { createRelayGate, type RelayOutlet } from './relay-gate.ts';
import { createRelayIntake } from './relay-intake.ts';
import type { RelayMessage } from './relay-message.ts';
import { openReply } from './relay-requests.ts';

/** A folder may be on its way for long. To repeat what is in it is harmless (`MAX_WAIT_MS`). */
const MAX_AGE_MS = 60 * DAY_MS;

export interface CarrierOptions {
  readonly identity: Pick<Identity, 'id' | 'sign' | 'fingerprint'>;
  /** What this node opens boxes with; replies are sealed to the first. */
  readonly boxes: readonly [SealingKey, ...SealingKey[]];
  readonly boxOf: (nodeId: string) => Uint8Array | undefined;
  readonly ports: Omit<RelayPorts, 'onQuery' | 'onOpen' | 'openMany'>;
  readonly now: () => number;
  readonly randomBytes: (count: number) => Uint8Array;
}

/** One visit of a folder. */
export interface Carrier {
  /** Takes boxes in their order: answers requests, and keeps replies for `exchange`. */
  readonly take: (texts: readonly string[]) => Promise<readonly CarriedOutcome[]>;
  /**
   * Resolves with the reply that the folder had.
   * @throws CaroError `peer_unreachable` if it had none: the request is put into the folder;
   *   `egress_…`
   */
  readonly exchange: (peer: string, request: RelayRequest) => Promise<PeerReply>;
  /** Texts of what is to be carried from here. */
  readonly boxes: Carried['boxes'];
}

export function createCarrier(options: CarrierOptions): Carrier {
  const { identity, boxes, boxOf, ports, now, randomBytes } = options;
  const self = identity.id;
  const me = mailboxOf(self);
  const texts: string[] = [];
  const outlet = outletTo(texts);
  const gate = createRelayGate({ identity, box: boxes[0].publicKey, ports, now, randomBytes, address: FOLDER_ADDRESS });
  const refusals: ErrorCode[] = [];
  const onRefuse: RelayPorts['onRefuse'] = (code, peer) => {
    refusals.push(code);
    ports.onRefuse(code, peer);
  };
  const intake = createRelayIntake({
    self,
    gate,
    boxes,
    ports: { ...ports, onRefuse },
    outlet: () => outlet,
    now,
    address: FOLDER_ADDRESS,
    maxWaitMs: MAX_AGE_MS,
  });
  /** By the id of the request. Anybody can put a forged one beside the reply of the peer. */
  const replies = new Map<string, CarriedBox[]>();
  const asked = new Set<string>();
  const takeOne = async (text: string): Promise<CarriedOutcome> => {
    const carried = decodeCarried(text);
    const { subject, to, box } = carried;
    if (to.to !== me) return { what: 'elsewhere', code: null };
    if (to.kind === 'reply') {
      replies.set(to.id, [...(replies.get(to.id) ?? []), carried]);
      return { what: 'reply', code: null };
    }
    refusals.length = 0;
    await intake(subject, box);
    const [code = null] = refusals;
    return { what: code === null ? 'request' : 'refused', code };
  };
  return {
    boxes: texts,
    take: (all) => inTurn(all, (text) => takeOne(text).catch(asOutcome)),
    exchange: async (peer, request) => {
      const box = boxOf(peer);
      if (box === undefined || peer === self) throw away();
      const { nonce, id } = nonceOf(peer, request);
      const reply = (replies.get(id) ?? [])
        .map((carried) => openReply(boxes, carried, { peer, nonce, type: request.type }, self))
        .find((opened) => opened !== null);
      // Used once: the same question is put again in the folder, for news.
      replies.delete(id);
      if (reply) return contentOf(reply);
      if (!asked.has(id)) {
        asked.add(id);
        const subject = carriedSubject({ kind: 'request', to: mailboxOf(peer), from: me, id });
        await gate.store(outlet, { message: request, to: { id: peer, box, subject }, inReplyTo: null, nonce });
      }
      throw away();
    },
  };
}

const outletTo = (texts: string[]): RelayOutlet => ({
  isOpen: () => true,
  publish: (subject, box) => void texts.push(encodeCarried({ subject, box })),
  store: (subject, box) => {
    texts.push(encodeCarried({ subject, box }));
    return Promise.resolve();
  },
});

async function inTurn<T, R>(all: readonly T[], one: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (const item of all) results.push(await one(item));
  return results;
}

/** The same request has the same nonce on every visit, so that the reply to it is known. */
function nonceOf(peer: string, { type, body }: RelayRequest): { readonly nonce: string; readonly id: string } {
  const hash = createHash('sha256').update(canonical([peer, type, body] as unknown as Json));
  const nonce = hash.digest().subarray(0, NONCE_BYTES);
  return { nonce: nonce.toString('base64'), id: nonce.toString('hex') };
}

const contentOf = ({ type, body }: RelayMessage): PeerReply => ({ type, body }) as unknown as PeerReply;

const away = (): CaroError =>
  new CaroError('peer_unreachable', 'the peer is not connected; the request waits in the folder');

function asOutcome(error: unknown): CarriedOutcome {
  if (error instanceof CaroError) return { what: 'refused', code: error.code };
  throw error;
}
