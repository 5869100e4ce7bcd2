import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { linkRecord } from '../../../src/audit/chain.ts';
import { preparePlaces } from '../../../src/config/places.ts';
import type { AuditRecord } from '../../../src/domain/audit/audit-record.ts';
import { SLOT_MS } from '../../../src/domain/time/period.ts';
import { openIdentity } from '../../../src/identity/identity.ts';
import { createAuditStore } from '../../../src/storage/audit/audit-store.ts';
import { type Database, openDatabase } from '../../../src/storage/database.ts';
import { parseCef } from '../../audit/cef-line.ts';
import { type OcsfEvent, ocsfFaults } from '../../audit/ocsf-schema.ts';
import { sampleRecords } from '../../audit/sample-records.ts';
import { type CommandLine, commandLine } from '../command-line.ts';

const HOUR = 4 * SLOT_MS;
const DAY = 24 * HOUR;
/** The command line of the tests lives on 2026-03-04, a Wednesday. */
const NOW = Date.parse('2026-03-04T05:06:07.008Z');

let cli: CommandLine;
let database: Database;
let node: string;
beforeEach(() => {
  cli = commandLine();
  preparePlaces(cli.places);
  node = openIdentity(cli.places.identityKey).id;
  ({ database } = openDatabase(cli.places.database, NOW));
  const store = createAuditStore(database);
  for (const record of sampleRecords()) store.append(record);
});
afterEach(() => {
  database.close();
  cli.remove();
});

function observe(atMs: number, count: number, rule?: string): void {
  const slot = Math.floor(atMs / SLOT_MS);
  database.exec("INSERT OR IGNORE INTO pattern (id, name, tool, family) VALUES (1, 'git push', 'git', 'vcs')");
  database.exec(`INSERT INTO rollup VALUES (${slot}, 1, 0, ${count}, ${count}, 0, 0, 0,0,0,0,0,0,0,0)`);
  if (rule !== undefined) database.exec(`INSERT INTO rollup_rule VALUES (${slot}, '${rule}', ${count})`);
}

const ocsf = async (): Promise<readonly OcsfEvent[]> =>
  (await cli.run(['audit', 'export', '--format', 'ocsf'])).out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as OcsfEvent);

describe('caro audit export for other security tools', () => {
  test('gives every record as an OCSF event that fits its class', async () => {
    const events = await ocsf();
    expect(events).toHaveLength(sampleRecords().length);
    expect(events.flatMap(ocsfFaults)).toEqual([]);
    expect(events[0]).toMatchObject({ metadata: { product: { uid: node } } });
  });

  test('gives the same records as CEF lines', async () => {
    const { out } = await cli.run(['audit', 'export', '--format', 'cef']);
    const lines = out.trim().split('\n').map(parseCef);
    expect(lines.map(({ extension }) => extension['cs2'])).toEqual(sampleRecords().map(({ hash }) => hash));
  });

  test('adds a finding for each risk rule and day, with its matches of that day', async () => {
    observe(NOW - 2 * DAY, 3, 'git.push-force');
    observe(NOW - 2 * DAY + HOUR, 4, 'git.push-force');
    observe(NOW - HOUR, 1, 'rule.of-another-version');
    const findings = (await ocsf()).filter(({ class_uid: uid }) => uid === 2004);
    expect(findings.flatMap(ocsfFaults)).toEqual([]);
    expect(findings).toMatchObject([
      {
        count: 7,
        start_time: Date.parse('2026-03-02T00:00:00Z'),
        end_time: Date.parse('2026-03-03T00:00:00Z'),
        finding_info: { analytic: { uid: 'git.push-force', category: 'git' } },
      },
      { count: 1, end_time: NOW, severity: 'Medium', finding_info: { analytic: { uid: 'rule.of-another-version' } } },
    ]);
    const { out } = await cli.run(['audit', 'export', '--format', 'cef']);
    expect(out).toContain('|finding.risk.git.push-force|');
  });

  test('adds a finding for what was unusual in the history of this node', async () => {
    for (let week = 1; week <= 12; week += 1)
      for (let day = 0; day < 5; day += 1) observe(NOW - week * 7 * DAY - day * DAY, 20);
    observe(NOW - 4 * DAY + 12 * HOUR, 50);
    const found = (await ocsf()).filter(({ class_uid: uid }) => uid === 2004);
    expect(found.flatMap(ocsfFaults)).toEqual([]);
    expect(found).toMatchObject([
      {
        finding_info: { analytic: { uid: 'unusual-hours', type: 'Statistical' } },
        message: expect.stringMatching(/silent/),
      },
    ]);
  });

  test('gives only what is newer than --since', async () => {
    observe(NOW - 9 * DAY, 3, 'git.push-force');
    observe(NOW - 2 * DAY, 2, 'git.push-force');
    const since = (format: string) => cli.run(['audit', 'export', '--format', format, '--since', '3d']);
    const events = (await since('ocsf')).out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as OcsfEvent);
    expect(events).toMatchObject([{ class_uid: 2004, count: 2 }]);
    expect((await since('cef')).out.trim().split('\n')).toHaveLength(1);
    expect(await since('jsonl')).toMatchObject({ code: 2, err: expect.stringContaining('exported as a whole') });
  });

  test('is the same each time, so that a reader can tell what it has already', async () => {
    observe(NOW - 2 * DAY, 3, 'git.push-force');
    expect(await ocsf()).toEqual(await ocsf());
  });
});

describe('the file that caro audit export writes', () => {
  const file = (): string => join(cli.home, 'out.jsonl');
  const exported = () => cli.run(['audit', 'export', '--out', file()]);
  const leftovers = (): readonly string[] => readdirSync(cli.home).filter((name) => name.endsWith('.partial'));

  test('is for its owner alone, and takes the place of an older one', async () => {
    writeFileSync(file(), 'old', { mode: 0o644 });
    expect(await exported()).toMatchObject({ code: 0, out: 'written to HOME/out.jsonl\n' });
    expect([statSync(file()).mode & 0o777, leftovers()]).toEqual([0o600, []]);
    expect(readFileSync(file(), 'utf8')).toMatch(/^\{"format":"caro\.audit\.v1"/);
  });

  test('is never written through a link', async () => {
    const victim = join(cli.home, 'victim');
    writeFileSync(victim, 'untouched');
    symlinkSync(victim, file());
    expect(await exported()).toMatchObject({
      code: 1,
      err: 'caro: HOME/out.jsonl: expected a regular file or none, got something else; name another\n',
    });
    expect(readFileSync(victim, 'utf8')).toBe('untouched');
  });

  test('does not appear where it cannot be written', async () => {
    mkdirSync(join(cli.home, 'folder'));
    expect(await cli.run(['audit', 'export', '--out', join(cli.home, 'folder')])).toMatchObject({ code: 1, out: '' });
    const { code, err } = await cli.run(['audit', 'export', '--out', join(cli.home, 'none', 'x')]);
    expect([code, err]).toEqual([1, 'caro: HOME/none/x: expected to write this file, got ENOENT; name another one\n']);
    expect(existsSync(join(cli.home, 'none'))).toBe(false);
  });

  test('is left out whole when a record cannot be read', async () => {
    database.exec('DROP TRIGGER audit_no_update');
    database.exec(`UPDATE audit SET details = '{' WHERE seq = 9`);
    expect((await exported()).code).toBe(1);
    expect([existsSync(file()), leftovers()]).toEqual([false, []]);
  });
});

describe('an export of a long log', () => {
  const COUNT = 11_000;

  test('comes whole through a pipe, and shows how far it is on a terminal only', async () => {
    const store = createAuditStore(database);
    let head: AuditRecord | undefined = sampleRecords().at(-1);
    database.transaction(() => {
      for (let index = 0; index < COUNT; index += 1) {
        head = linkRecord(
          head,
          { type: 'query.received', details: { query: 'anomalies', spanHours: 24 } },
          '2026-03-01T00:00:00.000Z',
        );
        store.append(head);
      }
    })();
    const quiet = await cli.run(['audit', 'export', '--format', 'cef']);
    expect([quiet.out.trim().split('\n').length, quiet.err]).toEqual([COUNT + sampleRecords().length, '']);
    const shown = await cli.run(['audit', 'export', '--format', 'ocsf', '--out', join(cli.home, 'x')], { columns: 80 });
    expect(shown.err).toContain('\r\u001b[K10000 lines');
    expect(shown.err.endsWith('\r\u001b[K')).toBe(true);
    expect(Number(execFileSync('wc', ['-l', join(cli.home, 'x')], { encoding: 'utf8' }).split(' ')[0])).toBe(
      COUNT + sampleRecords().length,
    );
  });
});
