import { expect, test } from '@jest/globals';
import { createSummarizer } from '../../src/actors/summarizer/summarizer.ts';
import type { BusClient } from '../../src/bus/bus.ts';
import type { NodeSummary } from '../../src/domain/summaries/summary.ts';
import { isoTime } from '../../src/domain/time/iso-time.ts';
import { lastClosed } from '../../src/domain/time/period.ts';
import { createSummaryStore } from '../../src/storage/mesh/summary-store.ts';
import { makeIdentity, makeSummary } from '../mesh/rig.ts';
import { testDatabase } from '../rig/test-database.ts';

const NOW = Date.parse('2026-11-29T12:00:00Z');
const SETTINGS = {
  retention: { events_days: 30, summaries_days: 60, audit_days: 730, egress_days: 365, answers_days: 730 },
  sharing: { level: 1, deny_tools: [], live: false },
} as const;
const unused = (): never => {
  throw new Error('expected a received summary to need nothing else');
};
const silent: BusClient = { publish: () => Promise.resolve(), request: () => Promise.resolve(null as never) };

test('a queued summary is not stored if trust in its peer ends meanwhile', async () => {
  const peer = makeIdentity();
  const { startMs, endMs } = lastClosed('hourly', NOW);
  const period = { kind: 'hourly', start: isoTime(startMs), end: isoTime(endMs) } as const;
  const { id, document } = makeSummary(peer, { createdAt: isoTime(NOW), period });
  const summary = JSON.parse(Buffer.from(document.payload, 'base64').toString()) as NodeSummary;
  const store = createSummaryStore(testDatabase(NOW));
  const trusted = new Set<string>();
  const { handlers } = createSummarizer(
    {
      bus: silent,
      store,
      now: () => NOW,
      mayConnect: (sender) => trusted.has(`${sender.id} ${sender.address}`),
      nodes: unused,
      family: unused,
      digest: unused,
      make: unused,
      randomHex: unused,
    },
    SETTINGS,
  );
  const received = { peer: { id: peer.id, address: '10.0.0.7' }, document, summary };
  expect(await handlers['summary.received'](received)).toBe('refused');
  expect(store.has(peer.id, id)).toBe(false);
  trusted.add(`${peer.id} 10.0.0.7`);
  expect(await handlers['summary.received'](received)).toBe('stored');
});
