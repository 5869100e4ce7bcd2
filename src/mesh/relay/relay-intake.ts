/** The side of an aggregator: takes requests from its stream and keeps a reply for each. */

import type { SealingKey } from '../../blind/sealing.ts';
import { type BlindRequest, refusal, refusalCode } from '../../domain/blind/exchange.ts';
import { CaroError } from '../../domain/errors.ts';
import { RELAY_REPLIES, type RelayReply, type RelayRequest } from '../../domain/relay/relay-exchange.ts';
import { RELAY_ADDRESS, replySubject } from '../../domain/relay/subjects.ts';
import { DAY_MS } from '../../domain/time/period.ts';
import { mailboxOf } from '../../identity/mailbox.ts';
import { openFrom } from './padded-box.ts';
import type { RelayPorts } from './ports.ts';
import type { RelayGate, RelayOutlet } from './relay-gate.ts';
import type { Taken } from './relay-link.ts';
import { decodeRelayMessage, type RelayMessage } from './relay-message.ts';

/**
 * A request may wait in a stream for days. To repeat one is harmless: reports count once by their
 * hash, the rest only reads, and what is read is sealed to the node that asked.
 */
const MAX_WAIT_MS = 7 * DAY_MS;

export interface IntakeOptions {
  readonly self: string;
  readonly gate: RelayGate;
  readonly boxes: readonly SealingKey[];
  readonly ports: Pick<RelayPorts, 'mayConnect' | 'onBlind' | 'onOrg' | 'onRefuse'>;
  /** The connection with the account of documents. */
  readonly outlet: () => RelayOutlet | undefined;
  readonly now: () => number;
  /** Where requests come from; the relay by default. */
  readonly address?: string;
  /** The oldest request that is answered. */
  readonly maxWaitMs?: number;
}

type Asked = RelayRequest & Pick<RelayMessage, 'sender' | 'nonce' | 'box'>;

/** What is not valid is dropped and counted: to have it delivered again would not help. */
export function createRelayIntake(options: IntakeOptions): Taken {
  const { self, gate, ports, outlet, address = RELAY_ADDRESS } = options;
  const me = mailboxOf(self);
  return async (subject, box) => {
    const request = opened(options, subject, box);
    if (request === undefined) return;
    const { sender, nonce, box: replyBox } = request;
    const reply = await answer(ports, request, address);
    const docs = outlet();
    if (!docs) throw new CaroError('relay_unreachable', 'the reply cannot be kept now');
    const reversed = replySubject(mailboxOf(sender), me, Buffer.from(nonce, 'base64').toString('hex'));
    const to = { id: sender, box: Buffer.from(replyBox ?? '', 'base64'), subject: reversed };
    // The request is settled when the reply is kept; what the policy keeps back stays back.
    await gate.store(docs, { message: reply, to, inReplyTo: nonce }).catch((error: unknown) => {
      if (!(error instanceof CaroError) || error.code !== 'egress_denied') throw error;
    });
  };
}

function opened(
  { self, boxes, ports, now, maxWaitMs = MAX_WAIT_MS }: IntakeOptions,
  subject: string,
  box: Uint8Array,
): Asked | undefined {
  let sender: string | undefined;
  try {
    const message = decodeRelayMessage(openFrom(boxes, subject, box));
    const [, , , from] = subject.split('.');
    // The server of a relay has checked who published on this subject.
    if (mailboxOf(message.sender) !== from)
      throw new CaroError('message_sender', 'expected the node of this mailbox as sender, got another');
    sender = message.sender;
    if (message.recipient !== self) throw new CaroError('message_recipient', 'expected this node as recipient');
    const ageMs = now() - Date.parse(message.time);
    if (Math.abs(ageMs) > maxWaitMs)
      throw new CaroError(
        ageMs > 0 ? 'message_stale' : 'message_future',
        `expected a message of the last ${maxWaitMs / DAY_MS} days`,
      );
    if (!Object.hasOwn(RELAY_REPLIES, message.type) || message.box === null)
      throw new CaroError('message_unexpected', 'expected a request that a relay keeps');
    if (!ports.mayConnect(sender))
      throw new CaroError('peer_untrusted', 'the policy allows no messages with this node');
    return message as Asked;
  } catch (error) {
    ports.onRefuse(error instanceof CaroError ? error.code : 'internal', sender);
    return undefined;
  }
}

/** A defect of this node is the refusal `internal`; a question about the roster is asked again. */
function answer(
  { onBlind, onOrg }: IntakeOptions['ports'],
  { sender, type, body }: Asked,
  address: string,
): Promise<RelayReply> {
  const peer = { id: sender, address };
  if (type === 'org-ask') return onOrg(peer, { type, body });
  return onBlind(peer, { type, body } as BlindRequest).catch((error: unknown) =>
    refusal(refusalCode(error instanceof CaroError ? error.code : 'internal')),
  );
}
