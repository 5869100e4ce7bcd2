import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { decodeSpool } from '../../../src/domain/spool/spool-record.ts';
import { Sqlite } from '../../../src/storage/sqlite.ts';
import { type CommandLine, commandLine } from '../command-line.ts';

const NOW = new Date('2026-03-04T12:00:00Z');
const GOOD = NOW.getTime() / 1_000 - 3_600;
const IN_2031 = Date.UTC(2031, 0) / 1_000;
const IN_5138 = 99_999_999_999;
const IN_MS = GOOD * 1_000;

let cli: CommandLine;
beforeEach(() => {
  cli = commandLine();
});
afterEach(() => cli.remove());

const records = () =>
  readdirSync(cli.places.spool).flatMap((name) => decodeSpool(readFileSync(join(cli.places.spool, name))).records);

/** What was imported: text, seconds since the epoch and duration of each command. */
async function imported(source: string, content?: string) {
  const file = join(cli.home, 'history');
  if (content !== undefined) writeFileSync(file, content, 'latin1');
  const { code, out, err } = await cli.run(['import', source, '--file', file, '--json'], { now: NOW });
  expect([code, err]).toEqual([0, '']);
  const { faults } = JSON.parse(out) as { readonly faults: unknown };
  const commands = records().map(({ text, startedAt = 0, durationMs }) => [text, startedAt / 1e6, durationMs]);
  return { faults, commands };
}

const LEFT_OUT = { future: 3, past: 2, undated: 1, nul: 1 };

test('impossible values of a history of bash are counted, and are never a command', async () => {
  const times = [IN_2031, IN_5138, IN_MS, -5, 86_400];
  const wrong = times.map((time, index) => `#${time}\nwrong ${index}\n`).join('');
  expect(await imported('bash', `${wrong}#0\nundated\n#${GOOD}\ngood\n\0\0\0#${GOOD}\n#${GOOD}\nlast\n`)).toEqual({
    faults: LEFT_OUT,
    commands: [
      ['undated', GOOD - 0.001, undefined],
      ['good', GOOD, undefined],
      ['last', GOOD, undefined],
    ],
  });
});

test('impossible values of a history of zsh are counted, and are never a command', async () => {
  const times = [IN_2031, IN_5138, IN_MS, -5, 86_400];
  const wrong = times.map((time, index) => `: ${time}:1;wrong ${index}\n`).join('');
  const more = `: 0:0;undated\n: ${GOOD}:-7;backwards\n: ${GOOD}:0;unknown\n: ${GOOD}:3;good\n: ${GOOD}:1;a\x83\x20b\n`;
  expect(await imported('zsh', wrong + more)).toEqual({
    faults: { ...LEFT_OUT, negative: 1 },
    commands: [
      ['undated', GOOD - 0.001, undefined],
      ['backwards', GOOD, undefined],
      ['unknown', GOOD, undefined],
      ['good', GOOD, 3_000],
    ],
  });
});

test('impossible values of a history of fish are counted, and are never a command', async () => {
  const times = [IN_2031, IN_5138, IN_MS, -5, 86_400];
  const line = (text: string, time: number): string => `- cmd: ${text}\n  when: ${time}\n`;
  const wrong = times.map((time, index) => line(`wrong ${index}`, time)).join('');
  expect(await imported('fish', wrong + line('undated', 0) + line('a\0b', GOOD) + line('good', GOOD))).toEqual({
    faults: LEFT_OUT,
    commands: [
      ['undated', GOOD - 0.001, undefined],
      ['good', GOOD, undefined],
    ],
  });
});

test('impossible values of the history of Atuin are counted, and are never a command', async () => {
  const database = new Sqlite(join(cli.home, 'history'));
  database.exec(
    'CREATE TABLE history (command TEXT, timestamp INTEGER, duration INTEGER, exit INTEGER, cwd TEXT, deleted_at INTEGER)',
  );
  const add = database.prepare("INSERT INTO history VALUES (?, ?, ?, 0, '/', NULL)");
  const ns = (seconds: number): bigint => BigInt(seconds) * 1_000_000_000n;
  for (const time of [IN_2031, 2 * IN_2031, 3 * IN_2031, -5, 86_400]) add.run('wrong', ns(time), 1);
  add.run('undated', 0, 5_000_000);
  add.run('a\0b', ns(GOOD), 5_000_000);
  add.run('running', ns(GOOD), -1);
  add.run('backwards', ns(GOOD + 1), -2_000);
  add.run('good', ns(GOOD + 2), 5_000_000);
  database.close();
  expect(await imported('atuin')).toEqual({
    faults: { ...LEFT_OUT, negative: 1 },
    commands: [
      ['undated', GOOD - 0.001, 5],
      ['running', GOOD, undefined],
      ['backwards', GOOD + 1, undefined],
      ['good', GOOD + 2, 5],
    ],
  });
});

test('each kind of impossible value is named with what becomes of the command', async () => {
  const file = join(cli.home, 'history');
  writeFileSync(file, `: ${IN_2031}:0;x\n: ${GOOD}:-1;y\n`);
  const { out } = await cli.run(['import', 'zsh', '--file', file], { now: NOW });
  expect(out).toContain('1 dated in the future: left out\n');
  expect(out).toContain('1 with a negative duration: imported without it\n');
});

test('an impossible date does not hide what is typed after it from the next import', async () => {
  await imported('bash', `#${GOOD}\ngood\n#${IN_2031}\nwrong\n`);
  const { commands } = await imported('bash', `#${GOOD + 60}\nlater\n`);
  expect(commands.map(([text]) => text)).toEqual(['good', 'later']);
});
