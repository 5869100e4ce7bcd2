import { expect, test } from '@jest/globals';
import { createBlindAggregator } from '../../src/actors/blind-aggregator.ts';
import type { AuditEntry } from '../../src/domain/audit/audit-record.ts';
import { createConfirmedClock } from '../../src/domain/time/confirmed-clock.ts';
import { openSide, rigParts } from '../blind/aggregators/rig.ts';
import { codeOfPromise } from '../rig/error-code.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';

const folder = temporaryFolders();
const log = { warn: () => undefined, error: () => undefined };
const alarm = () => ({ set: () => undefined, stop: () => undefined });
const request = { type: 'blind-total', body: { task: 'any', day: '2026-11-20', block: 'any' } } as const;
const quarter = { nowMs: 0, retentionMs: 0 };

const clockOf = () => createConfirmedClock(Date.now, performance.now.bind(performance));

function auditOf() {
  const records: AuditEntry[] = [];
  return { records, audit: (entry: AuditEntry) => Promise.resolve(records.push(entry)) };
}

test('a node that is no aggregator, or has lost its tasks, refuses and records requests', async () => {
  const { records, audit } = auditOf();
  const open = () => Promise.reject(new Error('not to be opened'));
  const { handlers } = createBlindAggregator({ open, clock: clockOf(), hasTasks: () => false, alarm, audit, log });
  expect(await handlers['blind.request']({ peer: 'ada', request })).toEqual({
    type: 'blind-refusal',
    body: { code: 'task_unknown' },
  });
  // A peer that asks on and on adds no more records.
  for (let count = 0; count < 3; count += 1) await handlers['blind.request']({ peer: 'ada', request });
  expect(records).toEqual([
    { type: 'blind.refused', peer: 'ada', details: { code: 'task_unknown', type: 'blind-total' } },
  ]);
});

test('an aggregator records each code once for each peer and quarter of an hour, and opens again after a failure', async () => {
  const { records, audit } = auditOf();
  const home = folder();
  const ask = () => Promise.reject(new Error('not to be asked'));
  let opened = 0;
  const { handlers } = createBlindAggregator({
    open: async (own) => {
      opened += 1;
      if (opened === 1) throw new Error('the disk is full');
      const parts = { ...rigParts(), now: Date.now, ask };
      const side = await openSide(home, 'trustee', { ...parts, change: (ports) => ({ ...ports, ...own }) });
      return side.aggregators;
    },
    clock: clockOf(),
    hasTasks: () => true,
    alarm,
    audit,
    log,
  });
  const asked = (peer: string) => codeOfPromise(Promise.resolve(handlers['blind.request']({ peer, request })));
  await expect(Promise.resolve(handlers['blind.request']({ peer: 'ada', request }))).rejects.toThrow('disk');
  for (const peer of ['ada', 'ada', 'ada', 'ben', 'ada', 'ben']) expect(await asked(peer)).toBe('task_unknown');
  expect(records.map(({ peer }) => peer)).toEqual(['ada', 'ben']);
  await handlers['clock.quarter'](quarter);
  for (let count = 0; count < 3; count += 1) expect(await asked('ada')).toBe('task_unknown');
  expect(records.map(({ peer }) => peer)).toEqual(['ada', 'ben', 'ada']);
});

test('the clock of an aggregator counts as confirmed by a request, until it is set', async () => {
  const clock = { nowMs: 1_000_000, steadyMs: 0 };
  const confirmed = createConfirmedClock(
    () => clock.nowMs,
    () => clock.steadyMs,
  );
  const { records, audit } = auditOf();
  const open = () => Promise.reject(new Error('not to be opened'));
  const { handlers } = createBlindAggregator({ open, clock: confirmed, hasTasks: () => true, alarm, audit, log });
  const ask = () => Promise.resolve(handlers['blind.request']({ peer: 'ada', request })).catch(() => undefined);
  expect(confirmed.isConfirmed()).toBe(false);
  await ask();
  expect(confirmed.isConfirmed()).toBe(true);
  clock.nowMs += 3_600_000;
  clock.steadyMs += 3_599_000;
  expect(confirmed.isConfirmed()).toBe(true);
  for (const leapMs of [3_600_000, -3_600_000]) {
    clock.nowMs += leapMs;
    expect(confirmed.isConfirmed()).toBe(false);
    await ask();
    expect(confirmed.isConfirmed()).toBe(true);
  }
  expect(records).toEqual([]);
});
