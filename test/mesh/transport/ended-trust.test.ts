/** Trust that ends while a connection is being opened or used: each use is decided again. */
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { WebSocketServer } from 'ws';
import { canonical } from '../../../src/domain/encoding/canonical.ts';
import type { TlsMaterial } from '../../../src/identity/certificate.ts';
import { encodeEnvelope, seal } from '../../../src/identity/envelope.ts';
import type { Identity } from '../../../src/identity/identity.ts';
import { signRevocation, signRotation } from '../../../src/identity/key-statement.ts';
import { pairingProof } from '../../../src/mesh/pairing/invite.ts';
import { decodeInviteCode } from '../../../src/mesh/pairing/invite-code.ts';
import { EXPORTER_LABEL, MESSAGE_TYPE, SUBPROTOCOL } from '../../../src/mesh/protocol/messages.ts';
import { until } from '../../rig/until.ts';
import { asJson, type Hostile, intrude, payloadOf, tlsTo, upgrade } from '../hostile.ts';
import {
  codeOf,
  makeIdentity,
  makeSummary,
  makeTls,
  QUESTION,
  random,
  refusals,
  startNode,
  stopAll,
  type TestNode,
} from '../rig.ts';

let peer: Identity;
let tls: TlsMaterial;
let victim: TestNode;

/** Ids in the order in which the victim decided about them. */
let judged: string[];

beforeEach(async () => {
  peer = makeIdentity();
  tls = await makeTls(peer);
  judged = [];
  victim = await startNode({
    trusts: [peer.id],
    ports: {
      mayConnect: ({ id }) => {
        judged.push(id);
        const mayPair = !victim.denied.has(id);
        return { allow: victim.trusted.has(id), rule: 'trust.nodes', mayPair };
      },
    },
  });
});

afterEach(stopAll);

/** As `caro trust revoke`: the rules change, then the live connections are judged. */
const revoke = (node = victim): void => {
  node.trusted.delete(peer.id);
  node.denied.add(peer.id);
  node.mesh.reload([]);
};

/** The rules change between two messages, before anything else is told. */
const endTrust = (): void => void victim.trusted.delete(peer.id);

const facts = (): { nowMs: number; nonce: Uint8Array } => ({ nowMs: Date.now(), nonce: random(16) });

const connected = async (): Promise<Hostile> => {
  const hostile = await intrude(victim, peer, tls);
  hostile.hello();
  await until(() => victim.mesh.isConnected(peer.id));
  return hostile;
};

describe('a peer whose trust ends', () => {
  test('before it upgrades its TLS connection is not let in', async () => {
    const socket = await tlsTo(victim, tls);
    await until(() => judged.includes(peer.id));
    revoke();
    await expect(upgrade(socket, victim, peer)).rejects.toThrow('expected an open WebSocket');
    await until(() => refusals(victim).includes('peer_untrusted'));
    expect([victim.connected, victim.ledger]).toEqual([[], []]);
  });

  test('before it says hello is not let in', async () => {
    const hostile = await intrude(victim, peer, tls);
    endTrust();
    hostile.hello();
    expect(await hostile.closed).toBe('peer_untrusted');
    expect(victim.connected).toEqual([]);
  });

  test('while the statements of its hello are being stored is not let in', async () => {
    const takes: (() => void)[] = [];
    const slow = await startNode({
      trusts: [peer.id],
      ports: { onKeys: () => new Promise<void>((resolve) => takes.push(resolve)) },
    });
    const hostile = await intrude(slow, peer, tls);
    const rotations = asJson([signRotation(peer, makeIdentity(), facts())]);
    hostile.say({ ...hostile.header(), type: 'hello', body: { rotations } });
    await until(() => takes.length === 1);
    slow.trusted.delete(peer.id);
    takes[0]?.();
    expect(await hostile.closed).toBe('peer_untrusted');
    expect(slow.connected).toEqual([]);
  });

  test.each([
    ['summary', () => ({ document: makeSummary(peer).document })],
    ['rotation', () => ({ statement: signRotation(peer, makeIdentity(), facts()) })],
    ['revocation', () => ({ statement: signRevocation(peer, facts()) })],
    ['query', () => QUESTION],
  ])('before its %s is handled has nothing accepted', async (type, body) => {
    const hostile = await connected();
    endTrust();
    hostile.say({ ...hostile.header(), type, body: asJson(body()) });
    expect(await hostile.closed).toBe('peer_untrusted');
    expect([victim.summaries, victim.rotations, victim.revocations, victim.queries]).toEqual([[], [], [], []]);
    expect(refusals(victim)).toEqual(['peer_untrusted']);
  });

  test('while it is asked gives no answer that counts', async () => {
    const hostile = await connected();
    const asked = codeOf(victim.mesh.ask(peer.id, QUESTION, 20_000));
    const query = await until(() => hostile.received.map(payloadOf).find(({ type }) => type === 'query'));
    endTrust();
    const inReplyTo = String(query?.['nonce']);
    const body = { result: 'no_data', type: QUESTION.type };
    hostile.say({ ...hostile.header(), type: 'response', inReplyTo, body });
    expect(await asked).toBe('peer_gone');
  });
});

/** The first message of the peer on a connection that the other side has dialled. */
function helloTo(recipient: string, socket: TLSSocket): string {
  const session = socket.exportKeyingMaterial(32, EXPORTER_LABEL, Buffer.alloc(0)).toString('base64');
  const nonce = Buffer.from(random(16)).toString('base64');
  const header = { version: 1, sender: peer.id, recipient, session, sequence: 0, nonce, inReplyTo: null };
  const hello = { ...header, time: new Date().toISOString(), type: 'hello', body: { rotations: [] } };
  return encodeEnvelope(seal(MESSAGE_TYPE, Buffer.from(canonical(hello)), peer));
}

describe('a peer that this node dials and whose trust ends before it completes the upgrade', () => {
  test('is sent nothing and not let in', async () => {
    const server = createServer({ key: tls.key, cert: tls.certificate, requestCert: true, rejectUnauthorized: false });
    const waiting: ((recipient: string) => void)[] = [];
    const web = new WebSocketServer({ noServer: true, handleProtocols: () => SUBPROTOCOL });
    server.on('upgrade', (request, socket: TLSSocket, head) => {
      waiting.push((recipient) =>
        web.handleUpgrade(request, socket, head, (webSocket) => webSocket.send(helloTo(recipient, socket))),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const node = await startNode({ trusts: [peer.id], peers: [{ id: peer.id, address }] });
    await until(() => waiting.length === 1);
    node.trusted.delete(peer.id);
    node.denied.add(peer.id);
    waiting[0]?.(node.id);
    await until(() => node.mesh.status().peers[0]?.code === 'peer_untrusted');
    expect([node.connected, node.ledger]).toEqual([[], []]);
    server.close();
    server.closeAllConnections();
  });
});

describe('a stranger who is denied while an invite is open', () => {
  const PAIRING = { path: '/pair' };
  let stranger: Identity;
  let strangerTls: TlsMaterial;

  beforeEach(async () => {
    stranger = makeIdentity();
    strangerTls = await makeTls(stranger);
  });

  test('before the upgrade cannot pair', async () => {
    victim.mesh.invite();
    const socket = await tlsTo(victim, strangerTls);
    await until(() => judged.includes(stranger.id));
    victim.denied.add(stranger.id);
    await expect(upgrade(socket, victim, stranger, PAIRING)).rejects.toThrow('expected an open WebSocket');
  });

  test('before the proof is redeemed cannot pair, although it is right', async () => {
    const { secret } = decodeInviteCode(victim.mesh.invite().code);
    const hostile = await intrude(victim, stranger, strangerTls, PAIRING);
    hostile.hello();
    await until(() => hostile.received.length === 1);
    victim.denied.add(stranger.id);
    const proof = pairingProof(secret, hostile.session, stranger.id, victim.id);
    hostile.say({ ...hostile.header(), type: 'pair', body: { name: 'x', port: null, proof } });
    expect(await hostile.closed).toBe('peer_untrusted');
    expect(victim.paired).toEqual([]);
  });

  test('is disconnected at once', async () => {
    victim.mesh.invite();
    const hostile = await intrude(victim, stranger, strangerTls, PAIRING);
    victim.denied.add(stranger.id);
    victim.mesh.reload([]);
    expect(await hostile.closed).toBe('peer_untrusted');
  });
});
