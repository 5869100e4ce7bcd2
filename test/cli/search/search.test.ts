import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ageOf, FRAME_LINES, frameOf } from '../../../src/cli/search/frame.ts';
import { fitOf, searchable, wordsOf } from '../../../src/cli/search/matching.ts';
import { Results } from '../../../src/cli/search/results.ts';
import type { StartedCommand } from '../../../src/domain/events/event.ts';
import { CommandHistory, type HistoryScope, type PastCommand } from '../../../src/storage/events/command-history.ts';
import { createEventStore } from '../../../src/storage/events/event-store.ts';
import { testDatabase } from '../../rig/test-database.ts';

const NOW = Date.parse('2026-03-04T12:00:00Z');

interface Typed {
  readonly text: string;
  readonly cwd?: string;
  readonly exitCode?: number;
  readonly session?: string;
  readonly risk?: StartedCommand['risk'];
}

/** The first is the oldest. */
function databaseOf(typed: readonly Typed[]) {
  const database = testDatabase(NOW);
  const key = (command: number, session = 'bash.1.1') => ({ session, command });
  createEventStore(database, 'host').commit({
    started: typed.map(({ text, cwd = null, session, risk = 'safe' }, number) => ({
      key: key(number, session),
      startMs: NOW + number,
      shell: 'bash',
      command: text,
      cwd,
      tools: [],
      category: 'shell',
      pattern: { name: 'other', tool: 'other' },
      risk,
      rules: [],
      redacted: false,
    })),
    finished: typed.flatMap(({ exitCode, session }, number) =>
      exitCode === undefined ? [] : [{ key: key(number, session), exitCode, durationMs: 1, endMs: null }],
    ),
    ended: [],
    offsets: [],
    dropped: [],
    nowMs: NOW,
  });
  return database;
}

const textsIn = (results: Results): readonly (string | undefined)[] =>
  Array.from({ length: results.count }, (_, place) => results.at(place)?.text);

function found(typed: readonly Typed[], wanted: string, scope: HistoryScope = {}): readonly (string | undefined)[] {
  const history = new CommandHistory(databaseOf(typed), scope);
  const results = new Results(history);
  results.search(wanted);
  while (history.more());
  while (results.follow());
  return textsIn(results);
}

test('each text is found once, newest first, whole words before letters in their order', () => {
  const typed = ['git push', 'ls', 'git pull', 'ls', 'grep -i title push.txt'].map((text) => ({ text }));
  expect(found(typed, '')).toEqual(['grep -i title push.txt', 'ls', 'git pull', 'git push']);
  expect(found(typed, 'git PUSH')).toEqual(['git push', 'grep -i title push.txt']);
  expect(found(typed, 'gtpl')).toEqual(['git pull']);
  expect(found(typed, 'push git')).toEqual(['git push', 'grep -i title push.txt']);
  expect(found(typed, 'nothing')).toEqual([]);
});

test('is limited to a directory, a project, a shell, an outcome and a risk', () => {
  const typed: readonly Typed[] = [
    { text: 'one', cwd: '/srv/app', exitCode: 0 },
    { text: 'two', cwd: '/srv/app/deep', exitCode: 3 },
    { text: 'three', cwd: '/srv/app-2', session: 'bash.12.1', risk: 'high' },
    { text: 'four', session: 'bash.112.1', risk: 'critical' },
  ];
  expect(found(typed, '', { directory: '/srv/app' })).toEqual(['one']);
  expect(found(typed, '', { below: '/srv/app' })).toEqual(['two', 'one']);
  expect(found(typed, '', { shellPid: 12 })).toEqual(['three']);
  expect(found(typed, '', { outcome: 'ok' })).toEqual(['one']);
  expect(found(typed, '', { outcome: 'failed' })).toEqual(['two']);
  expect(found(typed, '', { risk: 'high' })).toEqual(['four', 'three']);
  expect(found(typed, '', { risk: 'critical', below: '/srv' })).toEqual([]);
});

test('typing letter by letter finds what typing at once does', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'A', ' '), maxLength: 6 });
  fc.assert(
    fc.property(fc.array(word, { maxLength: 20 }), fc.array(word, { maxLength: 4 }), (texts, typings) => {
      const history = new CommandHistory(databaseOf(texts.map((text) => ({ text: `x${text}` }))), {});
      history.more();
      const stepwise = new Results(history);
      for (const typing of typings) {
        for (let length = 0; length <= typing.length; length += 1) stepwise.search(typing.slice(0, length));
        while (stepwise.follow());
        const atOnce = new Results(history);
        atOnce.search(typing);
        while (atOnce.follow());
        expect(textsIn(stepwise)).toEqual(textsIn(atOnce));
      }
    }),
    { numRuns: 30 },
  );
});

test('what fits is what has the letters of each word in their order', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c', ' '), maxLength: 12 });
  fc.assert(
    fc.property(letters, letters, (text, typed) => {
      const fits = wordsOf(typed).every((word) => new RegExp(Array.from(word).join('.*'), 's').test(text));
      expect(fitOf(searchable(text), wordsOf(typed)) !== null).toBe(fits);
    }),
  );
});

test.each([12, 35, 40, 200])('on %d columns no line is wider, and none obeys a command text', (columns) => {
  const row: PastCommand = {
    ...{
      text: `\x1b]0;owned\x07${'x'.repeat(500)}`,
      timeMs: NOW,
      cwd: null,
      exitCode: 1,
      risk: 'critical',
      rules: [],
      author: 'human',
    },
  };
  const view = {
    typed: 'x'.repeat(300),
    rows: [row, row],
    chosen: 1,
    count: 2,
    isLoading: true,
    limits: ['everywhere'],
    ...{ advice: `\x1b[2J${'y'.repeat(200)}`, nowMs: NOW + 60_000 },
  };
  const lines = frameOf(view, { columns, widthOf: (text) => text.length, hasColours: false });
  expect(lines).toHaveLength(FRAME_LINES + 2);
  for (const line of lines) {
    expect(line.length).toBeLessThanOrEqual(columns);
    expect(line).not.toContain('\x1b');
  }
});

test.each([
  [0, 'now'],
  [59_999, 'now'],
  [60_000, '1m'],
  [3_600_000, '1h'],
  [86_400_000 * 3, '3d'],
  [86_400_000 * 800, '2y'],
  [-5, 'now'],
])('%d ms ago is shown as %s', (ms, text) => expect(ageOf(ms)).toBe(text));
