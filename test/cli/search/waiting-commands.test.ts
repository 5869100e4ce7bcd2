/** Commands that wait in the spool while the service is off. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { encodeSpoolRecord } from '../../../src/domain/spool/spool-record.ts';
import { openDatabase } from '../../../src/storage/database.ts';
import { createEventStore } from '../../../src/storage/events/event-store.ts';
import { caroJson, configure } from '../../rig/service.ts';
import { temporaryFolders } from '../../rig/temporary-folder.ts';

const folder = temporaryFolders();
const NOW = Date.now();
const SPOOLED = `bash.999999.${NOW * 1_000}.0`;

interface Typed {
  readonly text: string;
  readonly status?: number;
  readonly cwd?: string;
}

/** A home whose service has never run; `committed` commands of the file are in the database. */
async function homeWith(typed: readonly Typed[], committed = 0): Promise<string> {
  const home = folder();
  await configure(home, '[observe]\nignore = ["*hidden*"]\n[[observe.private]]\npath = "/srv/secret"\n');
  const records = typed.map(({ text, status = 0, cwd }, command) => {
    const at = (NOW + command) * 1_000;
    const times = { startedAt: at, endedAt: at, granularity: 1 };
    return encodeSpoolRecord({ type: 'both', command, ...times, status, text, ...(cwd ? { cwd } : {}) });
  });
  mkdirSync(join(home, 'data', 'spool'), { recursive: true, mode: 0o700 });
  writeFileSync(join(home, 'data', 'spool', SPOOLED), Buffer.concat(records), { mode: 0o600 });
  const { database } = openDatabase(join(home, 'data', 'caro.db'), NOW);
  const offset = records.slice(0, committed).reduce((sum, record) => sum + record.length, 0);
  const nothing = { started: [], finished: [], ended: [], dropped: [], nowMs: NOW };
  createEventStore(database, 'host').commit({ ...nothing, offsets: [{ file: SPOOLED, offset }] });
  database.close();
  return home;
}

const texts = async (home: string, ...more: readonly string[]): Promise<readonly string[]> =>
  (await caroJson<{ text: string }>(home, 'search', ...more)).map(({ text }) => text);

test('are found newest first, rated, and with secrets masked', async () => {
  const home = await homeWith([
    { text: 'echo one' },
    { text: 'mysql -uroot -phunter2horse db', status: 1 },
    { text: 'rm -rf /' },
  ]);
  const found = await caroJson<{ text: string; risk: string; exitCode: number }>(home, 'search');
  expect(found.map(({ risk }) => risk)).toEqual(['critical', 'safe', 'safe']);
  expect(JSON.stringify(found)).not.toContain('hunter2horse');
  expect(found[1]).toMatchObject({ exitCode: 1, text: expect.stringContaining('‹redacted:') });
  expect(await texts(home, '--failed')).toEqual([expect.stringContaining('mysql')]);
  expect(await texts(home, '--risk', 'critical')).toEqual(['rm -rf /']);
  expect(await texts(home, '--author', 'agents')).toEqual([]);
  expect(await texts(home, '--shell', '999999', 'one')).toEqual(['echo one']);
});

test('that the owner excludes are not found', async () => {
  const home = await homeWith([
    { text: 'echo hidden' },
    { text: ' echo with a space before' },
    { text: 'echo here', cwd: '/srv/secret/deep' },
    { text: 'echo shown', cwd: '/srv' },
  ]);
  expect(await texts(home)).toEqual(['echo shown']);
  writeFileSync(join(home, 'config', 'caro.toml'), 'not a configuration');
  expect(await texts(home)).toEqual([]);
});

test('are found from where the service has read to', async () => {
  const home = await homeWith([{ text: 'echo deleted' }, { text: 'echo waiting' }], 1);
  expect(await texts(home)).toEqual(['echo waiting']);
});

test('are found by the name of their repository', async () => {
  const repository = join(folder(), 'shop');
  mkdirSync(join(repository, '.git'), { recursive: true });
  writeFileSync(join(repository, '.git', 'HEAD'), 'ref: refs/heads/main\n');
  mkdirSync(join(repository, 'src'));
  const home = await homeWith([
    { text: 'make', cwd: join(repository, 'src') },
    { text: 'make test', cwd: '/' },
  ]);
  expect(await texts(home, '--project-name', 'shop')).toEqual(['make']);
});
