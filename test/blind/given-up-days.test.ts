import { expect, test } from '@jest/globals';
import { dayEnd } from '../../src/blind/day.ts';
import { SPREAD_MS } from '../../src/blind/node/reporter.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import { openNode } from './nodes.ts';

const folder = temporaryFolders();
const DAY = '2026-11-20';
const JOINED_MS = Date.parse(`${DAY}T15:00:00.000Z`);

test('a day that was given up stays in the list, also where the node was off for days', async () => {
  const rig = await openNode(folder(), { joinedMs: JOINED_MS });
  const states = () =>
    rig.store.days(100).map(({ day, madeMs }) => {
      const isGivenUp = rig.reporter.isGivenUp({ day, madeMs });
      return `${day} ${isGivenUp ? 'given up' : madeMs === null ? 'waits' : 'made'}`;
    });
  rig.setAnswered(false);
  rig.setTime(dayEnd(DAY) + SPREAD_MS);
  await rig.reporter.makeDue();
  expect(states()).toEqual(['2026-11-20 waits']);
  rig.setTime(dayEnd('2026-11-25') + SPREAD_MS);
  const all = ['25 waits', '24 waits', '23 waits', '22 given up', '21 given up', '20 given up'];
  for (const isAnswered of [false, true]) {
    rig.setAnswered(isAnswered);
    await rig.reporter.makeDue();
    expect(states()).toEqual(all.map((text) => `2026-11-${isAnswered ? text.replace('waits', 'made') : text}`));
  }
  rig.setTime(dayEnd('2026-11-28') + SPREAD_MS);
  await rig.reporter.makeDue();
  // Made, and never sent: what waits is removed when the window is over.
  expect(rig.store.outbox(rig.task.id, 'leader').map(({ day }) => day)).toEqual([
    ...['2026-11-26', '2026-11-27', '2026-11-28'],
  ]);
  expect(rig.reporter.planned()).toEqual([]);
  expect(rig.reporter.nextMs()).toBe(dayEnd('2026-11-29'));
  rig.close();
});
