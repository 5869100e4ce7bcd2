/** Questions to all members: how they are answered, and how an analyst's node accounts for all. */

import type { SealingKey } from '../../blind/sealing.ts';
import type { PeerAnswer, QueryBody, ResponseBody } from '../../domain/answers/query.ts';
import { LAYOUT_VERSION } from '../../domain/answers/vector-schema.ts';
import { CaroError } from '../../domain/errors.ts';
import type { Presence } from '../../domain/fleet/roll-call.ts';
import { ALL, answerSubject, RELAY_ADDRESS } from '../../domain/relay/subjects.ts';
import { mailboxOf } from '../../identity/mailbox.ts';
import { MAX_SKEW_MS, MAX_TOLD_SKEW_MS, NONCE_BYTES, type Typed } from '../protocol/messages.ts';
import type { NonceCache } from '../protocol/nonce-cache.ts';
import { type Answers, type Arrived, openAnswers } from './open-answers.ts';
import { openForAll } from './padded-box.ts';
import type { RelayPorts } from './ports.ts';
import type { RelayGate, RelayOutlet } from './relay-gate.ts';
import { decodeRelayMessage, type RelayMessage } from './relay-message.ts';

export interface ListenerOptions {
  readonly self: string;
  readonly version: string;
  readonly gate: RelayGate;
  readonly questionKey: Uint8Array;
  readonly nonces: NonceCache;
  readonly ports: Pick<RelayPorts, 'mayConnect' | 'onQuery' | 'onRefuse'>;
  readonly outlet: () => RelayOutlet | undefined;
  readonly now: () => number;
}

/** Hears a question, and answers it. */
export function createListener(options: ListenerOptions): (arrived: Arrived) => Promise<void> {
  const { self, gate, outlet } = options;
  const me = mailboxOf(self);
  return async (arrived) => {
    const question = heard(options, arrived);
    const link = outlet();
    if (question === undefined || !link) return;
    const { sender, nonce, box } = question;
    const subject = answerSubject(mailboxOf(sender), me);
    const to = { id: sender, box: Buffer.from(box ?? '', 'base64'), subject };
    const send = (message: Typed): Promise<string> => gate.publish(link, { message, to, inReplyTo: nonce });
    await send(await answerTo(options, question)).catch((error: unknown) => {
      if (question.type !== 'query') throw error;
      // An answer that the gate refuses is replaced by the reason.
      const result = error instanceof CaroError && error.code === 'egress_denied' ? 'access_denied' : 'error';
      return send({ type: 'response', body: { result, type: question.body.type } });
    });
  };
}

type Question = Extract<RelayMessage, { readonly type: 'query' | 'roll-call' }>;

function heard({ questionKey, nonces, ports }: ListenerOptions, { subject, box }: Arrived): Question | undefined {
  let sender: string | undefined;
  try {
    const message = decodeRelayMessage(openForAll(questionKey, subject, box));
    sender = message.sender;
    if (message.recipient !== ALL) throw new CaroError('message_recipient', 'expected a question to all members');
    if ((message.type !== 'query' && message.type !== 'roll-call') || message.box === null)
      throw new CaroError('message_unexpected', 'expected a question');
    if (!ports.mayConnect(sender))
      throw new CaroError('peer_untrusted', 'the policy allows no messages with this node');
    if (!nonces.add(sender, message.nonce)) throw new CaroError('message_replayed', 'expected a new question');
    return message;
  } catch (error) {
    ports.onRefuse(error instanceof CaroError ? error.code : 'internal', sender);
    return undefined;
  }
}

/** A question from another time is not answered: it could be an old one that was kept back. */
async function answerTo({ ports, version, now }: ListenerOptions, question: Question): Promise<Typed> {
  const skewMs = Date.parse(question.time) - now();
  if (Math.abs(skewMs) > MAX_SKEW_MS)
    return {
      type: 'present',
      body: { version, skewMs: Math.max(-MAX_TOLD_SKEW_MS, Math.min(MAX_TOLD_SKEW_MS, skewMs)) },
    };
  if (question.type === 'roll-call') return { type: 'present', body: { version } };
  const { sender, body } = question;
  const failed = (): ResponseBody => ({ result: 'error', type: body.type });
  return {
    type: 'response',
    body: await ports.onQuery({ id: sender, address: RELAY_ADDRESS }, body, LAYOUT_VERSION).catch(failed),
  };
}

export interface AskerOptions {
  readonly self: string;
  readonly gate: RelayGate;
  readonly questionKey: Uint8Array;
  readonly boxes: readonly SealingKey[];
  readonly openMany: RelayPorts['openMany'];
  /** The connection with the account of documents; undefined without credentials for it. */
  readonly outlet: () => RelayOutlet | undefined;
  readonly randomBytes: (count: number) => Uint8Array;
}

export interface Asker {
  /**
   * Asks these members with one message. Each of them has an answer in the result.
   * @throws CaroError `peer_unreachable` (without a connection), `egress_…`
   */
  readonly ask: (
    members: readonly string[],
    query: QueryBody,
    deadlineMs: number,
  ) => Promise<ReadonlyMap<string, PeerAnswer>>;
  readonly rollCall: (members: readonly string[], deadlineMs: number) => Promise<ReadonlyMap<string, Presence>>;
  readonly hear: (arrived: Arrived) => void;
}

/** Answers are opened together, once so many are there or so much time has passed. */
const TOGETHER = 64;
const TOGETHER_MS = 20;

/**
 * The answers of so many members are opened in threads, which take a tenth of a second to start.
 */
const MANY = 500;

interface Round {
  readonly nonce: string;
  readonly members: number;
  /** Mailboxes of the members that have not answered yet. */
  readonly missing: Map<string, string>;
  readonly take: (message: RelayMessage) => void;
  readonly finish: () => void;
  held: Arrived[];
  timer: NodeJS.Timeout | undefined;
}

export function createAsker(options: AskerOptions): Asker {
  const { self, boxes, openMany } = options;
  const openHere = (held: readonly Arrived[]): Answers => openAnswers(boxes, held);
  /** An answer is not lost with a thread. */
  const open = (held: readonly Arrived[], members: number): Answers | Promise<Answers> =>
    members < MANY ? openHere(held) : openMany(held).catch(() => openHere(held));
  const rounds = new Set<Round>();
  const flush = async (round: Round): Promise<void> => {
    clearTimeout(round.timer);
    round.timer = undefined;
    const { held } = round;
    round.held = [];
    const messages = await open(held, round.members);
    for (const message of messages) if (message !== null) settle(round, message, self);
    if (round.missing.size === 0) round.finish();
  };
  const ask = createRounds(options, rounds);
  return {
    ask: async (members, query, deadlineMs) => {
      const answers = new Map<string, PeerAnswer>(members.map((id) => [id, { ok: false, code: 'peer_unreachable' }]));
      await ask(members, { type: 'query', body: query }, deadlineMs, (message) => {
        if (message.type === 'response') answers.set(message.sender, { ok: true, body: message.body });
        else if (message.type === 'present') answers.set(message.sender, { ok: false, code: 'clock_skewed' });
      });
      return answers;
    },
    rollCall: async (members, deadlineMs) => {
      const present = new Map<string, Presence>(members.map((id) => [id, { ok: false, code: 'peer_unreachable' }]));
      await ask(members, { type: 'roll-call', body: {} }, deadlineMs, (message) => {
        if (message.type === 'present') present.set(message.sender, { ok: true, ...message.body });
      });
      return present;
    },
    hear: (arrived) => {
      const [, , , from = ''] = arrived.subject.split('.');
      for (const round of rounds) {
        // A node that is not asked, or has answered, costs nothing more.
        if (!round.missing.has(from)) continue;
        round.held.push(arrived);
        if (round.held.length >= Math.min(TOGETHER, round.missing.size)) void flush(round);
        else round.timer ??= setTimeout(() => void flush(round), TOGETHER_MS);
      }
    },
  };
}

/** Asks members, and resolves when all have answered or the deadline has passed. */
function createRounds({ gate, questionKey, outlet, randomBytes }: AskerOptions, rounds: Set<Round>) {
  return async (
    members: readonly string[],
    message: Typed,
    deadlineMs: number,
    take: (message: RelayMessage) => void,
  ): Promise<void> => {
    const link = outlet();
    if (!link?.isOpen()) throw new CaroError('peer_unreachable', 'no relay reaches the members now');
    const nonce = Buffer.from(randomBytes(NONCE_BYTES)).toString('base64');
    const missing = new Map(members.map((id) => [mailboxOf(id), id]));
    let finish: () => void = () => undefined;
    const done = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const round: Round = { nonce, members: members.length, missing, take, finish, held: [], timer: undefined };
    rounds.add(round);
    const timer = setTimeout(finish, deadlineMs);
    try {
      await gate.ask(link, questionKey, message, nonce);
      await done;
    } finally {
      clearTimeout(timer);
      clearTimeout(round.timer);
      rounds.delete(round);
    }
  };
}

function settle(round: Round, message: RelayMessage, self: string): void {
  const mailbox = mailboxOf(message.sender);
  if (message.recipient !== self || message.inReplyTo !== round.nonce) return;
  if (round.missing.get(mailbox) !== message.sender) return;
  if (message.type !== 'response' && message.type !== 'present') return;
  round.missing.delete(mailbox);
  round.take(message);
}
