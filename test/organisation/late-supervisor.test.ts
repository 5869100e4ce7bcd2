/** A supervisor that joins with a later version, as after a fork or in the place of a lost one. */
import { describe, expect, test } from '@jest/globals';
import { encodeHead } from '../../src/organisation/head.ts';
import { commitmentTo, deltaBetween, encodeDelta, memberList } from '../../src/organisation/members.ts';
import { createRosterNode } from '../../src/organisation/roster-node.ts';
import { createRosterStore } from '../../src/storage/mesh/roster-store.ts';
import { testDatabase } from '../rig/test-database.ts';
import { cardOf, firstHead, keyOf, memberOf, NOW_MS, nextHead, signed } from './rosters.ts';

const listOf = (...names: readonly string[]) => memberList(names.map((name) => memberOf(name)));
const LISTS = [
  listOf(),
  listOf('ciso', 'works-council'),
  listOf('ciso', 'works-council', 'ws-1', 'ws-2'),
  listOf('ciso', 'works-council', 'ws-2', 'ws-3'),
];
const [, one = listOf(), two = listOf(), three = listOf()] = LISTS;
const first = signed(firstHead({ members: commitmentTo(one) }), 'anna', 'boris');
const second = signed(nextHead(first, { members: commitmentTo(two) }), 'anna', 'boris');
const third = signed(nextHead(second, { members: commitmentTo(three) }), 'anna', 'boris');
const HEADS = [first, second, third].map(encodeHead);
const DELTAS = [1, 2, 3].map((to) =>
  encodeDelta(
    deltaBetween({ org: 'example-gmbh', from: to - 1, to }, LISTS[to - 1] ?? listOf(), LISTS[to] ?? listOf()),
  ),
);

function joined(name: string) {
  const node = createRosterNode({
    store: createRosterStore(testDatabase()),
    signer: () => keyOf(name),
    card: () => cardOf(name),
    now: () => NOW_MS,
  });
  node.join({ document: encodeHead(third), name, unit: 'none' });
  return node;
}
const folder = (deltas: readonly string[]) => ({ heads: HEADS, deltas, requests: [], passes: [] });

describe('a node that joins with version 3', () => {
  test('has the list after an import of the folder of the officers, as supervisor and as trustee', () => {
    for (const name of ['ciso', 'works-council']) {
      const node = joined(name);
      expect(node.importParcel(folder(DELTAS))).toMatchObject({ version: 3, list: 3 });
      expect(node.status()).toMatchObject({ list: 3, membership: { name } });
      expect(node.importParcel(folder(DELTAS))).toMatchObject({ list: 3 });
    }
  });

  test('takes no list with a change left out, or of another organization', () => {
    expect(joined('ciso').importParcel(folder(DELTAS.slice(1)))).toMatchObject({ list: null });
    const other = DELTAS.map((text) => text.replace('example-gmbh', 'other-ag'));
    expect(joined('ciso').importParcel(folder(other))).toMatchObject({ list: null });
    const [start = '', , end = ''] = DELTAS;
    expect(joined('ciso').importParcel(folder([start, end]))).toMatchObject({ list: null });
  });

  test('keeps no list of the others as a member', () => {
    expect(joined('ws-2').importParcel(folder(DELTAS))).toMatchObject({ version: 3, list: null });
  });
});
