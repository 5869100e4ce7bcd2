/** A node that keeps the list sees from a question that another one has a newer version. */
import { describe, expect, test } from '@jest/globals';
import { encodeHead } from '../../src/organisation/head.ts';
import { createRosterNode } from '../../src/organisation/roster-node.ts';
import { createRosterStore } from '../../src/storage/mesh/roster-store.ts';
import { testDatabase } from '../rig/test-database.ts';
import { cardOf, firstHead, keyOf, NOW_MS, signed } from './rosters.ts';

describe('a trustee with version 1 that is asked', () => {
  const asked = (version: number, org = 'example-gmbh') => ({ org, version, list: null, pass: null });

  test.each([
    ['by a supervisor with version 2 is behind', 'ciso', asked(2), true],
    ['by a supervisor with version 1 is not', 'ciso', asked(1), false],
    ['by a member, who can write any number, is not', 'ws-1', asked(2), false],
    ['about another organization is not', 'ciso', asked(2, 'other-ag'), false],
  ])('%s', (_what, peer, body, isBehind) => {
    const store = createRosterStore(testDatabase());
    const node = createRosterNode({
      store,
      signer: () => keyOf('works-council'),
      card: () => cardOf('works-council'),
      now: () => NOW_MS,
    });
    const document = encodeHead(signed(firstHead(), 'anna', 'boris'));
    node.join({ document, name: 'works-council', unit: 'none' });
    expect(node.isBehind(keyOf(peer).id, body)).toBe(isBehind);
  });
});
