import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { decodeSpool } from '../../../src/domain/spool/spool-record.ts';
import { caro, caroJson, configure, startService, type TestService } from '../../rig/service.ts';
import { temporaryFolders } from '../../rig/temporary-folder.ts';
import { until } from '../../rig/until.ts';
import { type CommandLine, commandLine } from '../command-line.ts';

const folder = temporaryFolders();
const NOW = new Date('2026-03-04T12:00:00Z');
const DAY = 86_400;
const history = (now: number): string => `#${now - 40 * DAY}\nmake old\n#${now - DAY}\nmake yesterday\n`;

let cli: CommandLine;
let service: TestService | undefined;
beforeEach(() => {
  cli = commandLine();
  writeFileSync(join(cli.home, '.bash_history'), history(NOW.getTime() / 1_000));
});
afterEach(async () => {
  cli.remove();
  await service?.kill();
  service = undefined;
});

const kept = (): readonly (true | undefined)[] =>
  readdirSync(cli.places.spool).flatMap((name) =>
    decodeSpool(readFileSync(join(cli.places.spool, name))).records.map((record) => record.kept),
  );
const SAYS =
  '1 of 2 commands are older than 30 days (retention.events_days): within a quarter of an hour they are deleted';

test('commands that retention would delete are announced, and kept where the owner says yes', async () => {
  const { out } = await cli.run(['import', 'bash'], { now: NOW, columns: 80, typed: 'yes\n' });
  expect(out).toContain(SAYS);
  expect(out).toContain('Keep them for 30 days from now? [y/N]');
  expect(out.indexOf(SAYS)).toBeLessThan(out.indexOf('2 commands passed to the service'));
  expect(kept()).toEqual([true, true]);
});

test.each(['no\n', ''])('answered with %j they are imported and not kept', async (typed) => {
  const { out } = await cli.run(['import', 'bash'], { now: NOW, columns: 80, typed });
  expect(out).toContain('They are not kept:');
  expect(kept()).toEqual([undefined, undefined]);
});

test('without a terminal nobody is asked, and the option is named', async () => {
  const { code, out } = await cli.run(['import', 'bash'], { now: NOW, input: 'yes\n' });
  expect(out).toContain(SAYS);
  expect(out).toContain('--keep-old would keep them for 30 days from now');
  expect(out).not.toContain('[y/N]');
  expect([code, kept()]).toEqual([0, [undefined, undefined]]);
});

test('with --json the announcement does not disturb the result', async () => {
  const { out, err } = await cli.run(['import', 'bash', '--json'], { now: NOW });
  expect(JSON.parse(out)).toMatchObject({ imported: 2, old: 1, kept: false });
  expect(err).toContain(SAYS);
});

test('--keep-old keeps them unasked, and a history without old commands asks nothing', async () => {
  const { out } = await cli.run(['import', 'bash', '--keep-old'], { now: NOW, columns: 80 });
  expect(out).not.toContain('older than');
  expect(kept()).toEqual([true, true]);
  writeFileSync(join(cli.home, '.bash_history'), `#${NOW.getTime() / 1_000}\nmake now\n`);
  expect((await cli.run(['import', 'bash'], { now: NOW, columns: 80, typed: '' })).out).not.toContain('[y/N]');
});

test('the service lists imported commands, and no shell as observed', async () => {
  const home = folder();
  await configure(home);
  writeFileSync(join(home, '.bash_history'), history(Math.floor(Date.now() / 1_000)));
  service = await startService(home);
  await caro(home, 'import', 'bash', '--keep-old');
  const events = await until(
    () => caroJson<Readonly<Record<string, unknown>>>(home, 'events'),
    ({ length }) => length === 2,
  );
  expect(events).toMatchObject([
    { command: 'make old', running: false, exitCode: null, durationMs: null },
    { command: 'make yesterday', running: false, exitCode: null, durationMs: null },
  ]);
  expect(await caroJson(home, 'status')).toMatchObject([{ observe: { events: 2, shells: [] } }]);
  expect((await caro(home, 'doctor')).stdout).toContain('no shell has reported yet');
  expect((await caro(home, 'stats')).stdout).toContain('0 failed, 1 with an unknown exit status');
});
