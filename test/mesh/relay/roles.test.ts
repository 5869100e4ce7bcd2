/** What each role may do on the server, tried with the stock client and no help of this program. */
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import {
  answerSubject,
  type DocsRole,
  documentSubject,
  type FleetRole,
  inboxPrefix,
  replySubject,
  requestSubject,
  SAY,
} from '../../../src/domain/relay/subjects.ts';
import { mailboxOf } from '../../../src/identity/mailbox.ts';
import { type Broker, credential, type NodeKeys, newNode } from '../../rig/programs/relay-broker.ts';
import { relayTest as test } from '../../rig/programs/relay-test.ts';
import { until } from '../../rig/until.ts';
import { later, openNode, startBroker, whenOpen } from './rig.ts';

/** A connection, and the errors that the server has sent on it. */
async function raw(broker: Broker, keys: NodeKeys, account: 'fleet' | 'docs', role: FleetRole | DocsRole) {
  const jwt = credential(broker, keys, account, role);
  const connection = await connect({
    servers: `127.0.0.1:${broker.port}`,
    authenticator: (nonce = '') => ({
      jwt,
      sig: Buffer.from(keys.signNonce(Buffer.from(nonce))).toString('base64url'),
    }),
    reconnect: false,
    ignoreClusterUpdates: true,
    inboxPrefix: inboxPrefix(mailboxOf(keys.identity.id)),
    tls: { caFile: join(broker.folder, 'relay.pem'), ...{ checkServerIdentity: () => undefined } },
  });
  const errors: string[] = [];
  void (async () => {
    for await (const status of connection.status()) if (status.type === 'error') errors.push(status.error.message);
  })();
  later(() => connection.close());
  return { connection, errors, mailbox: mailboxOf(keys.identity.id) };
}

/** The server has answered everything so far, and this program has read it. */
async function settled(connection: NatsConnection): Promise<void> {
  await connection.flush();
  await new Promise((resolve) => setImmediate(resolve));
}

/** Whether the server lets a subject pass. */
async function mayPublish({ connection, errors }: { connection: NatsConnection; errors: string[] }, subject: string) {
  const before = errors.length;
  connection.publish(subject, '');
  await settled(connection);
  return errors.length === before;
}

async function maySubscribe({ connection, errors }: { connection: NatsConnection; errors: string[] }, subject: string) {
  const before = errors.length;
  const subscription = connection.subscribe(subject, { callback: () => undefined });
  await settled(connection);
  subscription.unsubscribe();
  return errors.length === before;
}

const TO = 'a'.repeat(32);
const OTHER = 'b'.repeat(32);

test('a node writes as itself only, reads its own box, and writes no document', async () => {
  const broker = await startBroker();
  const node = await raw(broker, newNode(), 'fleet', 'node');
  const me = node.mailbox;
  const publish: readonly (readonly [string, boolean])[] = [
    [requestSubject(TO, me, '0'), true],
    [answerSubject(TO, me), true],
    [documentSubject('DOCS', 'caro.org.roster.head'), true],
    [documentSubject(TO, replySubject(me, TO, '00')), true],
    [requestSubject(TO, OTHER, '0'), false],
    [answerSubject(TO, OTHER), false],
    [documentSubject(TO, replySubject(OTHER, TO, '00')), false],
    [replySubject(me, TO, '00'), false],
    [SAY, false],
    ['caro.org.roster.head', false],
    [`${inboxPrefix(OTHER)}.x`, false],
    ['$JS.API.STREAM.CREATE.DOCS', false],
    [`$JS.API.STREAM.CREATE.${me}`, false],
    [`$JS.API.STREAM.DELETE.${TO}`, false],
    [`$JS.API.STREAM.PURGE.${TO}`, false],
    [`$JS.API.CONSUMER.MSG.NEXT.${TO}.in`, false],
    ['$JS.API.INFO', false],
    ['$SYS.REQ.SERVER.PING', false],
  ];
  for (const [subject, may] of publish) expect([subject, await mayPublish(node, subject)]).toEqual([subject, may]);
  const subscribe: readonly (readonly [string, boolean])[] = [
    [SAY, true],
    [`${inboxPrefix(me)}.>`, true],
    [replySubject(me, '*', '*'), true],
    [replySubject(OTHER, '*', '*'), false],
    ['caro.org.reply.>', false],
    [`${inboxPrefix(OTHER)}.>`, false],
    ['caro.box.>', false],
    ['caro.to.>', false],
    ['caro.in.>', false],
    ['>', false],
  ];
  for (const [subject, may] of subscribe) expect([subject, await maySubscribe(node, subject)]).toEqual([subject, may]);
});

test('an aggregator reads its own stream only, and writes replies as itself only', async () => {
  const broker = await startBroker();
  const keys = newNode();
  const fleet = await raw(broker, keys, 'fleet', 'aggregator');
  const docs = await raw(broker, keys, 'docs', 'aggregator');
  const me = fleet.mailbox;
  for (const [subject, may] of [
    [`$JS.API.CONSUMER.MSG.NEXT.${me}.in`, true],
    [`$JS.API.CONSUMER.MSG.NEXT.${OTHER}.in`, false],
    [`$JS.API.CONSUMER.DELETE.${me}.in`, true],
    [`$JS.API.CONSUMER.DELETE.${OTHER}.in`, false],
    [`$JS.API.STREAM.CREATE.${OTHER}`, false],
    [`$JS.API.STREAM.DELETE.${me}`, false],
    [replySubject(TO, me, '00'), false],
    [SAY, false],
  ] as const)
    expect([subject, await mayPublish(fleet, subject)]).toEqual([subject, may]);
  for (const [subject, may] of [
    [replySubject(TO, me, '00'), true],
    [replySubject(TO, OTHER, '00'), false],
    [SAY, true],
    ['caro.org.roster.head', false],
    ['$JS.API.STREAM.CREATE.DOCS', false],
  ] as const)
    expect([subject, await mayPublish(docs, subject)]).toEqual([subject, may]);
  expect(await maySubscribe(fleet, answerSubject(OTHER, '*'))).toBe(false);
  expect(await maySubscribe(docs, '>')).toBe(false);
});

test('a reply subject that aims at a document or at another node changes no document and carries no content', async () => {
  const broker = await startBroker();
  const officer = await raw(broker, newNode(), 'docs', 'officer');
  const subjects = ['caro.org.roster.>'];
  await officer.connection.request(
    '$JS.API.STREAM.CREATE.DOCS',
    JSON.stringify({ name: 'DOCS', subjects, storage: 'file', allow_direct: true, max_msgs_per_subject: 1 }),
  );
  const stored = await officer.connection.request('caro.org.roster.head', 'the head');
  expect(stored.json()).toMatchObject({ stream: 'DOCS' });
  const leader = openNode(broker, { role: 'aggregator' });
  const victim = openNode(broker);
  await whenOpen(leader, victim);
  const node = await raw(broker, newNode(), 'fleet', 'node');
  const to = mailboxOf(leader.identity.id);
  const head = documentSubject('DOCS', 'caro.org.roster.head');
  const aims = [
    'caro.org.roster.head',
    SAY,
    replySubject(mailboxOf(victim.identity.id), to, '00'),
    answerSubject(to, OTHER),
  ];
  for (const reply of aims) {
    node.connection.publish(requestSubject(to, node.mailbox, '0'), 'forged', { reply });
    node.connection.publish(head, '', { reply });
  }
  await node.connection.flush();
  const read = await node.connection.request(head, '');
  expect(read.string()).toBe('the head');
  // The victim heard at most a document that anybody may read, and it takes it for nothing.
  const [present] = (await leader.relay.rollCall([victim.identity.id], 5_000)).values();
  expect(present).toMatchObject({ ok: true });
  await until(() => leader.refused.length > 0);
  expect(new Set(leader.refused)).toEqual(new Set(['blind_box_invalid']));
});
