/** A false relay, expired and revoked credentials, and what a relay can see. */
import { createPublicKey, verify } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { expect } from '@jest/globals';
import { preAuthentication } from '../../../src/identity/envelope.ts';
import { RELAY_TYPE } from '../../../src/mesh/relay/relay-message.ts';
import { codeOfPromise } from '../../rig/error-code.ts';
import { newNode } from '../../rig/programs/relay-broker.ts';
import { relayTest as test } from '../../rig/programs/relay-test.ts';
import { until } from '../../rig/until.ts';
import { later, openNode, receiptReply, reportBody, startBroker, whenOpen } from './rig.ts';

test('a relay with another key is told nothing, not even who calls', async () => {
  const real = await startBroker();
  await real.kill();
  const falseRelay = await startBroker({ port: real.port });
  const node = openNode(real);
  await until(() => node.relay.state().code === 'relay_key_changed');
  expect(node.opened()).toBe(0);
  // And the same node goes on when the real one is back.
  await falseRelay.kill();
  await real.start();
  await whenOpen(node);
});

test('a relay that offers no TLS gets no credentials', async () => {
  const broker = await startBroker();
  const heard: string[] = [];
  const plain = await server((socket) => {
    socket.write('INFO {"server_id":"X","version":"2.9.10","proto":1,"max_payload":1048576,"nonce":"abc"}\r\n');
    socket.on('data', (bytes) => heard.push(bytes.toString('latin1')));
  });
  const node = openNode({ ...broker, port: plain });
  await until(() => node.relay.state().code === 'relay_unreachable');
  expect(heard.join('')).not.toContain('CONNECT');
  expect(heard.join('')).not.toContain('jwt');
});

test('the identity key signs nothing that a server has chosen', async () => {
  const keys = newNode();
  const signed: string[] = [];
  const identity = {
    ...keys.identity,
    sign: (bytes: Uint8Array) => {
      signed.push(Buffer.from(bytes).toString('latin1'));
      return keys.identity.sign(bytes);
    },
  };
  const broker = await startBroker();
  const analyst = openNode(broker, { role: 'aggregator' });
  const node = openNode(broker, { keys: { ...keys, identity } });
  await whenOpen(analyst, node);
  // Connected, with a nonce of the server signed: not with this key.
  expect(signed).toEqual([]);
  await analyst.relay.rollCall([identity.id], 5_000);
  expect(signed.length).toBe(1);
  const beginning = Buffer.from(preAuthentication(RELAY_TYPE, Buffer.alloc(0)))
    .toString('latin1')
    .slice(0, -2);
  expect(signed.every((text) => text.startsWith(beginning))).toBe(true);
});

test('a nonce that spells an envelope is signed with the connection key, whose signature is worth nothing', () => {
  const payload = '{"type":"rotation"}';
  const nonce = Buffer.from(preAuthentication(RELAY_TYPE, Buffer.from(payload))).toString('latin1');
  const keys = newNode();
  const forged = keys.signNonce(Buffer.from(nonce));
  const raw = Buffer.from(keys.identity.id.slice('caro:ed25519:'.length), 'base64');
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw]);
  const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  expect(verify(null, Buffer.from(nonce), key, forged)).toBe(false);
});

test('credentials that expire end the connection, and are refused afterwards', async () => {
  const broker = await startBroker();
  const node = openNode(broker, { forMs: 2_500 });
  await whenOpen(node);
  await until(() => node.relay.state().code === 'relay_refused');
  expect(node.opened()).toBe(1);
});

test('revoked credentials end the connection at once, and others stay', async () => {
  const broker = await startBroker();
  const [leaver, member] = [openNode(broker), openNode(broker)];
  await whenOpen(leaver, member);
  await broker.revoke(leaver);
  await until(() => leaver.relay.state().code === 'relay_refused');
  expect(member.relay.state().state).toBe('connected');
  expect([leaver.opened(), member.opened()]).toEqual([1, 1]);
});

test('the store of the relay holds neither a word of a message nor a node id', async () => {
  const broker = await startBroker();
  const leader = openNode(broker, { role: 'aggregator', ports: { onBlind: () => Promise.resolve(receiptReply()) } });
  const trusteeKeys = newNode();
  const trustee = openNode(broker, { role: 'aggregator', keys: trusteeKeys });
  const node = openNode(broker, { knows: [leader, trusteeKeys] });
  await whenOpen(leader, trustee, node);
  await trustee.relay.close();
  const body = reportBody(1_000);
  await node.relay.exchange(leader.identity.id, { type: 'blind-report', body }, 20_000);
  const waiting = node.relay.exchange(trusteeKeys.identity.id, { type: 'blind-report', body }, 500);
  expect(await codeOfPromise(waiting)).toBe('deadline_exceeded');
  const stored = broker.stored();
  expect(stored.length).toBeGreaterThan(4_096);
  const secrets = [
    body.report.payload.slice(0, 40),
    'blind-report',
    'blind-receipt',
    'vnd.caro',
    'caro:ed25519',
    'sender',
  ];
  for (const { identity } of [leader, node, trusteeKeys]) secrets.push(identity.id.slice(13, 40), identity.fingerprint);
  expect(secrets.filter((secret) => stored.includes(secret))).toEqual([]);
  expect(broker.log()).not.toContain('caro:ed25519');
});

function server(connected: (socket: Socket) => void): Promise<number> {
  return new Promise((resolve) => {
    const sockets = new Set<Socket>();
    const listening = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      connected(socket);
    }).listen(0, '127.0.0.1', () => resolve((listening.address() as { readonly port: number }).port));
    later(async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => listening.close(done));
    });
  });
}
