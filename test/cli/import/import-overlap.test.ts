import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { withoutRecorded } from '../../../src/cli/import/overlap.ts';
import type { StartedCommand } from '../../../src/domain/events/event.ts';
import type { ShellKind } from '../../../src/domain/events/shell-kind.ts';
import { encodeSpoolRecord } from '../../../src/domain/spool/spool-record.ts';
import { openDatabase } from '../../../src/storage/database.ts';
import { createEventStore } from '../../../src/storage/events/event-store.ts';
import { type CommandLine, commandLine } from '../command-line.ts';

const NOW = new Date('2026-03-04T12:00:00Z');
const AT = NOW.getTime() / 1_000 - 3_600;

let cli: CommandLine;
beforeEach(() => {
  cli = commandLine();
  mkdirSync(cli.places.spool, { recursive: true, mode: 0o700 });
});
afterEach(() => cli.remove());

type Typed = readonly [seconds: number, command: string];

const started = (shell: ShellKind, [seconds, command]: Typed, index: number): StartedCommand => ({
  key: { session: `${shell}.1.1`, command: index },
  startMs: Math.floor(seconds * 1_000),
  shell,
  command,
  cwd: null,
  tools: [],
  category: 'other',
  pattern: { name: 'other', tool: 'other' },
  risk: 'safe',
  rules: [],
  redacted: false,
});

/** Stores commands as the hook of a shell recorded them; `prune` deletes those before a time. */
function stored(shell: ShellKind, typed: readonly Typed[], prune = 0): void {
  const { database } = openDatabase(cli.places.database, NOW.getTime());
  const store = createEventStore(database, 'host');
  store.commit({
    started: typed.map((one, index) => started(shell, one, index)),
    finished: [],
    ended: [],
    offsets: [],
    dropped: [],
    nowMs: NOW.getTime(),
  });
  store.prune(prune, 1_000);
  database.close();
}

/** Writes what a hook has recorded while no service ran. */
function spooled(shell: ShellKind, typed: readonly Typed[]): void {
  const records = typed.map(([seconds, text], command) =>
    encodeSpoolRecord({ type: 'both', command, startedAt: Math.floor(seconds * 1e6), granularity: 1, text }),
  );
  writeFileSync(join(cli.places.spool, `${shell}.4.5.0`), Buffer.concat(records), { mode: 0o600 });
}

const bash = (typed: readonly Typed[]): string =>
  typed.map(([seconds, command]) => `#${Math.floor(seconds)}\n${command}\n`).join('');

interface Outcome {
  readonly imported: number;
  readonly skipped: number;
  readonly recorded: number;
}
async function imported(source: string, history: string | Buffer, ...options: readonly string[]): Promise<Outcome> {
  const file = join(cli.home, 'history');
  writeFileSync(file, history);
  const { out } = await cli.run(['import', source, '--file', file, '--json', ...options], { now: NOW });
  return JSON.parse(out) as Outcome;
}

describe('an import leaves out what is recorded', () => {
  const typed: readonly Typed[] = [
    [AT + 0.25, 'git status'],
    [AT + 1.999, 'make'],
    [AT + 2.001, 'make'],
  ];
  const older: readonly Typed[] = [
    [AT - 900, 'ls'],
    [AT - 800, 'make'],
  ];

  test('by the hook, in the database', async () => {
    stored('bash', typed);
    expect(await imported('bash', bash([...older, ...typed]))).toMatchObject({ imported: 2, skipped: 0, recorded: 3 });
  });

  test('by the hook, in the spool of a service that does not run', async () => {
    spooled('bash', typed);
    expect(await imported('bash', bash([...older, ...typed]))).toMatchObject({ imported: 2, recorded: 3 });
  });

  test('by the hook of the same shell only', async () => {
    stored('zsh', typed);
    expect(await imported('bash', bash(typed))).toMatchObject({ imported: 3, recorded: 0 });
  });

  test('in several stretches, between which the hook was off', async () => {
    const days = [0, 1, 2, 3, 4].map((day) => typed.map(([at, text]): Typed => [at - day * 86_400, text]));
    stored('bash', [...(days[1] ?? []), ...(days[3] ?? [])]);
    expect(await imported('bash', bash(days.toReversed().flat()))).toMatchObject({ imported: 9, recorded: 6 });
  });

  test('of zsh and fish, whose histories have whole seconds', async () => {
    stored('zsh', typed);
    stored('fish', typed);
    const zsh = typed.map(([at, text]) => `: ${Math.floor(at)}:0;${text}\n`).join('');
    expect(await imported('zsh', zsh)).toMatchObject({ imported: 0, recorded: 3 });
    const fish = typed.map(([at, text]) => `- cmd: ${text}\n  when: ${Math.floor(at)}\n`).join('');
    expect(await imported('fish', fish)).toMatchObject({ imported: 0, recorded: 3 });
  });

  test('each as often as it is recorded', async () => {
    stored('bash', [[AT, 'make']]);
    expect(
      await imported(
        'bash',
        bash([
          [AT, 'make'],
          [AT, 'make'],
          [AT + 60, 'make'],
        ]),
      ),
    ).toMatchObject({
      imported: 2,
      recorded: 1,
    });
  });

  test('of several lines, which bash dates by the first and the hook by the last', async () => {
    stored('bash', [
      [AT + 95, 'for i in 1; do echo $i; done'],
      [AT + 400, "echo 'a\nb'"],
      [AT + 600, 'ls'],
    ]);
    const typed: readonly Typed[] = [
      [AT, 'for i in 1; do echo $i; done'],
      [AT + 200, "echo 'a\nb'"],
      [AT + 500, 'ls'],
    ];
    expect(await imported('bash', bash(typed))).toMatchObject({ imported: 1, recorded: 2 });
  });

  test('with a masked secret', async () => {
    stored('bash', [[AT, 'export API_TOKEN=‹redacted:github-token›']]);
    const secret = `export API_TOKEN=ghp_${'a1B2'.repeat(9)}`;
    expect(
      await imported(
        'bash',
        bash([
          [AT, secret],
          [AT, 'export LANG=C'],
        ]),
      ),
    ).toMatchObject({
      imported: 1,
      recorded: 1,
    });
  });

  test('of a history without times, the newest that it has of each text', async () => {
    stored('bash', typed);
    expect(await imported('bash', 'make\nls\nmake\ngit status\nmake\nmake\n')).toMatchObject({
      imported: 3,
      recorded: 3,
    });
  });

  test('and has been deleted since, because it is still in the figures', async () => {
    const past = typed.map(([at, text]): Typed => [at - 60 * 86_400, text]);
    stored('bash', past, NOW.getTime() - 86_400_000);
    const unseen: Typed = [AT - 50 * 86_400, 'uptime'];
    expect(await imported('bash', bash([...past, unseen]))).toMatchObject({ imported: 1, recorded: 3 });
  });

  test('by an earlier import, also with --again, and after everything was recorded', async () => {
    stored('bash', typed);
    expect(await imported('bash', bash(typed))).toMatchObject({ imported: 0, skipped: 0, recorded: 3 });
    const more: readonly Typed[] = [...typed, [AT + 9, 'ls']];
    expect(await imported('bash', bash(more))).toMatchObject({ imported: 1, skipped: 3, recorded: 0 });
    expect(await imported('bash', bash(more), '--again')).toMatchObject({ imported: 0, skipped: 0, recorded: 4 });
  });
});

test('of two runs that a history has, the one near the recorded time is the recorded one', () => {
  const entry = (startMs: number) => ({ text: 'a; b', startMs, durationMs: null, exitCode: null, cwd: null });
  const recorded = { commands: [{ startMs: 600_300, text: 'a;  b' }], slots: new Map<number, number>() };
  const left = withoutRecorded([entry(10_000), entry(600_000)], recorded, (text) => text);
  expect(left).toEqual([entry(10_000)]);
});
