import { describe, expect, test } from '@jest/globals';
import type { RiskLevel } from '../../../src/domain/events/risk-level.ts';
import { replay } from '../../../src/risk/custom/replay.ts';
import { readRules } from '../../../src/risk/custom/rule-files.ts';
import { createEventStore } from '../../../src/storage/events/event-store.ts';
import { eventsSince } from '../../../src/storage/events/event-stream.ts';
import { testDatabase } from '../../rig/test-database.ts';
import { selecting } from './sigma.ts';

const SINCE = '2026-01-01T00:00:00.000Z';
const START = Date.parse('2026-01-02T00:00:00.000Z');

interface Stored {
  readonly command: string;
  readonly risk?: RiskLevel;
  readonly rules?: readonly string[];
}

/** A real database with these commands, a second apart. */
function history(commands: readonly Stored[]) {
  const database = testDatabase(START);
  const started = commands.map(({ command, risk = 'safe', rules = [] }, index) => ({
    key: { session: 'bash.1.1', command: index + 1 },
    startMs: START + index * 1_000,
    shell: 'bash' as const,
    command,
    risk,
    rules,
    cwd: '/srv',
    tools: ['x'],
    category: 'other',
    redacted: false,
    pattern: { name: 'other', tool: 'other' },
  }));
  createEventStore(database, 'rig').commit({
    started,
    finished: [],
    ended: [],
    offsets: [],
    dropped: [],
    nowMs: START,
  });
  return database;
}

const run = async (text: string, commands: readonly Stored[], isOver: () => boolean = () => false) =>
  replay(await readRules({ files: [{ name: 'test.yml', text }], refused: [] }), eventsSince(history(commands), SINCE), {
    since: SINCE,
    home: '/home/ada',
    user: 'ada',
    system: 'linux',
    isOver,
  });

const CRONTAB = selecting('Image|endswith: /crontab');

describe('a replay', () => {
  test('counts which stored commands would have had another level, and shows the newest', async () => {
    const result = await run(CRONTAB, [
      { command: 'ls' },
      { command: 'crontab -l' },
      { command: 'sudo crontab -e' },
      { command: 'crontab -r', risk: 'critical', rules: ['files.x'] },
      { command: 'echo crontab' },
      { command: 'bash -c "crontab -r"', risk: 'moderate' },
    ]);
    expect(result).toMatchObject({ commands: 6, matches: 4, readTo: null });
    expect(result.changes).toEqual([
      { from: 'safe', to: 'high', count: 2 },
      { from: 'moderate', to: 'high', count: 1 },
    ]);
    expect(result.examples.map(({ command }) => command)).toEqual([
      'bash -c "crontab -r"',
      'sudo crontab -e',
      'crontab -l',
    ]);
    expect(result.examples[0]).toMatchObject({
      time: '2026-01-02T00:00:05.000Z',
      from: 'moderate',
      to: 'high',
      rules: ['organisation.test'],
    });
  });

  test('compares a rule that was in force with the built-in rules alone', async () => {
    const softer = CRONTAB.replace('level: high', 'level: medium');
    const { changes } = await run(softer, [{ command: 'crontab -l', risk: 'critical', rules: ['organisation.test'] }]);
    expect(changes).toEqual([{ from: 'safe', to: 'moderate', count: 1 }]);
  });

  test('reads what is stored: a masked secret is not found', async () => {
    const secret = selecting("CommandLine|contains: 'hunter2'");
    expect((await run(secret, [{ command: 'mysql -p‹redacted:password›' }])).matches).toBe(0);
  });

  test('goes through more commands than fit in a page, and only those of the time asked for', async () => {
    const result = await run(
      CRONTAB,
      Array.from({ length: 2_500 }, () => ({ command: 'crontab -l' })),
    );
    expect(result).toMatchObject({ commands: 2_500, matches: 2_500, changes: [{ count: 2_500 }] });
    expect(result.examples).toHaveLength(50);
    const database = history([{ command: 'crontab -l' }]);
    expect([...eventsSince(database, '2026-02-01T00:00:00.000Z')]).toEqual([]);
  });

  test('that ends before its time says how far back it read', async () => {
    let left = 2;
    const result = await run(
      CRONTAB,
      Array.from({ length: 5 }, () => ({ command: 'crontab -l' })),
      () => {
        left -= 1;
        return left < 0;
      },
    );
    expect(result).toMatchObject({ commands: 2, readTo: '2026-01-02T00:00:02.000Z' });
  });
});
