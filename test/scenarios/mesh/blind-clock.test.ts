/** A trustee that is started with a wrong clock, and then with the right one. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { dayLayout } from '../../../src/blind/layout/day-1.ts';
import { makeReport } from '../../../src/blind/report.ts';
import { drawRandomness } from '../../../src/blind/report-bytes.ts';
import { createSealing } from '../../../src/blind/sealing.ts';
import { decodeTask } from '../../../src/blind/task.ts';
import { createPrio3 } from '../../../src/blind/vdaf/prio3.ts';
import { DAY_MS } from '../../../src/domain/time/period.ts';
import { makeIdentity, makeTls, startNode, stopAll } from '../../mesh/rig.ts';
import { endWeek, HOUR_MS, plusDays, startWeek, type Week } from '../../rig/blind-week.ts';
import { makeClock } from '../../rig/clock/test-clock.ts';
import { lastingFolder } from '../../rig/temporary-folder.ts';
import { until } from '../../rig/until.ts';

const LONG_MS = 300_000;
const FLOOR = 5;
const people = Array.from({ length: FLOOR }, () => makeIdentity());
const folder = lastingFolder();
let week: Week;
let day: string;

beforeAll(async () => {
  const others = people.map(({ id }) => id);
  week = await startWeek(folder, { developers: 0, others, floor: FLOOR, windowHours: 72 });
  day = plusDays(week.today(), 8);
}, LONG_MS);
afterAll(async () => {
  await stopAll();
  await endWeek(week);
}, LONG_MS);

/** Every person reports about the day to both. */
async function reportAll(): Promise<void> {
  const { clock, leader, trustee } = week;
  const task = decodeTask(readFileSync(week.task, 'utf8'));
  const layout = dayLayout(task.task.words);
  const parts = { vdaf: createPrio3(layout), sealing: createSealing() };
  for (const identity of people) {
    const randomness = drawRandomness((count) => new Uint8Array(randomBytes(count)));
    const cells = layout.cells.map(() => 1);
    const reports = await makeReport({ task, day, cells, randomness, signer: identity }, parts);
    const { mesh } = await startNode({
      identity,
      tls: await makeTls(identity, clock.now()),
      trusts: [leader.id, trustee.id],
      peers: [leader, trustee].map(({ id, endpoint }) => ({ id, address: endpoint })),
      options: { now: clock.now },
    });
    for (const role of ['leader', 'trustee'] as const) {
      const { id } = week[role];
      await until(() => mesh.isConnected(id), Boolean);
      const reply = await mesh.exchange(id, { type: 'blind-report', body: { report: reports[role] } }, LONG_MS);
      expect(reply.type).toBe('blind-receipt');
    }
  }
}

test(
  'ahead by a month it closes no day, says that the clocks differ, and loses nothing',
  async () => {
    const { leader, trustee } = week;
    week.morningAfter(day);
    await reportAll();
    for (const node of [leader, trustee]) await week.ready(node, day, FLOOR);
    await stopAll();
    await trustee.kill();
    mkdirSync(join(folder, 'ahead'));
    const ahead = makeClock(join(folder, 'ahead'), week.clock.now() - Date.now() + 30 * DAY_MS);
    await trustee.start(ahead.prefix);
    const seen = await until(
      () => leader.call('mesh.status', {}),
      ({ peers }) => peers.some(({ id, state }) => id === trustee.id && state === 'skewed'),
    );
    expect(seen.peers).toContainEqual(expect.objectContaining({ id: trustee.id, state: 'skewed' }));
    expect(await week.role(trustee)).toMatchObject({ open: [{ day, received: FLOOR, ready: FLOOR }], releases: [] });
    await trustee.kill();
    ahead.close();
    await week.start(trustee);
    week.goTo(plusDays(day, 4), HOUR_MS);
    expect(await week.released(day)).toMatchObject({ blocks: [{ contributors: FLOOR }], withheld: null });
  },
  LONG_MS,
);
