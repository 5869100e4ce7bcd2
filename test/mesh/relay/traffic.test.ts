/** What passes a relay, as the server itself traces it after TLS. */
import { expect } from '@jest/globals';
import { mailboxOf } from '../../../src/identity/mailbox.ts';
import { relayTest as test } from '../../rig/programs/relay-test.ts';
import { until } from '../../rig/until.ts';
import { openNode, receiptReply, reportBody, startBroker, whenOpen } from './rig.ts';

test('the relay sees mailboxes, and no figure, name, node id or kind of message', async () => {
  const broker = await startBroker({ change: (file) => `${file}\ntrace: true\nmax_traced_msg_len: 200000\n` });
  const reply = receiptReply();
  const leader = openNode(broker, { role: 'aggregator', ports: { onBlind: () => Promise.resolve(reply) } });
  const node = openNode(broker, { knows: [leader] });
  await whenOpen(leader, node);
  const body = reportBody();
  await node.relay.exchange(leader.identity.id, { type: 'blind-report', body }, 20_000);
  const present = await leader.relay.rollCall([node.identity.id], 20_000);
  const answers = await leader.relay.ask([node.identity.id], { type: 'tool-usage', spanHours: 24 }, 20_000);
  expect([...present.values(), ...answers.values()].map(({ ok }) => ok)).toEqual([true, true]);
  const me = mailboxOf(node.identity.id);
  // The trace is complete: the report and the answers to both questions are in it.
  const traffic = await until(
    () => broker.log(),
    (log) => log.split(`caro.to.${mailboxOf(leader.identity.id)}.${me}`).length > 2 && log.includes('MSG_PAYLOAD'),
  );
  expect(traffic.length).toBeGreaterThan(body.report.payload.length);
  const secrets = [
    ...[body.report.payload.slice(0, 40), body.report.payload.slice(-40), reply.body.receipt.payload.slice(0, 40)],
    ...['blind-report', 'blind-receipt', 'roll-call', 'tool-usage', 'access_denied', 'spanHours', 'sender', 'vnd.caro'],
    ...[leader, node].flatMap(({ identity }) => [identity.id.slice(13, 40), identity.fingerprint]),
  ];
  expect(secrets.filter((secret) => traffic.includes(secret))).toEqual([]);
});
