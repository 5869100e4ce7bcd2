/** What a relay has room for on its disk, and what nodes see when there is none. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect } from '@jest/globals';
import { codeOfPromise } from '../../rig/error-code.ts';
import { newNode, startBrokerIn } from '../../rig/programs/relay-broker.ts';
import { relayTest as test } from '../../rig/programs/relay-test.ts';
import { mountSmallDisk, requireSmallDisks, type SmallDisk } from '../../rig/system/small-disk.ts';
import { lastingFolder } from '../../rig/temporary-folder.ts';
import { until } from '../../rig/until.ts';
import { later, openNode, receiptReply, reportBody, startBroker, whenOpen } from './rig.ts';

const DEADLINE_MS = 20_000;
const GB = 1_000_000_000;

/** As docs/organisation.md says. */
test.each([
  ['16', 5],
  ['40', 13],
])('of %s GB %i supervisors and trustees fit, and the next one says that there is no room', async (disk, fit) => {
  const sized = (file: string): string => file.replace(/max_file_store: \d+/, `max_file_store: ${Number(disk) * GB}`);
  const broker = await startBroker({ change: sized });
  const inside = [];
  for (let count = 0; count < fit; count += 1) {
    const node = openNode(broker, { role: 'aggregator' });
    await whenOpen(node);
    inside.push(node);
  }
  const outside = openNode(broker, { role: 'aggregator' });
  await until(() => outside.relay.state().code !== null);
  expect(outside.relay.state()).toMatchObject({ state: 'waiting', code: 'relay_full' });
  expect(inside.map(({ relay }) => relay.isOpen())).toEqual(inside.map(() => true));
});

requireSmallDisks()('a relay whose disk is full', () => {
  let disk: SmallDisk | undefined;
  afterEach(() => disk?.unmount());

  test('takes no report, has lost none when it is started again with room, and the other one arrives too', async () => {
    const folder = lastingFolder();
    mkdirSync(join(folder, 'store'));
    disk = mountSmallDisk(join(folder, 'store'), 4_096);
    const broker = await startBrokerIn(folder);
    later(broker.kill);
    const leaderKeys = newNode();
    const first = openNode(broker, { role: 'aggregator', keys: leaderKeys });
    await whenOpen(first);
    await first.relay.close();
    const [before, after] = [
      { node: openNode(broker, { knows: [leaderKeys] }), body: reportBody() },
      { node: openNode(broker, { knows: [leaderKeys] }), body: reportBody() },
    ];
    await whenOpen(before.node, after.node);
    const sent = ({ node, body }: typeof before, deadlineMs: number) =>
      node.relay.exchange(leaderKeys.identity.id, { type: 'blind-report', body }, deadlineMs);
    expect(await codeOfPromise(sent(before, 300))).toBe('deadline_exceeded');
    disk.fill();
    expect(await codeOfPromise(sent(after, DEADLINE_MS))).toBe('relay_unready');
    disk.free();
    await broker.kill();
    await broker.start();
    const taken: string[] = [];
    openNode(broker, {
      role: 'aggregator',
      keys: leaderKeys,
      ports: {
        onBlind: ({ id }) => {
          taken.push(id);
          return Promise.resolve(receiptReply());
        },
      },
    });
    for (const one of [before, after])
      await until(() =>
        sent(one, DEADLINE_MS).then(
          ({ type }) => type === 'blind-receipt',
          () => false,
        ),
      );
    expect([...taken].sort()).toEqual([before.node.identity.id, after.node.identity.id].sort());
  });
});
