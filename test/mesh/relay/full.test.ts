/** A relay without room or with a damaged store, and clocks that are wrong. */
import { expect } from '@jest/globals';
import { requestSubject, SLOTS } from '../../../src/domain/relay/subjects.ts';
import { mailboxOf } from '../../../src/identity/mailbox.ts';
import { openRelayLink } from '../../../src/mesh/relay/relay-link.ts';
import { codeOfPromise } from '../../rig/error-code.ts';
import { type Broker, credential, type NodeKeys, newNode } from '../../rig/programs/relay-broker.ts';
import { relayTest as test } from '../../rig/programs/relay-test.ts';
import { until } from '../../rig/until.ts';
import { type OpenNode, openNode, receiptReply, reportBody, startBroker, whenOpen } from './rig.ts';

const DEADLINE_MS = 20_000;
/** Room for two reports. */
const ROOM_BYTES = 120_000;
const DAY_MS = 86_400_000;

/** The stream of an aggregator as an operator may have made it. */
async function makeSmallStream(broker: Broker, keys: NodeKeys): Promise<void> {
  const mailbox = mailboxOf(keys.identity.id);
  const jwt = credential(broker, keys, 'fleet', 'aggregator');
  const address = { host: '127.0.0.1', port: broker.port, key: broker.key };
  const link = await openRelayLink(address, { ...keys, jwt, mailbox }, new AbortController().signal);
  const config = {
    name: mailbox,
    subjects: SLOTS.map((slot) => requestSubject(mailbox, '*', slot)),
    storage: 'file',
    retention: 'workqueue',
    discard: 'new',
    max_msgs_per_subject: 1,
    max_bytes: ROOM_BYTES,
  };
  await link.store(`$JS.API.STREAM.CREATE.${mailbox}`, Buffer.from(JSON.stringify(config)));
  await link.close();
}

const report = ({ relay }: OpenNode, to: NodeKeys, body: ReturnType<typeof reportBody>, deadlineMs: number) =>
  relay.exchange(to.identity.id, { type: 'blind-report', body }, deadlineMs);

test('a full stream refuses what is new, keeps what it has, and takes the rest once it is drained', async () => {
  const broker = await startBroker();
  const leaderKeys = newNode();
  await makeSmallStream(broker, leaderKeys);
  const away = openNode(broker, { role: 'aggregator', keys: leaderKeys });
  await whenOpen(away);
  await away.relay.close();
  const senders = Array.from({ length: 5 }, () => ({
    node: openNode(broker, { knows: [leaderKeys] }),
    body: reportBody(),
  }));
  await whenOpen(...senders.map(({ node }) => node));
  const codes: unknown[] = [];
  for (const { node, body } of senders) codes.push(await codeOfPromise(report(node, leaderKeys, body, 300)));
  expect(codes).toEqual(['deadline_exceeded', 'deadline_exceeded', 'relay_full', 'relay_full', 'relay_full']);
  const taken: string[] = [];
  const leader = openNode(broker, {
    role: 'aggregator',
    keys: leaderKeys,
    ports: {
      onBlind: ({ id }) => {
        taken.push(id);
        return Promise.resolve(receiptReply());
      },
    },
  });
  await whenOpen(leader);
  for (const { node, body } of senders)
    await until(() =>
      report(node, leaderKeys, body, DEADLINE_MS).then(
        ({ type }) => type === 'blind-receipt',
        () => false,
      ),
    );
  expect([...taken].sort()).toEqual(senders.map(({ node }) => node.identity.id).sort());
});

test('a store that has lost its messages, and knows how many were read, hides no new ones', async () => {
  const broker = await startBroker();
  const leader = openNode(broker, { role: 'aggregator', ports: { onBlind: () => Promise.resolve(receiptReply()) } });
  const node = openNode(broker, { knows: [leader] });
  await whenOpen(leader, node);
  for (let sent = 0; sent < 3; sent += 1) await report(node, leader, reportBody(), DEADLINE_MS);
  await broker.kill();
  broker.wipeMessages();
  await broker.start();
  await until(() => node.opened() === 2 && leader.opened() === 2);
  expect((await report(node, leader, reportBody(), DEADLINE_MS)).type).toBe('blind-receipt');
});

test('a report of a clock that is days off is taken, one of a clock that is weeks off when it is right', async () => {
  const broker = await startBroker();
  const leader = openNode(broker, { role: 'aggregator', ports: { onBlind: () => Promise.resolve(receiptReply()) } });
  let offMs = 3 * DAY_MS;
  const node = openNode(broker, { knows: [leader], now: () => Date.now() + offMs });
  await whenOpen(leader, node);
  expect((await report(node, leader, reportBody(), DEADLINE_MS)).type).toBe('blind-receipt');
  offMs = 30 * DAY_MS;
  const body = reportBody();
  const early = codeOfPromise(report(node, leader, body, 1_000));
  await until(() => leader.refused.length > 0);
  expect([await early, leader.refused]).toEqual(['deadline_exceeded', ['message_future']]);
  offMs = 0;
  // What the relay has is not sent twice over one connection; it is over the next.
  await broker.kill();
  await broker.start();
  await until(() => node.opened() === 2);
  await whenOpen(leader, node);
  expect((await report(node, leader, body, DEADLINE_MS)).type).toBe('blind-receipt');
});
