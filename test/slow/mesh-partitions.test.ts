/**
 * Nodes that are killed and started at random: afterwards every summary is where it belongs, once,
 * and every audit log verifies.
 */

import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { lastClosed, PERIOD_KINDS } from '../../src/domain/time/period.ts';
import { openReadOnly } from '../../src/storage/database.ts';
import { createSummaryStore } from '../../src/storage/mesh/summary-store.ts';
import { connected, inLast, type MeshNode, makeNode, startAll } from '../rig/mesh-nodes.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import { until } from '../rig/until.ts';

const folder = temporaryFolders();
const nodes: MeshNode[] = [];

afterEach(async () => {
  await Promise.all(nodes.splice(0).map((node) => node.kill()));
});

const SEED = Number(process.env['SEED'] ?? randomInt(2 ** 31));
const ROUNDS = Number(process.env['ROUNDS'] ?? 30);

/** Park and Miller's generator: the same seed, the same run. */
function dice(seed: number): (below: number) => number {
  let state = (seed % 2_147_483_646) + 1;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

/** Newest summaries of the last closed periods of `author`, as `holder` has them. */
function newest(holder: MeshNode, author: MeshNode): readonly (string | undefined)[] {
  const database = openReadOnly(join(holder.home, 'data', 'caro.db'));
  try {
    const store = createSummaryStore(database);
    return PERIOD_KINDS.map((kind) => store.latest(author.id, kind, lastClosed(kind, Date.now()).startMs)?.id);
  } finally {
    database.close();
  }
}

test(`every summary arrives once, however often nodes are killed (SEED=${SEED})`, async () => {
  const roll = dice(SEED);
  for (const name of ['node-a', 'node-b', 'node-c']) nodes.push(await makeNode(folder(), name));
  for (const node of nodes) {
    const others = nodes.filter((other) => other !== node);
    node.configure({ trust: Object.fromEntries(others.map(({ id }) => [id, 'peer'])), dials: others });
  }
  await startAll(nodes);
  for (const node of nodes)
    await connected(
      node,
      nodes.filter((other) => other !== node),
    );
  const up = new Set(nodes);
  for (let round = 0; round < ROUNDS; round += 1) {
    const node = nodes[roll(nodes.length)];
    const kind = PERIOD_KINDS[roll(PERIOD_KINDS.length)];
    if (!node || !kind) throw new Error('expected a node and a kind of period');
    if (!up.has(node)) {
      await node.start();
      up.add(node);
    } else if (roll(3) === 0) {
      await node.kill();
      up.delete(node);
    } else {
      await node.observe(inLast(kind, ['git status']));
      await node.call('summary.preview', { period: kind });
    }
  }
  await startAll(nodes.filter((node) => !up.has(node)));
  for (const author of nodes) {
    for (const holder of nodes) {
      await until(
        () => Promise.resolve(JSON.stringify(newest(holder, author)) === JSON.stringify(newest(author, author))),
        (same) => same,
        90_000,
      );
    }
  }
  for (const node of nodes) {
    const received = (await node.audit('summary.received')).map(({ details }) => details['id']);
    expect(received).toHaveLength(new Set(received).size);
    expect(await node.call('audit.verify', {})).toMatchObject({ firstBad: null });
  }
}, 600_000);
