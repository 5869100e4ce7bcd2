/**
 * What this node does with each type of message. Sessions call these handlers directly; decisions
 * are made by `MeshPorts`.
 */
import type { AdvisoryResult } from '../domain/advisories/advisory.ts';
import type { QueryBody, ResponseBody } from '../domain/answers/query.ts';
import { type BlindRequest, refusal, refusalCode } from '../domain/blind/exchange.ts';
import { CaroError, type ErrorCode } from '../domain/errors.ts';
import type { PeerReply } from '../domain/exchange.ts';
import type { PeerAt } from '../domain/identity/peer-at.ts';
import type { DualEnvelope, Envelope } from '../domain/identity/signed-envelope.ts';
import type { OrgRequest } from '../domain/organisation/exchange.ts';
import type { SummaryResult } from '../domain/summaries/summary.ts';
import { openRevocation } from '../identity/key-statement.ts';
import type { Pairing } from './pairing/pairing.ts';
import type { MeshPorts } from './ports.ts';
import { openAdvisory } from './protocol/advisory-document.ts';
import type { MessageBodies, MessageHandlers } from './protocol/messages.ts';
import { checkRotations, isIntroduction } from './protocol/statement-checks.ts';
import { checkAuthor, parseSummary } from './protocol/summary-document.ts';
import { provenEndpoint } from './transport/address-rule.ts';
import type { Connection } from './transport/connection.ts';

export interface HandlerContext {
  readonly ports: MeshPorts;
  readonly pairing: Pick<Pairing, 'onHello' | 'onPair'>;
  /** Throws if the peer may not use this connection any more. */
  readonly admitAgain: (connection: Connection) => void;
  /** Node id of the entry that a connection was dialled for; undefined if the peer dialled. */
  readonly expectedPeer: (connection: Connection) => string | undefined;
  /** Puts a connection to use after its hello. */
  readonly register: (connection: Connection) => void;
  /** Records a refusal. */
  readonly refuse: (connection: Connection, code: ErrorCode) => void;
}

export function createMessageHandlers(context: HandlerContext): MessageHandlers<Connection> {
  const { ports, pairing } = context;
  return {
    hello: (connection, { body }) => handleHello(context, connection, body),
    layout: (connection, { body }) => {
      connection.setLayout(body.answers);
    },
    query: (connection, { body, nonce }) => {
      connection.run(() => respond(ports, connection, body, nonce));
    },
    response: (connection, { body, inReplyTo }) => {
      connection.takeResponse(inReplyTo, body);
    },
    summary: (connection, { body, nonce }) => {
      connection.run(async () => {
        const result = await handleSummary(context, connection, body.document);
        await connection.transmit({ type: 'summary-ack', body: result }, nonce);
      });
    },
    'summary-ack': (connection, { body }) => {
      connection.takeAcknowledgement(body.id, body.result);
    },
    'blind-report': (connection, message) => handleBlind(ports, connection, message),
    'blind-prepare': (connection, message) => handleBlind(ports, connection, message),
    'blind-log': (connection, message) => handleBlind(ports, connection, message),
    'blind-total': (connection, message) => handleBlind(ports, connection, message),
    'blind-receipt': takeReply,
    'blind-prepared': takeReply,
    'blind-entries': takeReply,
    'blind-share': takeReply,
    'blind-refusal': takeReply,
    advisory: (connection, message) => receiveAdvisory(context, connection, message),
    'advisory-ack': takeReply,
    'org-ask': (connection, message) => handleOrg(ports, connection, message),
    'org-join': (connection, message) => handleOrg(ports, connection, message),
    'org-news': takeReply,
    'org-joined': takeReply,
    rotation: (connection, { body }) => handleRotation(ports, connection, body.statement),
    revocation: (connection, { body }) => handleRevocation(ports, connection, body.statement),
    checkpoint: (connection, { body, nonce }) => {
      connection.run(async () => {
        const answer = await ports.onCheckpoint(connection.peer, body);
        await connection.transmit({ type: 'cosignature', body: answer }, nonce);
      });
    },
    cosignature: (connection, { body, inReplyTo }) => {
      connection.takeCosignature(inReplyTo, body);
    },
    pair: (connection, { body }) => {
      if (connection.purpose === 'pairing') return pairing.onPair(connection, body);
      throw new CaroError('message_unexpected', 'expected a connection for pairing');
    },
    goodbye: (connection, { body }) => {
      connection.takeGoodbye(body.reason);
    },
    // A node that is connected is known to be there: these two mean something over a relay only.
    'roll-call': () => undefined,
    present: () => undefined,
  };
}

/** The other side always gets a reply; a defect of this node is the refusal `internal`. */
function handleBlind(ports: MeshPorts, connection: Connection, message: Asked): void {
  const { type, body, nonce } = message;
  connection.run(async () => {
    const reply = await ports
      .onBlind(peerOf(connection), { type, body } as BlindRequest)
      .catch((error: unknown) => refusal(refusalCode(error instanceof CaroError ? error.code : 'internal')));
    await connection.transmit(reply, nonce);
  });
}

/** A request that cannot be answered gets no reply: its sender asks another node. */
function handleOrg(ports: MeshPorts, connection: Connection, message: OrgRequest & { readonly nonce: string }): void {
  const { type, body, nonce } = message;
  connection.run(async () => {
    const reply = await ports.onOrg(peerOf(connection), { type, body } as OrgRequest);
    await connection.transmit(reply, nonce);
  });
}

type Asked = BlindRequest & { readonly nonce: string };

const takeReply = (connection: Connection, message: PeerReply & { readonly inReplyTo: string | null }): void => {
  connection.takeReply(message.inReplyTo, message);
};

const peerOf = ({ peer, address }: Connection): PeerAt => ({ id: peer, address });

/**
 * The order MUST be kept: a connection is registered only after its statements were checked and
 * taken, since they can end the trust in its key.
 */
async function handleHello(
  { ports, pairing, admitAgain, expectedPeer, register }: HandlerContext,
  connection: Connection,
  { rotations, revocations = [], version, listen = [] }: MessageBodies['hello'],
): Promise<void> {
  if (connection.purpose === 'pairing') {
    pairing.onHello(connection);
    return;
  }
  const isUnexpected = connection.purpose === 'introduction';
  checkRotations(connection.peer, rotations);
  revocations.forEach(openRevocation);
  const isHeard = !isUnexpected || isIntroduction(expectedPeer(connection) ?? '', rotations, ports.isHeir);
  const statements = { rotations: isHeard ? rotations : [], revocations };
  if (statements.rotations.length + revocations.length > 0) await ports.onKeys(peerOf(connection), statements);
  if (isUnexpected) throw new CaroError('key_changed', 'expected the key of the peer, got another');
  if (connection.hasEnded()) return;
  admitAgain(connection);
  connection.setVersion(version ?? null);
  register(connection);
  const endpoint = provenEndpoint(listen, connection.address);
  if (endpoint !== undefined) ports.onAddress?.(peerOf(connection), endpoint);
}

/** Answers a query; an answer that the egress gate refuses is replaced by the reason. */
async function respond(ports: MeshPorts, connection: Connection, query: QueryBody, nonce: string): Promise<void> {
  const { type } = query;
  const send = (body: ResponseBody): Promise<string> => connection.transmit({ type: 'response', body }, nonce);
  const answer = await ports
    .onQuery(peerOf(connection), query, connection.layout())
    .catch((): ResponseBody => ({ result: 'error', type }));
  await send(answer).catch((error: unknown) => send({ result: withheldResult(error), type }));
}

const withheldResult = (error: unknown): 'access_denied' | 'error' =>
  error instanceof CaroError && error.code === 'egress_denied' ? 'access_denied' : 'error';

async function handleSummary(
  { ports, refuse }: HandlerContext,
  connection: Connection,
  document: Envelope,
): Promise<{ readonly id: string; readonly result: SummaryResult }> {
  const { peer, address } = connection;
  const summary = parseSummary(document);
  try {
    checkAuthor(document, summary, (node) => ports.hasSucceeded(node, peer));
  } catch {
    refuse(connection, 'summary_invalid');
    return { id: summary.id, result: 'refused' };
  }
  const result = await ports.onSummary({ id: peer, address, document, summary });
  if (result === 'refused') refuse(connection, 'summary_invalid');
  return { id: summary.id, result };
}

/** Refusals are recorded; of a flood, their number. */
function receiveAdvisory(
  context: HandlerContext,
  connection: Connection,
  { body, nonce }: { readonly body: MessageBodies['advisory']; readonly nonce: string },
): void {
  connection.run(async () => {
    const result = await handleAdvisory(context, connection, body.document);
    await connection.transmit({ type: 'advisory-ack', body: { result } }, nonce);
  });
}

async function handleAdvisory(
  { ports, refuse }: HandlerContext,
  connection: Connection,
  document: Envelope,
): Promise<AdvisoryResult> {
  try {
    const advisory = openAdvisory(document, connection.peer);
    const result = await ports.onAdvisory({ peer: peerOf(connection), advisory, document });
    if (result !== 'stored' && result !== 'known') refuse(connection, 'advisory_refused');
    return result;
  } catch (error) {
    if (!(error instanceof CaroError) || error.code !== 'signature_invalid') throw error;
    refuse(connection, 'advisory_refused');
    return 'invalid';
  }
}

async function handleRotation(ports: MeshPorts, connection: Connection, statement: DualEnvelope): Promise<void> {
  checkRotations(connection.peer, [statement]);
  await ports.onKeys(peerOf(connection), { rotations: [statement], revocations: [] });
}

async function handleRevocation(ports: MeshPorts, connection: Connection, statement: Envelope): Promise<void> {
  openRevocation(statement);
  await ports.onKeys(peerOf(connection), { rotations: [], revocations: [statement] });
}
