/** What a node does with news of the roster of which it refuses a part. */
import { expect, test } from '@jest/globals';
import { createRoster } from '../../src/actors/roster.ts';
import type { OrgBodies } from '../../src/domain/organisation/exchange.ts';
import { encodeHead } from '../../src/organisation/head.ts';
import { signPass } from '../../src/organisation/relay-pass.ts';
import { createRosterNode } from '../../src/organisation/roster-node.ts';
import { createRosterStore } from '../../src/storage/mesh/roster-store.ts';
import { cardOf, firstHead, keyOf, NOW_MS, nextHead, signed } from '../organisation/rosters.ts';
import { testDatabase } from '../rig/test-database.ts';
import { until } from '../rig/until.ts';

test('a supervisor that sends a false pass behind a new head does not keep the head from coming into force', async () => {
  const store = createRosterStore(testDatabase());
  const node = createRosterNode({
    store,
    signer: () => keyOf('ws-1'),
    card: () => cardOf('ws-1'),
    now: () => NOW_MS,
  });
  const first = signed(firstHead(), 'anna', 'boris');
  node.join({ document: encodeHead(first), name: 'ws-1', unit: 'berlin' });
  const second = signed(nextHead(first, { supervisors: [] }), 'anna', 'boris');
  const pass = signPass(
    {
      org: 'example-gmbh',
      node: keyOf('ws-1').id,
      sealingKey: cardOf('ws-1').sealingKey,
      createdAt: '2026-12-01T00:00:00.000Z',
      expires: '2027-05-28T00:00:00.000Z',
      content: { fleet: 'a.b.c', docs: null, questionKey: '' },
    },
    keyOf('ciso'),
  );
  const written: unknown[] = [];
  let news: OrgBodies['org-news'] = { heads: [second.envelope], proof: null, delta: null, pass: pass.envelope };
  const actor = createRoster({
    open: () => Promise.resolve(node),
    isJoined: () => store.kept() !== null,
    forget: store.forget,
    takesRequests: () => false,
    sharingLevel: () => 2,
    isMeshRefused: () => Promise.resolve(false),
    carry: { begin: () => Promise.resolve([]), work: () => Promise.resolve(), end: () => Promise.resolve([]) },
    isFollowing: () => true,
    ask: () => Promise.resolve({ type: 'org-news', body: news }),
    enrol: () => Promise.resolve('closed'),
    reload: () => Promise.resolve(),
    audit: (entry) => Promise.resolve(written.push(entry)),
    alarm: () => ({ set: () => undefined, stop: () => undefined }),
    random: () => 0,
    log: { warn: () => undefined, error: () => undefined },
    now: () => NOW_MS,
  });
  await actor.start?.();
  const status = (): ReturnType<(typeof actor.handlers)['org.status']> => actor.handlers['org.status']({});
  await until(async () => ((await status())?.refused.length ?? 0) > 0);
  expect((await status())?.refused).toEqual([
    { from: 'works-council', code: 'roster_invalid', at: '2026-12-01T00:00:00.000Z' },
  ]);
  news = { ...news, pass: null };
  await actor.handlers['org.due']({});
  await until(async () => (await status())?.refused.length === 0);
  await actor.stop?.();
  expect(written).toContainEqual({ type: 'org.refused', peer: keyOf('ciso').id, details: { code: 'roster_invalid' } });
  expect(node.status()?.terms).toMatchObject({ version: 2, supervisors: [] });
  expect(store.pass(keyOf('ws-1').id)).toBeUndefined();
});
