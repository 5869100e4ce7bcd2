import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { placesFrom } from '../../../src/config/places.ts';
import type { AuditRecord } from '../../../src/domain/audit/audit-record.ts';
import { decodeImportNote, encodeImportNote, IMPORT_SOURCES } from '../../../src/domain/events/import-note.ts';
import { openReadOnly } from '../../../src/storage/database.ts';
import { CARO, caro, caroJson, configure, homeEnvironment, startService, type TestService } from '../../rig/service.ts';
import { temporaryFolders } from '../../rig/temporary-folder.ts';
import { until } from '../../rig/until.ts';

const folder = temporaryFolders();
const COMMANDS = 4_000;
/** In seconds. Commands older than the retention would be deleted at each quarter of an hour. */
const TYPED = Math.floor(Date.now() / 1_000) - 86_400;

let service: TestService | undefined;
afterEach(async () => {
  await service?.kill();
  service = undefined;
});

async function home(): Promise<string> {
  const place = folder();
  await configure(place);
  const lines = Array.from({ length: COMMANDS }, (_, index) => `#${TYPED + index}\necho number ${index}`);
  writeFileSync(join(place, '.bash_history'), `${lines.join('\n')}\n`);
  mkdirSync(join(place, 'data'), { mode: 0o700 });
  return place;
}

interface Stored {
  readonly events: number;
  readonly distinct: number;
}
function stored(place: string): Stored {
  const database = openReadOnly(join(place, 'data', 'caro.db'));
  const row = database.prepare('SELECT count(*) AS events, count(DISTINCT command) AS "distinct" FROM event').get();
  database.close();
  return row as Stored;
}

/** Everything there is, once the service has taken it, with the records of imports. */
async function takenBy(place: string): Promise<{ stored: Stored; records: AuditRecord[] }> {
  service = await startService(place);
  const spool = join(place, 'data', 'spool');
  await until(
    () => Promise.resolve(readdirSync(spool)),
    (names) => names.length === 0,
    30_000,
  );
  const records = await caroJson<AuditRecord>(place, 'audit', 'list', '--type', 'history.imported');
  await service.stop();
  return { stored: stored(place), records };
}

/**
 * What an import has left behind at one of its steps; the file system is looked at until it is
 * there.
 */
const STEPS: Readonly<Record<string, (place: string) => boolean>> = {
  'the commands are being written': (place) => inSpool(place, /^import\..*\.new$/),
  'what is to be done is written down': (place) => existsSync(join(place, 'data', 'import-pending.json')),
  'the collector may take the commands': (place) => inSpool(place, /^bash\./),
  'the note for the audit log is there': (place) => inSpool(place, /\.note$/),
  'the history is marked as taken over': (place) => existsSync(join(place, 'data', 'imports.json')),
};
const inSpool = (place: string, name: RegExp): boolean => {
  const { spool } = placesFrom({ CARO_HOME: place }, '');
  return existsSync(spool) && readdirSync(spool).some((entry) => name.test(entry));
};

async function importKilledWhen(place: string, reached: (place: string) => boolean): Promise<void> {
  const child = spawn(CARO, ['import', 'bash'], { env: homeEnvironment(place), stdio: 'ignore' });
  const exit = new Promise<void>((done) => child.once('exit', () => done()));
  while (child.exitCode === null && !reached(place)) await turn();
  child.kill('SIGKILL');
  await exit;
}

describe('an import that is killed', () => {
  test.each(Object.keys(STEPS))('when %s, and run again, hands every command over once', async (step) => {
    const place = await home();
    await importKilledWhen(place, STEPS[step] ?? (() => true));
    const [result] = await caroJson<{ imported: number; skipped: number }>(place, 'import', 'bash');
    expect((result?.imported ?? 0) + (result?.skipped ?? 0)).toBe(COMMANDS);
    const [again] = await caroJson<{ imported: number }>(place, 'import', 'bash');
    expect(again?.imported).toBe(0);
    const taken = await takenBy(place);
    expect(taken.stored).toEqual({ events: COMMANDS, distinct: COMMANDS });
    expect(taken.records).toMatchObject([{ details: { source: 'bash', count: COMMANDS, skipped: 0 } }]);
    expect(existsSync(join(place, 'data', 'import-pending.json'))).toBe(false);
  });

  test('while the service takes the commands already, hands every command over once', async () => {
    const place = await home();
    service = await startService(place);
    await importKilledWhen(place, STEPS['the collector may take the commands'] ?? (() => true));
    await caro(place, 'import', 'bash');
    await until(
      () => Promise.resolve(stored(place).events),
      (events) => events >= COMMANDS,
      30_000,
    );
    await service.stop();
    const taken = await takenBy(place);
    expect(taken.stored).toEqual({ events: COMMANDS, distinct: COMMANDS });
    expect(taken.records).toHaveLength(1);
  });
});

test('two imports at once take a history over once', async () => {
  const place = await home();
  const outcomes = await Promise.all([caro(place, 'import', 'bash'), caro(place, 'import', 'bash')]);
  for (const { code, stderr } of outcomes.filter((outcome) => outcome.code !== 0))
    expect([code, stderr]).toEqual([1, expect.stringContaining('expected no other caro import, one is running')]);
  expect((await takenBy(place)).stored).toEqual({ events: COMMANDS, distinct: COMMANDS });
});

test('a note for the audit log is read only as it was written', () => {
  for (const source of IMPORT_SOURCES) {
    const note = { id: '0123456789ab', source, count: 12, skipped: 0 };
    expect(decodeImportNote(encodeImportNote(note))).toEqual(note);
  }
  const text = encodeImportNote({ id: '0123456789ab', source: 'bash', count: 12, skipped: 0 });
  for (const wrong of [
    '',
    '{}',
    ` ${text}`,
    `${text}\n`,
    text.replace('bash', 'tcsh'),
    text.replace('12,', '-1,'),
    text.replace('12,', '012,'),
    text.replace('}', ',"command":"ls"}'),
    text.replace('ab"', 'AB"'),
  ])
    expect(decodeImportNote(wrong)).toBeUndefined();
});
