import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { EventFilter, StartedCommand } from '../../src/domain/events/event.ts';
import { RISK_LEVELS, type RiskLevel, riskRank } from '../../src/domain/events/risk-level.ts';
import { type Database, openDatabase } from '../../src/storage/database.ts';
import { searchEvents } from '../../src/storage/events/event-search.ts';
import { createEventStore, type EventStore } from '../../src/storage/events/event-store.ts';
import { lastingFolder } from '../rig/temporary-folder.ts';

const NOON = Date.parse('2026-03-04T12:00:00Z');
const TOTAL = 12_000;
/** What one search may look at, in rows: two of its slices. */
const BUDGET = 10_000;
const TOOLS = ['git', 'ls', 'x"git', 'grep'] as const;

const riskOf = (index: number): RiskLevel =>
  index % 500 === 499 ? 'critical' : index % 50 === 49 ? 'high' : index % 5 === 4 ? 'moderate' : 'safe';

/** Three commands a second, so that times are equal. */
const commands = Array.from({ length: TOTAL }, (_, index): StartedCommand => {
  const tool = TOOLS[index % TOOLS.length] ?? 'git';
  return {
    key: { session: 'bash.1.1', command: index },
    startMs: NOON + Math.floor(index / 3) * 1_000,
    shell: 'bash',
    command: index === 7 ? 'echo 100%_Odd \\ text' : `${tool} number ${index}`,
    cwd: null,
    tools: [tool],
    category: 'files',
    pattern: { name: 'ls', tool: 'ls' },
    risk: riskOf(index),
    rules: [],
    redacted: false,
  };
});

let database: Database;
let store: EventStore;
beforeAll(() => {
  ({ database } = openDatabase(join(lastingFolder(), 'caro.db'), NOON));
  store = createEventStore(database, 'host');
  store.commit({ started: commands, finished: [], ended: [], offsets: [], dropped: [], nowMs: NOON });
});
afterAll(() => void database.close());

/** What a filter means, said once more and plainly. */
function wanted({ since, until, risk = 'safe', tool, text }: EventFilter): readonly string[] {
  return commands
    .filter(
      (command) =>
        riskRank(command.risk) >= riskRank(risk) &&
        (tool === undefined || command.tools.includes(tool)) &&
        (text === undefined || command.command.toLowerCase().includes(text.toLowerCase())) &&
        (since === undefined || command.startMs >= Date.parse(since)) &&
        (until === undefined || command.startMs < Date.parse(until)),
    )
    .map(({ command }) => command)
    .toReversed();
}

/** All pages of a search, and how many there were. */
function pages(filter: EventFilter, budget = BUDGET) {
  const found: string[] = [];
  const searchedTo: string[] = [];
  let count = 0;
  for (let before = filter.before ?? null; ; ) {
    const page = searchEvents(database, { ...filter, ...(before === null ? {} : { before }) }, budget);
    count += 1;
    found.push(...page.events.map(({ command }) => command));
    if (page.searchedTo !== null) searchedTo.push(page.searchedTo);
    before = page.next;
    if (before === null) return { found, searchedTo, count };
  }
}

describe('a search', () => {
  test('finds, over all its parts, exactly what fits, newest first', () => {
    const time = fc.integer({ min: -10, max: TOTAL / 3 + 10 }).map((s) => new Date(NOON + s * 1_000).toISOString());
    const filter = fc.record(
      {
        since: time,
        until: time,
        risk: fc.constantFrom(...RISK_LEVELS),
        tool: fc.constantFrom(...TOOLS, 'absent'),
        text: fc.constantFrom('99', 'NUMBER 1', '%', '_', '\\', 'absent'),
        limit: fc.integer({ min: 300, max: 9_000 }),
      },
      { requiredKeys: ['limit'] },
    );
    fc.assert(
      fc.property(filter, (asked) => {
        expect(pages(asked).found).toEqual(wanted(asked));
      }),
      { numRuns: 60 },
    );
  });

  test('that finds nothing stops at its limit and tells how far back it looked', () => {
    const page = searchEvents(database, { text: 'absent' }, BUDGET);
    const last = commands[TOTAL - BUDGET];
    expect(page).toMatchObject({ events: [], searchedTo: new Date(last?.startMs ?? 0).toISOString() });
    expect(page.next).not.toBeNull();
    const rest = searchEvents(database, { text: 'absent', before: page.next ?? 0 }, BUDGET);
    expect(rest).toEqual({ events: [], next: null, searchedTo: null });
  });

  test('that fills its page before the limit does not say it was cut short', () => {
    const page = searchEvents(database, { tool: 'git', limit: 20 }, BUDGET);
    expect(page.events).toHaveLength(20);
    expect(page).toMatchObject({ next: page.events.at(-1)?.id, searchedTo: null });
  });

  test('of what an index answers is one part however far back it reaches', () => {
    expect(pages({ risk: 'high', limit: 1_000 }, 5_000)).toMatchObject({ count: 1, searchedTo: [] });
    expect(pages({ since: '2026-03-04T12:00:00.000Z', limit: 10_000 }, 5_000).count).toBe(2);
  });

  test('for a tool does not take a part of another name for it', () => {
    expect(pages({ tool: 'git', limit: 9_000 }).found.some((command) => command.startsWith('x"git'))).toBe(false);
  });

  test('goes on from an event that retention removed with nothing, since all that was older is gone too', () => {
    const [oldest] = searchEvents(database, { until: new Date(NOON + 1_000).toISOString(), limit: 1 }).events;
    store.prune(NOON + 1_000, 100);
    expect(searchEvents(database, { before: oldest?.id ?? 0 })).toEqual({ events: [], next: null, searchedTo: null });
  });
});
