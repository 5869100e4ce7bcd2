import { expect, test } from '@jest/globals';
import { createBlindAggregator } from '../../src/actors/blind-aggregator.ts';
import type { AuditEntry } from '../../src/domain/audit/audit-record.ts';

test('a node that is no aggregator, or has lost its tasks, refuses and records requests', async () => {
  const records: AuditEntry[] = [];
  const { handlers } = createBlindAggregator({
    open: () => Promise.reject(new Error('not to be opened')),
    hasTasks: () => false,
    alarm: () => ({ set: () => undefined, stop: () => undefined }),
    audit: (entry) => Promise.resolve(records.push(entry)),
    log: { warn: () => undefined, error: () => undefined },
  });
  const request = { type: 'blind-total', body: { task: 'any', day: '2026-11-20', block: 'any' } } as const;
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
