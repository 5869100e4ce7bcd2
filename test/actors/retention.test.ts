import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createCollector } from '../../src/actors/collector/collector.ts';
import { Bus } from '../../src/bus/bus.ts';
import { Supervised } from '../../src/bus/supervisor.ts';
import { DAY_MS } from '../../src/domain/time/period.ts';
import { findEvents, removeEvents, scrubJournal } from '../../src/storage/events/event-removal.ts';
import { createEventStore } from '../../src/storage/events/event-store.ts';
import { createReader } from '../../src/storage/reader.ts';
import { openInHandNote } from '../../src/storage/spool/in-hand-note.ts';
import { openSpoolFolder } from '../../src/storage/spool/spool-folder.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import { testDatabase } from '../rig/test-database.ts';
import { until } from '../rig/until.ts';

const folder = temporaryFolders();
const NOW = Date.parse('2026-03-04T12:00:00Z');
const EVENTS = 6_400;
const DAYS = 64;
const LIMITS = { events_days: 30, summaries_days: 60, audit_days: 730, egress_days: 365, answers_days: 730 };

/** A collector whose store holds commands of the last `DAYS` days, evenly spread. */
async function rig() {
  const database = testDatabase(NOW);
  const store = createEventStore(database, 'host');
  store.commit({
    started: Array.from({ length: EVENTS }, (_, command) => ({
      key: { session: 'bash.1.1', command },
      startMs: NOW - (DAYS * DAY_MS * (EVENTS - command)) / EVENTS,
      shell: 'bash' as const,
      command: `echo ${command}`,
      cwd: null,
      tools: ['echo'],
      category: 'shell',
      pattern: { name: 'echo', tool: 'echo' },
      risk: 'safe' as const,
      rules: [],
      redacted: false,
    })),
    finished: [],
    ended: [],
    offsets: [],
    dropped: [],
    nowMs: NOW,
  });
  const bus = new Bus();
  const reader = createReader(database);
  const collector = new Supervised(
    {
      name: 'collector',
      capacity: 64,
      policy: 'wait',
      create: () =>
        createCollector(
          {
            bus,
            spool: openSpoolFolder(folder(), process.getuid?.() ?? 0),
            store,
            projects: { namesOf: () => Promise.resolve(new Map()) },
            isProcess: () => true,
            isAlive: () => true,
            inHand: openInHandNote(join(folder(), 'in-hand')),
            onSetAside: () => undefined,
            rateLong: () => Promise.resolve(null),
            now: () => NOW,
            agents: () => Promise.resolve([]),
            facts: () => ({ ...reader.counts(), shells: [] }),
            pending: () => 0,
            pauses: { read: () => [], expire: () => undefined },
            privatePlaces: () => () => false,
            refreshGuard: () => undefined,
            removal: {
              find: (ids) => findEvents(database, ids),
              remove: (events) => removeEvents(database, events),
              scrub: () => scrubJournal(database),
              copies: () => ({ files: [], isBusy: false }),
              removeFromCopies: () => Promise.resolve([]),
            },
            prune: store.prune,
            pruneRollups: store.pruneRollups,
          },
          {
            observe: { shells: ['bash'], redact: true, ignore: [], private: [] },
            agents: { observe: true },
            guard: { high: 'ask', critical: 'deny', on_failure: 'open' },
            rules: { folder: '' },
            retention: LIMITS,
          },
        ),
    },
    bus,
    {
      backoffMs: () => 1,
      maxCrashes: 0,
      windowMs: 60_000,
      startMs: 5_000,
      stopMs: 5_000,
      now: () => performance.now(),
      onCrash: (_actor, error) => {
        throw error;
      },
      onDegraded: () => undefined,
    },
  );
  await collector.start();
  return { bus, collector, reader };
}

test('expired events are removed in slices, between which the collector answers', async () => {
  const { bus, collector, reader } = await rig();
  const days = (from: number): number => reader.statistics(NOW - from * DAY_MS, NOW + DAY_MS).commands;
  await bus.publish('clock.quarter', { nowMs: NOW, retentionMs: NOW });
  const counts: number[] = [];
  // Rollups go by whole UTC days: sixty of them stay, and the half day before noon that the limit
  // falls into.
  const [events, commands] = [(EVENTS * 30) / DAYS, (EVENTS * 60.5) / DAYS];
  await until(
    async () => {
      counts.push((await bus.request('observe.status', {})).events);
      return [counts.at(-1), days(90)];
    },
    (left) => left[0] === events && left[1] === commands,
  );
  // It was asked meanwhile, and had an answer between two slices.
  expect(new Set(counts).size).toBeGreaterThan(2);
  await collector.stop();
});

test('a stopped collector leaves the rest for the next start', async () => {
  const { bus, collector, reader } = await rig();
  await bus.publish('clock.quarter', { nowMs: NOW, retentionMs: NOW });
  await until(
    () => Promise.resolve(reader.counts().events),
    (events) => events < EVENTS,
  );
  await collector.stop();
  const left = reader.counts().events;
  expect(left).toBeGreaterThan((EVENTS * 30) / DAYS);
  await new Promise((resolve) => setImmediate(resolve));
  expect(reader.counts().events).toBe(left);
});
