import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parseBashHistory } from '../../../src/cli/import/bash.ts';
import { parseFishHistory } from '../../../src/cli/import/fish.ts';
import { parseZshHistory } from '../../../src/cli/import/zsh.ts';
import { decodeSpool } from '../../../src/domain/spool/spool-record.ts';
import { requireShell } from '../../rig/programs/require-shell.ts';
import { type CommandLine, commandLine } from '../command-line.ts';

let cli: CommandLine;
beforeEach(() => {
  cli = commandLine();
});
afterEach(() => cli.remove());

/** Everything that was handed to the collector. */
const spooled = () =>
  readdirSync(cli.places.spool).flatMap((name) => decodeSpool(readFileSync(join(cli.places.spool, name))).records);
const texts = (): readonly (string | undefined)[] => spooled().map((record) => record.text);

describe('the history of bash', () => {
  test('with times keeps multi-line commands together', () => {
    const text = '#1700000000\ngit status\n#1700000001\nfor i in 1; do\n\n  echo $i\ndone\n#1700000002\n#not a time\n';
    expect(parseBashHistory(Buffer.from(text)).map(({ text: command, startMs }) => [command, startMs])).toEqual([
      ['git status', 1_700_000_000_000],
      ['for i in 1; do\n\n  echo $i\ndone', 1_700_000_001_000],
      ['#not a time', 1_700_000_002_000],
    ]);
  });

  test('without times is one command a line', () => {
    expect(parseBashHistory(Buffer.from('ls\n\ncd /tmp\n')).map((entry) => [entry.text, entry.startMs])).toEqual([
      ['ls', null],
      ['cd /tmp', null],
    ]);
  });
});

const COMMANDS = [
  'echo plain',
  'echo "a\nb"',
  "echo 'back\\slash'",
  'echo äöü 漢字 🙂',
  'true; false',
  'echo \\\\',
  'echo \\\n  continued',
];

requireShell('zsh')('the history that a real zsh wrote', () => {
  test.each([
    ['extended', true],
    ['plain', false],
  ])('%s is read back, every byte', (_what, extended) => {
    const file = join(cli.home, 'history');
    const script = `${extended ? 'setopt extended_history' : 'unsetopt extended_history'}; fc -p $1 99 99; shift; for c in "$@"; do print -rs -- "$c"; done; fc -W`;
    execFileSync('zsh', ['-f', '-i', '-c', script, 'zsh', file, ...COMMANDS]);
    const entries = parseZshHistory(readFileSync(file));
    expect(entries.map((entry) => entry.text)).toEqual(COMMANDS);
    expect(entries.every((entry) => (entry.startMs !== null) === extended)).toBe(true);
  });
});

requireShell('fish')('the history that a real fish wrote', () => {
  test('is read back, every byte', () => {
    mkdirSync(join(cli.home, 'data', 'fish'), { recursive: true });
    const text = COMMANDS.map(
      (command, index) =>
        `- cmd: ${command.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n  when: ${1_700_000_000 + index}\n  paths:\n    - x\n`,
    );
    const file = join(cli.home, 'data', 'fish', 'fish_history');
    writeFileSync(file, text.join(''));
    const env = { ...process.env, HOME: cli.home, XDG_DATA_HOME: join(cli.home, 'data'), XDG_CONFIG_HOME: cli.home };
    // fish reads its own file, so the sample is held to fish's idea of the format.
    const shown = execFileSync('fish', ['-c', 'history --null --reverse'], { env, encoding: 'utf8' });
    expect(shown.split('\0').slice(0, -1)).toEqual(COMMANDS);
    expect(parseFishHistory(readFileSync(file)).map(({ text: command, startMs }) => [command, startMs])).toEqual(
      COMMANDS.map((command, index) => [command, 1_700_000_000_000 + index * 1_000]),
    );
  });
});

describe('caro import', () => {
  const file = (): string => join(cli.home, '.bash_history');

  test('hands a history to the collector once, and only what is new the next time', async () => {
    writeFileSync(file(), '#1700000000\ngit status\n#1700000001\nmake\n');
    expect(JSON.parse((await cli.run(['import', 'bash', '--json'])).out)).toMatchObject({ imported: 2, skipped: 0 });
    expect(spooled()).toMatchObject([
      { type: 'both', command: 0, text: 'git status', startedAt: 1_700_000_000_000_000 },
      { type: 'both', command: 1, text: 'make', startedAt: 1_700_000_001_000_000 },
    ]);
    expect(JSON.parse((await cli.run(['import', 'bash', '--json'])).out)).toMatchObject({ imported: 0, skipped: 2 });
    writeFileSync(file(), '#1700000001\nmake\n#1700000009\nls\n');
    expect(JSON.parse((await cli.run(['import', 'bash', '--json'])).out)).toMatchObject({ imported: 1, skipped: 1 });
    expect([...texts()].sort()).toEqual(['git status', 'ls', 'make']);
    expect(readFileSync(join(cli.places.data, 'imports.json'), 'utf8')).not.toContain('make');
  });

  test('of a history without times finds the end of the last import, or asks for --again', async () => {
    writeFileSync(file(), 'a\nb\na\n');
    await cli.run(['import', 'bash']);
    writeFileSync(file(), 'a\nb\na\nc\n');
    expect(JSON.parse((await cli.run(['import', 'bash', '--json'])).out)).toMatchObject({ imported: 1 });
    writeFileSync(file(), 'x\ny\n');
    const { code, err } = await cli.run(['import', 'bash']);
    expect([code, err]).toEqual([2, expect.stringContaining('import all of it: --again')]);
    expect(JSON.parse((await cli.run(['import', 'bash', '--again', '--json'])).out)).toMatchObject({ imported: 2 });
  });

  test('of Atuin takes exit code, duration and directory, and leaves out what was deleted', async () => {
    const database = join(cli.home, 'history.db');
    const sql = `import sqlite3,sys; d=sqlite3.connect(sys.argv[1]); d.executescript("""
      create table history (id text primary key, timestamp integer not null, duration integer not null, exit integer not null,
        command text not null, cwd text not null, session text not null, hostname text not null, deleted_at integer);
      insert into history values ('2', 1700000001500000000, 250000000, 2, 'make', '/src', 's', 'h', null);
      insert into history values ('1', 1700000000123456789, -1, -1, 'git status', 'unknown', 's', 'h', null);
      insert into history values ('3', 1700000002000000000, 1, 0, 'deleted', '/', 's', 'h', 5);"""); d.commit()`;
    execFileSync('python3', ['-c', sql, database]);
    await cli.run(['import', 'atuin', '--file', database]);
    expect(spooled()).toEqual([
      { type: 'both', command: 0, text: 'git status', startedAt: 1_700_000_000_123_000, granularity: 1_000_000 },
      {
        type: 'both',
        command: 1,
        text: 'make',
        startedAt: 1_700_000_001_500_000,
        granularity: 1_000_000,
        durationMs: 250,
        status: 2,
        cwd: '/src',
      },
    ]);
    expect((await cli.run(['import', 'atuin', '--file', file()])).code).toBe(1);
    writeFileSync(file(), 'x');
    expect((await cli.run(['import', 'atuin', '--file', file()])).err).toContain("expected Atuin's history database");
  });

  test('without a history says where it looked', async () => {
    expect((await cli.run(['import', 'zsh'])).err).toContain(
      'HOME/.zsh_history: expected a history file, found none; name it with --file',
    );
  });
});

test('a history that cannot be read is named with what to do, not told as a defect', async () => {
  // A plain file by its looks, which even root cannot read from its start.
  const { code, err } = await cli.run(['import', 'bash', '--file', '/proc/self/mem']);
  expect(code).toBe(1);
  expect(err).toMatch(/^caro: \/proc\/\d+\/mem: expected a readable history file, got EIO; name a readable copy/);
});
