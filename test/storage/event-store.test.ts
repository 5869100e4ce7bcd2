import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { FinishedCommand, StartedCommand } from '../../src/domain/events/event.ts';
import { createEventStore, type EventStore, type ObservationCommit } from '../../src/storage/events/event-store.ts';
import { createReader } from '../../src/storage/reader.ts';
import { codeOf } from '../rig/error-code.ts';
import { testDatabase } from '../rig/test-database.ts';

const NOON = Date.parse('2026-03-04T12:00:00Z');

const started = (command: number, more: Partial<StartedCommand> = {}): StartedCommand => ({
  key: { session: 'bash.1.1', command },
  startMs: NOON + command * 1_000,
  shell: 'bash',
  command: `git commit ${command}`,
  cwd: '/home/ada',
  tools: ['git'],
  category: 'version-control',
  pattern: { name: 'git commit', tool: 'git' },
  risk: 'safe',
  rules: [],
  redacted: false,
  ...more,
});
const finished = (
  command: number,
  exitCode: number | null = 0,
  endMs = NOON + command * 1_000 + 250,
): FinishedCommand => ({
  key: { session: 'bash.1.1', command },
  exitCode,
  durationMs: null,
  endMs,
});
const observed = (more: Partial<ObservationCommit>): ObservationCommit => ({
  started: [],
  finished: [],
  ended: [],
  offsets: [],
  dropped: [],
  nowMs: NOON,
  ...more,
});

function open() {
  const database = testDatabase(NOON);
  return { database, store: createEventStore(database, 'host-1'), reader: createReader(database) };
}

describe('a commit (FR-405)', () => {
  test('stores a command that began, and completes it when its end comes', () => {
    const { store, reader } = open();
    const [running] = store.commit(observed({ started: [started(1)] }));
    expect(running).toMatchObject({
      command: 'git commit 1',
      exitCode: null,
      durationMs: null,
      category: 'version-control',
      host: 'host-1',
    });
    const [done] = store.commit(observed({ finished: [finished(1, 1)] }));
    expect(done).toMatchObject({
      id: running?.id,
      exitCode: 1,
      durationMs: 250,
      time: '2026-03-04T12:00:01.000Z',
      cwd: '/home/ada',
    });
    expect(reader.listEvents({})).toEqual([done]);
  });

  test('says and counts the same whether a command ends in the commit that began it or in a later one', () => {
    const command = fc.record({
      startMs: fc.integer({ min: NOON, max: NOON + 3_600_000 }),
      pattern: fc.constantFrom({ name: 'git commit', tool: 'git' }, { name: 'git', tool: 'git' }),
      risk: fc.constantFrom('safe' as const, 'high' as const),
      rules: fc.constantFrom([], ['files.delete']),
      redacted: fc.boolean(),
      end: fc.option(
        fc.record({
          exitCode: fc.option(fc.constantFrom(0, 1)),
          durationMs: fc.option(fc.integer({ min: 0, max: 700_000 })),
          endMs: fc.option(fc.integer({ min: NOON, max: NOON + 3_600_000 })),
        }),
      ),
    });
    fc.assert(
      fc.property(fc.array(command, { maxLength: 12 }), (commands) => {
        const begun = commands.map(({ startMs, pattern, risk, rules, redacted }, index) =>
          started(index, { startMs, pattern, risk, rules, redacted }),
        );
        const ends = commands.flatMap(({ end }, index) => (end ? [{ ...finished(index), ...end }] : []));
        const [together, apart] = [open(), open()];
        const events = together.store.commit(observed({ started: begun, finished: ends }));
        apart.store.commit(observed({ started: begun }));
        apart.store.commit(observed({ finished: ends }));
        expect(events).toEqual(together.reader.listEvents({}).toSorted((a, b) => a.id - b.id));
        expect(together.reader.listEvents({})).toEqual(apart.reader.listEvents({}));
        for (const table of ['rollup', 'rollup_rule', 'rollup_coverage', 'running', 'session', 'counter']) {
          const rows = ({ database }: ReturnType<typeof open>): unknown =>
            database.prepare(`SELECT * FROM ${table}`).all();
          expect(rows(together)).toEqual(rows(apart));
        }
        together.database.close();
        apart.database.close();
      }),
      { numRuns: 40 },
    );
  });

  test('gives its events in the order in which they began, also where one of an earlier commit ends', () => {
    const { store } = open();
    store.commit(observed({ started: [started(1)] }));
    const events = store.commit(observed({ started: [started(2)], finished: [finished(1), finished(2)] }));
    expect(events.map(({ command }) => command)).toEqual(['git commit 1', 'git commit 2']);
  });

  test('ignores an end whose start was never seen, and a second end', () => {
    const { store, reader } = open();
    store.commit(observed({ started: [started(1)], finished: [finished(1, 0), finished(1, 9), finished(7, 3)] }));
    expect(reader.listEvents({})).toHaveLength(1);
    expect(reader.listEvents({})[0]?.exitCode).toBe(0);
  });

  test.each([
    ['in the commit that began it', (end: FinishedCommand) => [observed({ started: [started(1)], finished: [end] })]],
    ['in a later one', (end: FinishedCommand) => [observed({ started: [started(1)] }), observed({ finished: [end] })]],
  ])(
    'does not believe that a command ran for 56 years when the clock leapt meanwhile, and it ended %s (E3)',
    (_, commits) => {
      const { store, reader } = open();
      for (const commit of commits(finished(1, 0, 2 * NOON))) store.commit(commit);
      for (const commit of commits({ ...finished(1), durationMs: NOON })) store.commit(commit);
      expect(reader.listEvents({}).map(({ exitCode, durationMs }) => [exitCode, durationMs])).toEqual([
        [0, null],
        [0, null],
      ]);
    },
  );

  test('leaves a command open whose shell is gone', () => {
    const { store, reader } = open();
    store.commit(observed({ started: [started(1)] }));
    store.commit(observed({ ended: ['bash.1.1'] }));
    store.commit(observed({ finished: [finished(1)] }));
    expect(reader.listEvents({})[0]).toMatchObject({ exitCode: null, durationMs: null });
  });

  test('is all or nothing: when the disk is full, neither events nor offsets are there, and later it works', () => {
    const { database, store, reader } = open();
    const pages = Number(database.pragma('page_count', { simple: true }));
    database.pragma(`max_page_count = ${pages + 2}`);
    const large = observed({
      started: [started(1, { command: `echo ${'x'.repeat(60_000)}` })],
      offsets: [{ file: 'bash.1.1.0', offset: 60_100 }],
    });
    expect(codeOf(() => store.commit(large))).toBe('disk_full');
    expect(store.offsetOf('bash.1.1.0')).toBe(0);
    expect(reader.listEvents({})).toEqual([]);
    database.pragma('max_page_count = 100000');
    store.commit(large);
    expect(store.offsetOf('bash.1.1.0')).toBe(60_100);
    expect(reader.counts()).toEqual({ events: 1, dropped: 0 });
  });

  test('counts dropped records and shows them', () => {
    const { store, reader } = open();
    store.commit(observed({ dropped: [{ shell: 'zsh', count: 3 }] }));
    expect(reader.counts().dropped).toBe(3);
  });
});

describe('rollups', () => {
  test('always say what the events say', () => {
    const risks = ['safe', 'moderate', 'high', 'critical'] as const;
    const command = fc.record({
      risk: fc.constantFrom(...risks),
      tool: fc.constantFrom('git', 'docker', 'other'),
      exit: fc.option(fc.integer({ min: 0, max: 2 }), { nil: null }),
      minute: fc.integer({ min: 0, max: 90 }),
      lasted: fc.integer({ min: 0, max: 700_000 }),
    });
    fc.assert(
      fc.property(fc.array(command, { maxLength: 30 }), fc.integer({ min: 1, max: 5 }), (commands, size) => {
        const { store, reader, database } = open();
        const all = commands.map(({ risk, tool, exit, minute, lasted }, index) => {
          const startMs = NOON + minute * 60_000;
          return {
            start: started(index, {
              risk,
              startMs,
              pattern: { name: tool, tool },
              category: tool,
              rules: risk === 'safe' ? [] : [`rule.${risk}`],
            }),
            end: finished(index, exit, startMs + lasted),
          };
        });
        for (let at = 0; at < all.length; at += size) {
          const batch = all.slice(at, at + size);
          store.commit(observed({ started: batch.map(({ start }) => start), finished: batch.map(({ end }) => end) }));
        }
        const figures = reader.statistics(NOON, NOON + 2 * 3_600_000);
        expect(figures.commands).toBe(commands.length);
        expect(figures.failures).toBe(commands.filter(({ exit }) => exit !== null && exit !== 0).length);
        for (const risk of risks) expect(figures.levels[risk]).toBe(commands.filter((one) => one.risk === risk).length);
        for (const { name, count, durationMsSum, durationBuckets } of figures.tools) {
          const same = commands.filter((one) => one.tool === name);
          expect(count).toBe(same.length);
          expect(durationMsSum).toBe(same.reduce((sum, one) => sum + one.lasted, 0));
          expect(durationBuckets.reduce((sum, bucket) => sum + bucket, 0)).toBe(same.length);
        }
        expect(figures.rules.reduce((sum, rule) => sum + rule.count, 0)).toBe(
          commands.filter((one) => one.risk !== 'safe').length,
        );
        database.close();
      }),
      { numRuns: 40 },
    );
  });
});

describe('reading', () => {
  function filled(): { store: EventStore; reader: ReturnType<typeof createReader> } {
    const { store, reader } = open();
    const risks = ['safe', 'moderate', 'high', 'critical'] as const;
    store.commit(
      observed({
        started: Array.from({ length: 40 }, (_, index) =>
          started(index, {
            risk: risks[index % 4] ?? 'safe',
            tools: index % 2 ? ['git'] : ['cat', 'grep'],
            command: `run ${index} 100%_x`,
          }),
        ),
      }),
    );
    return { store, reader };
  }

  test('pages through everything newest first, each once, also where times are equal', () => {
    const { store, reader } = filled();
    store.commit(
      observed({ started: Array.from({ length: 20 }, (_, index) => started(100 + index, { startMs: NOON })) }),
    );
    const ids: number[] = [];
    for (let before: number | undefined; ; ) {
      const page = reader.listEvents({ limit: 7, ...(before === undefined ? {} : { before }) });
      if (page.length === 0) break;
      ids.push(...page.map((event) => event.id));
      before = page.at(-1)?.id;
    }
    expect(new Set(ids).size).toBe(60);
    expect(ids).toHaveLength(60);
  });

  test('filters by risk, tool, time and text, taking the text literally', () => {
    const { reader } = filled();
    expect(reader.listEvents({ risk: 'high' })).toHaveLength(20);
    expect(reader.listEvents({ risk: 'critical' }).map(({ risk }) => risk)).toEqual(Array(10).fill('critical'));
    expect(reader.listEvents({ risk: 'moderate' })).toHaveLength(30);
    expect(reader.listEvents({ tool: 'grep' })).toHaveLength(20);
    expect(reader.listEvents({ since: '2026-03-04T12:00:30.000Z' })).toHaveLength(10);
    expect(reader.listEvents({ until: '2026-03-04T12:00:30.000Z' })).toHaveLength(30);
    expect(reader.listEvents({ text: 'RUN 7 ' })).toHaveLength(1);
    expect(reader.listEvents({ text: '0%_X' })).toHaveLength(40);
    expect(reader.listEvents({ text: '%' })).toHaveLength(40);
    expect(reader.listEvents({ text: "' OR 1=1 --" })).toHaveLength(0);
  });
});

test('retention removes old events in bounded steps and keeps the count true', () => {
  const { store, reader } = open();
  store.commit(observed({ started: Array.from({ length: 25 }, (_, index) => started(index)) }));
  expect(store.prune(NOON + 20_000, 8)).toBe(8);
  expect(store.prune(NOON + 20_000, 100)).toBe(12);
  expect(reader.counts().events).toBe(5);
  expect(reader.statistics(NOON, NOON + 3_600_000).commands).toBe(25);
  store.pruneRollups(NOON + 24 * 3_600_000, 1_000);
  expect(reader.statistics(NOON, NOON + 3_600_000).commands).toBe(0);
});

test('retention removes the name of a pattern with the last figure of it', () => {
  const { database, store } = open();
  const names = (): unknown => database.prepare('SELECT name FROM pattern').pluck().all();
  store.commit(observed({ started: [started(1)] }));
  store.prune(NOON + 48 * 3_600_000, 100);
  expect(names()).toEqual(['git commit']);
  store.pruneRollups(NOON + 48 * 3_600_000, 1_000);
  expect(names()).toEqual([]);
});
