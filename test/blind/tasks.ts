import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { BlindTask } from '../../src/blind/documents.ts';
import { dayLayout, layoutWords } from '../../src/blind/layout/day-1.ts';
import { createSealing, type SealingKey } from '../../src/blind/sealing.ts';
import { joinSignatures, type OpenedTask, signTask } from '../../src/blind/task.ts';
import { createPrio3 } from '../../src/blind/vdaf/prio3.ts';
import { type Identity, openIdentity } from '../../src/identity/identity.ts';
import { hashOf } from '../../src/identity/signed-document.ts';
import { vocabulary } from '../../src/risk/vocabulary.ts';

export interface TaskRig {
  readonly task: OpenedTask;
  readonly leader: Identity;
  readonly trustee: Identity;
  readonly keys: Readonly<Record<'leader' | 'trustee', SealingKey>>;
  readonly verifyKey: Uint8Array;
}

/** A task of two new aggregators, whose keys are in `folder`. */
export async function makeTask(folder: string, changes: Partial<BlindTask> = {}): Promise<TaskRig> {
  const sealing = createSealing();
  const leader = openIdentity(join(folder, 'leader.key'));
  const trustee = openIdentity(join(folder, 'trustee.key'));
  const keys = { leader: await sealing.deriveKey(randomBytes(32)), trustee: await sealing.deriveKey(randomBytes(32)) };
  const verifyKey = randomBytes(16);
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
  const document: BlindTask = {
    type: 'caro.blind-task',
    version: 1,
    name: 'engineering',
    createdAt: '2026-11-01T00:00:00.000Z',
    layout: 'day/1',
    words: layoutWords(vocabulary()),
    leader: { node: leader.id, sealingKey: base64(keys.leader.publicKey) },
    trustee: { node: trustee.id, sealingKey: base64(keys.trustee.publicKey) },
    floor: 20,
    windowHours: 72,
    completePercent: 80,
    seasonDays: 7,
    noiseSd: 0,
    verifyKeyHash: hashOf(verifyKey),
    ...changes,
  };
  const task = joinSignatures(signTask(document, leader), signTask(document, trustee));
  return { task, leader, trustee, keys, verifyKey };
}

/** The function that the layout of a task is counted with. */
export const vdafOf = ({ task }: OpenedTask) => createPrio3(dayLayout(task.words));
