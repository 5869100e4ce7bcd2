/** The document of a task: what is signed by whom, and what is refused. */
import { describe, expect, test } from '@jest/globals';
import { dayEnd, dayOf, dayStart, openDays, windowEnd } from '../../src/blind/day.ts';
import type { BlindTask } from '../../src/blind/documents.ts';
import { dayLayout } from '../../src/blind/layout/day-1.ts';
import {
  decodeTask,
  encodeTask,
  isVerifyKeyOf,
  joinSignatures,
  openTask,
  roleIn,
  signTask,
} from '../../src/blind/task.ts';
import { createPrio3 } from '../../src/blind/vdaf/prio3.ts';
import { seal } from '../../src/identity/envelope.ts';
import { openIdentity } from '../../src/identity/identity.ts';
import { codeOf, codeOfPromise } from '../rig/error-code.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import { makeTask } from './tasks.ts';

const folder = temporaryFolders();

describe('the document of a task', () => {
  test('is read as it was written, and named by the hash of its signed bytes', async () => {
    const { task, verifyKey, leader, trustee } = await makeTask(folder());
    const read = decodeTask(encodeTask(task));
    expect(read).toEqual(task);
    expect(read.id).toMatch(/^[A-Za-z0-9+/]{43}=$/);
    expect(isVerifyKeyOf(read.task, verifyKey)).toBe(true);
    expect(isVerifyKeyOf(read.task, Buffer.alloc(16))).toBe(false);
    expect([leader.id, trustee.id, 'caro:ed25519:other'].map((id) => roleIn(read.task, id))).toEqual([
      'leader',
      'trustee',
      null,
    ]);
  });

  test('is refused unless both have signed it, in this order', async () => {
    const { task, leader, trustee } = await makeTask(folder());
    const stranger = openIdentity(`${folder()}/stranger.key`);
    const [ofLeader, ofTrustee, ofStranger] = [leader, trustee, stranger].map((who) => signTask(task.task, who));
    for (const signatures of [[ofTrustee, ofLeader], [ofLeader, ofLeader], [ofLeader, ofStranger], [ofLeader], []]) {
      const envelope = { ...task.envelope, signatures: signatures.flatMap((one) => one?.signatures ?? []) };
      expect(codeOf(() => openTask(envelope))).toBe('blind_task_invalid');
    }
    const other = signTask({ ...task.task, floor: 30 }, trustee);
    expect(ofLeader && codeOf(() => joinSignatures(ofLeader, other))).toBe('blind_task_invalid');
  });

  test('is signed by nobody where one node, or one key, is leader and trustee', async () => {
    const { task, leader } = await makeTask(folder());
    const { leader: first, trustee: second } = task.task;
    for (const trustee of [
      { ...second, node: first.node },
      { ...second, sealingKey: first.sealingKey },
    ])
      expect(codeOf(() => signTask({ ...task.task, trustee }, leader))).toBe('blind_task_invalid');
  });

  test('is refused where it is of no use: a low floor, a changed or another document', async () => {
    const { task } = await makeTask(folder());
    const changes: readonly Partial<Record<keyof BlindTask, unknown>>[] = [
      { floor: 4 },
      { windowHours: 1 },
      { layout: 'day/2' },
      { words: { ...task.task.words, techniques: ['T1059', 'T1059'] } },
      { words: { ...task.task.words, families: ['rm -rf /'] } },
    ];
    for (const change of changes) {
      expect(await codeOfPromise(makeTask(folder(), change as Partial<BlindTask>))).toBe('blind_task_invalid');
    }
    for (const text of ['', '{}', '[]', 'null', encodeTask(task).replace('A', 'B'), encodeTask(task).slice(0, -9)]) {
      expect(codeOf(() => decodeTask(text))).toBe('blind_task_invalid');
    }
  });

  test('is refused in another spelling of the same JSON', async () => {
    const { task, leader, trustee } = await makeTask(folder());
    const spelling = Buffer.from(JSON.stringify(task.task, null, 1));
    const [one, other] = [leader, trustee].map((who) => seal(task.envelope.payloadType, spelling, who));
    const envelope = { ...one, signatures: [...(one?.signatures ?? []), ...(other?.signatures ?? [])] };
    expect(codeOf(() => openTask(envelope))).toBe('blind_task_invalid');
  });

  test('fits the function: a report of its layout can be made', async () => {
    const { task } = await makeTask(folder());
    const vdaf = createPrio3(dayLayout(task.task.words));
    expect(vdaf.aggregateBytes).toBe(16 * dayLayout(task.task.words).cells.length);
  });
});

describe('a day', () => {
  const task = { windowHours: 72 };

  test('may be reported from its end until the end of the window', () => {
    const day = '2026-11-20';
    expect(openDays(task, dayEnd(day) - 1)).not.toContain(day);
    expect(openDays(task, dayEnd(day))).toContain(day);
    expect(openDays(task, windowEnd(task, day) - 1)).toContain(day);
    expect(openDays(task, windowEnd(task, day))).not.toContain(day);
    expect(openDays(task, Date.parse('2026-03-01T00:00:00Z'))).toEqual(['2026-02-26', '2026-02-27', '2026-02-28']);
  });

  test('has one spelling', () => {
    expect(dayOf(dayStart('2026-02-28'))).toBe('2026-02-28');
    for (const bad of ['2026-02-30', '2026-13-01', '2026-1-1', '', 'today']) {
      expect(codeOf(() => dayStart(bad))).toBe('blind_report_invalid');
    }
  });
});
