/** Requests, replies and roll-calls over a real nats-server. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { CaroError } from '../../../src/domain/errors.ts';
import { openPool } from '../../../src/workers/pool.ts';
import { codeOfPromise } from '../../rig/error-code.ts';
import { newNode } from '../../rig/programs/relay-broker.ts';
import { relayTest as test } from '../../rig/programs/relay-test.ts';
import { until } from '../../rig/until.ts';
import { later, openNode, receiptReply, reportBody, startBroker, whenOpen } from './rig.ts';

const DEADLINE_MS = 20_000;

interface NetworkPath {
  readonly port: number;
  /** What is open carries nothing more, and neither side is told; new connections work. */
  readonly loseConnections: () => void;
  readonly close: () => Promise<void>;
}

/** Connections to the port of a relay that can be lost on the way. */
async function pathTo(port: number): Promise<NetworkPath> {
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', () => undefined);
    }
    near.pipe(far).pipe(near);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    loseConnections: () => {
      for (const socket of open) socket.unpipe().pause();
    },
    close: async () => {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

test('a report reaches its aggregator, and the receipt comes back', async () => {
  const broker = await startBroker();
  const reply = receiptReply();
  const asked: unknown[] = [];
  const leader = openNode(broker, {
    role: 'aggregator',
    ports: {
      onBlind: (asker, request) => {
        asked.push([asker, request]);
        return Promise.resolve(reply);
      },
    },
  });
  const node = openNode(broker, { knows: [leader] });
  await whenOpen(leader, node);
  const body = reportBody();
  const got = await node.relay.exchange(leader.identity.id, { type: 'blind-report', body }, DEADLINE_MS);
  expect(got).toMatchObject(reply);
  expect(asked).toEqual([
    [
      { id: node.identity.id, address: 'relay' },
      { type: 'blind-report', body },
    ],
  ]);
  // Both sides have what left them in their ledgers, as it was signed.
  expect(node.ledger.map(({ recipient, address, type }) => [recipient, address, type])).toEqual([
    [leader.identity.id, 'relay', 'blind-report'],
  ]);
  expect(leader.ledger.map(({ recipient, type }) => [recipient, type])).toEqual([[node.identity.id, 'blind-receipt']]);
});

test('what was sent while the aggregator was away is answered when it comes', async () => {
  const broker = await startBroker();
  const leaderKeys = newNode();
  const first = openNode(broker, { role: 'aggregator', keys: leaderKeys });
  await whenOpen(first);
  await first.relay.close();
  const node = openNode(broker, { knows: [leaderKeys] });
  await whenOpen(node);
  const body = reportBody();
  const request = { type: 'blind-report', body } as const;
  expect(await codeOfPromise(node.relay.exchange(leaderKeys.identity.id, request, 300))).toBe('deadline_exceeded');
  let taken = 0;
  const reply = receiptReply();
  const leader = openNode(broker, {
    role: 'aggregator',
    keys: leaderKeys,
    ports: {
      onBlind: () => {
        taken += 1;
        return Promise.resolve(reply);
      },
    },
  });
  await until(() => leader.ledger.length === 1);
  // The reply was kept while nobody waited for it; the report is not sent a second time.
  expect(await node.relay.exchange(leaderKeys.identity.id, request, DEADLINE_MS)).toMatchObject(reply);
  expect([taken, node.ledger.length]).toEqual([1, 1]);
});

test('a node that polls connects, asks, and disconnects until the next time', async () => {
  const broker = await startBroker();
  const reply = receiptReply();
  const leader = openNode(broker, { role: 'aggregator', ports: { onBlind: () => Promise.resolve(reply) } });
  await whenOpen(leader);
  const node = openNode(broker, { knows: [leader], mode: 'poll' });
  await whenOpen(node);
  await node.relay.exchange(leader.identity.id, { type: 'blind-report', body: reportBody() }, DEADLINE_MS);
  await until(() => node.relay.state().state === 'waiting');
  expect(node.relay.state()).toMatchObject({ code: null, mode: 'poll' });
  const request = { type: 'blind-report', body: reportBody() } as const;
  expect(await codeOfPromise(node.relay.exchange(leader.identity.id, request, 300))).toBe('peer_unreachable');
  await until(() => node.opened() >= 2);
});

test('a connection from a former address is noticed when the address changes, and made anew', async () => {
  const broker = await startBroker();
  const leader = openNode(broker, { role: 'aggregator', ports: { onBlind: () => Promise.resolve(receiptReply()) } });
  const path = await pathTo(broker.port);
  later(path.close);
  const node = openNode({ ...broker, port: path.port }, { knows: [leader] });
  await whenOpen(leader, node);
  path.loseConnections();
  node.relay.probe();
  await until(() => node.opened() === 2);
  const request = { type: 'blind-report', body: reportBody() } as const;
  expect(await node.relay.exchange(leader.identity.id, request, DEADLINE_MS)).toEqual(
    expect.objectContaining({ type: 'blind-receipt' }),
  );
});

test('a roll-call accounts for every member: present, away, or with another time', async () => {
  const broker = await startBroker();
  const analyst = openNode(broker, { role: 'aggregator' });
  const present = [openNode(broker), openNode(broker), openNode(broker)];
  const late = openNode(broker, { now: () => Date.now() - 3_600_000 });
  await whenOpen(analyst, late, ...present);
  const away = newNode();
  const all = [...present, late, away].map(({ identity }) => identity.id);
  const found = await analyst.relay.rollCall(all, 2_000);
  expect(present.map(({ identity }) => found.get(identity.id))).toEqual(
    present.map(() => ({ ok: true, version: '0.1.0' })),
  );
  expect(found.get(away.identity.id)).toEqual({ ok: false, code: 'peer_unreachable' });
  const skewed = found.get(late.identity.id) as { readonly skewMs: number };
  expect(Math.round(skewed.skewMs / 60_000)).toBe(60);
});

test.each([
  ['in a thread', true],
  ['in place where the thread fails', false],
])('the answers of many members are opened %s', async (_how, works) => {
  const broker = await startBroker();
  const keys = newNode();
  const pool = openPool(join(__dirname, '../../../dist/worker.js'));
  later(() => pool.close());
  let opened = 0;
  const analyst = openNode(broker, {
    keys,
    role: 'aggregator',
    ports: {
      openMany: async (arrived) => {
        if (!works) throw new CaroError('worker_failed', 'the thread failed');
        const answers = await pool.run('openAnswers', { boxes: [keys.box], arrived });
        opened += answers.length;
        return answers;
      },
    },
  });
  const present = [openNode(broker), openNode(broker)];
  await whenOpen(analyst, ...present);
  const away = Array.from({ length: 500 }, (_, number) => `caro:ed25519:away-${number}`);
  const found = await analyst.relay.rollCall([...present.map(({ identity }) => identity.id), ...away], 2_000);
  expect(present.map(({ identity }) => found.get(identity.id))).toEqual([
    { ok: true, version: '0.1.0' },
    { ok: true, version: '0.1.0' },
  ]);
  expect([found.size, opened]).toEqual([502, works ? 2 : 0]);
});

test('a live question is answered by those who may, and not by a node whose clock is wrong', async () => {
  const broker = await startBroker();
  const analyst = openNode(broker, { role: 'aggregator' });
  const node = openNode(broker);
  const late = openNode(broker, { now: () => Date.now() - 3_600_000 });
  const stranger = openNode(broker, { ports: { mayConnect: () => false } });
  await whenOpen(analyst, node, late, stranger);
  const members = [node, late, stranger].map(({ identity }) => identity.id);
  const answers = await analyst.relay.ask(members, { type: 'tool-usage', spanHours: 24 }, 2_000);
  expect(members.map((id) => answers.get(id))).toEqual([
    { ok: true, body: { result: 'access_denied', type: 'tool-usage' } },
    { ok: false, code: 'clock_skewed' },
    { ok: false, code: 'peer_unreachable' },
  ]);
  expect(stranger.refused).toEqual(['peer_untrusted']);
  expect(stranger.ledger).toEqual([]);
});

test('the gate keeps back what the policy denies, and what may not be relayed', async () => {
  const broker = await startBroker();
  const leader = openNode(broker, { role: 'aggregator' });
  const node = openNode(broker, {
    knows: [leader],
    ports: { decide: () => ({ allow: false, level: null, rule: 'blind.task' }) },
  });
  await whenOpen(leader, node);
  const request = { type: 'blind-report', body: reportBody() } as const;
  expect(await codeOfPromise(node.relay.exchange(leader.identity.id, request, 500))).toBe('egress_denied');
  expect(node.ledger).toEqual([]);
});
