import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createLiveness } from '../../src/platform/live-process.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';

const folder = temporaryFolders();
const HOUR_S = 3_600;
const NOW_S = Math.floor(Date.parse('2026-03-04T12:00:00Z') / 1_000);

/**
 * What Linux says of this process, on a machine that booted at `bootS` (seconds since the epoch);
 * it began an hour later.
 */
function machine(bootS: number) {
  const proc = folder();
  const of = join(proc, String(process.pid));
  mkdirSync(of);
  writeFileSync(join(of, 'stat'), `${process.pid} (a (shell) ) S ${'0 '.repeat(18)}${HOUR_S * 100} 0\n`);
  const setClock = (aheadS: number): void => writeFileSync(join(proc, 'stat'), `cpu 1 2 3\nbtime ${bootS + aheadS}\n`);
  setClock(0);
  return { proc, setClock, startUs: (bootS + HOUR_S) * 1e6 };
}

test('a process with the reused id of a dead shell is not mistaken for it', () => {
  const isAlive = createLiveness();
  const nowUs = Date.now() * 1_000;
  expect(isAlive(process.pid, nowUs)).toBe(true);
  expect(isAlive(process.pid, nowUs - 86_400_000_000)).toBe(false);
  expect(isAlive(2 ** 22 - 3, nowUs)).toBe(false);
});

test('a shell still counts as alive after the clock was set ahead, as after a suspended virtual machine', () => {
  const { proc, setClock, startUs } = machine(NOW_S);
  const isAlive = createLiveness(proc);
  expect(isAlive(process.pid, startUs)).toBe(true);
  setClock(8 * HOUR_S);
  expect(isAlive(process.pid, startUs)).toBe(true);
  setClock(-8 * HOUR_S);
  expect(isAlive(process.pid, startUs)).toBe(true);
  // Nobody has seen this one alive before.
  setClock(8 * HOUR_S);
  expect(isAlive(process.pid, startUs - 1)).toBe(false);
});

test('a later process with the same id is not the earlier shell', () => {
  const { proc, startUs } = machine(NOW_S);
  const isAlive = createLiveness(proc);
  expect(isAlive(process.pid, startUs)).toBe(true);
  const stat = join(proc, String(process.pid), 'stat');
  writeFileSync(stat, `${process.pid} (other) S ${'0 '.repeat(18)}${5 * HOUR_S * 100} 0\n`);
  expect(isAlive(process.pid, startUs)).toBe(false);
});

test('where the start time of a process is unknown, any process with that id counts', () => {
  const { proc, startUs } = machine(NOW_S);
  const elsewhere = join(folder(), 'none');
  cpSync(join(proc, 'stat'), join(elsewhere, 'stat'), { recursive: true });
  expect(createLiveness(elsewhere)(process.pid, startUs)).toBe(true);
});
