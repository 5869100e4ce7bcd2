import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Sqlite from 'better-sqlite3';
import { readAtuinHistory } from '../../src/cli/import/atuin.ts';
import { CaroError } from '../../src/domain/errors.ts';
import { openDatabase } from '../../src/storage/database.ts';
import { restoreDatabase } from '../../src/storage/maintenance/backup.ts';
import { createReader } from '../../src/storage/reader.ts';
import { randomFrom } from '../rig/random.ts';
import { budget, FUZZ_TIMEOUT_MS, report, SEED } from './rig/fuzzer.ts';
import { pick, type Random } from './rig/mutation.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'caro-fuzz-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/**
 * Fields of SQLite's file header (fileformat2 §1.3), the beginnings of its pages, and bytes
 * anywhere.
 */
function damaged(file: Buffer, random: Random): Buffer {
  const copy = Buffer.from(file);
  for (let left = 1 + random(8); left > 0; left -= 1) {
    const page = random(copy.length >> 12) << 12;
    const at = pick(random, [random(100), page + random(16), random(copy.length)]);
    copy[at] = pick(random, [0, 1, 0x7f, 0xff, random(256)]);
  }
  return random(6) === 0 ? copy.subarray(0, random(copy.length)) : copy;
}

/** What the promise was refused with; a TypeError and the like are no refusals. */
async function outcome(act: () => unknown): Promise<string> {
  try {
    await act();
    return 'done';
  } catch (error) {
    if (error instanceof CaroError) return error.code;
    throw error;
  }
}

async function tryAll(name: string, seed: Buffer, runs: number, act: (input: Buffer, turn: number) => Promise<string>) {
  const random = randomFrom(SEED);
  const goesOn = budget(runs);
  const outcomes = new Map<string, number>();
  let tried = 0;
  for (; goesOn(tried); tried += 1) {
    const input = tried === 0 ? seed : damaged(seed, random);
    try {
      const what = await act(input, tried);
      outcomes.set(what, (outcomes.get(what) ?? 0) + 1);
    } catch (error) {
      writeFileSync(join(tmpdir(), 'caro-fuzz-failed.db'), input);
      throw new Error(`${name}, seed ${SEED}, input ${tried}; kept in caro-fuzz-failed.db`, { cause: error });
    }
  }
  const counts = [...outcomes].map(([what, count]) => `${what} ${count}`).join(', ');
  report(name, `${tried} inputs tried: ${counts}`);
  return outcomes;
}

describe('database files', () => {
  test(
    'a backup is whole and takes the place of the database, or is refused and nothing changes',
    async () => {
      const source = join(folder, 'source.db');
      const { database } = openDatabase(source, Date.now());
      database.pragma('wal_checkpoint(TRUNCATE)');
      database.close();
      const bytes = readFileSync(source);
      const outcomes = await tryAll('restore', bytes, 150, async (input, turn) => {
        const home = join(folder, `restore-${turn}`);
        mkdirSync(home, { mode: 0o700 });
        const [file, backup] = [join(home, 'caro.db'), join(home, 'backup.db')];
        writeFileSync(file, bytes, { mode: 0o600 });
        writeFileSync(backup, input, { mode: 0o600 });
        const what = await outcome(() => restoreDatabase(file, backup, turn + 1));
        if (what === 'done')
          await outcome(() => {
            // A newer version's file is a refusal; everything else opens, and reads.
            const opened = openDatabase(file, turn + 1);
            createReader(opened.database).counts();
            opened.database.close();
          });
        else expect(readFileSync(file).equals(bytes)).toBe(true);
        rmSync(home, { recursive: true });
        return what;
      });
      expect([...outcomes.keys()].filter((what) => !['done', 'database_damaged', 'not_found'].includes(what))).toEqual(
        [],
      );
      expect(outcomes.size).toBeGreaterThan(1);
    },
    FUZZ_TIMEOUT_MS,
  );

  test(
    'a database that was damaged is used or set aside, and the service has one that works either way',
    async () => {
      const source = join(folder, 'another.db');
      const { database } = openDatabase(source, Date.now());
      database.pragma('wal_checkpoint(TRUNCATE)');
      database.close();
      const bytes = readFileSync(source);
      const outcomes = await tryAll('open', bytes, 150, async (input, turn) => {
        const home = join(folder, `open-${turn}`);
        mkdirSync(home, { mode: 0o700 });
        writeFileSync(join(home, 'caro.db'), input, { mode: 0o600 });
        const found: string[] = [];
        const what = await outcome(() => {
          const opened = openDatabase(join(home, 'caro.db'), turn + 1);
          found.push(opened.setAside === null ? 'whole' : 'set aside');
          createReader(opened.database).counts();
          opened.database.close();
        });
        rmSync(home, { recursive: true });
        return found[0] ?? what;
      });
      expect([...outcomes.keys()].filter((what) => !['whole', 'set aside', 'database_damaged'].includes(what))).toEqual(
        [],
      );
    },
    FUZZ_TIMEOUT_MS,
  );

  test(
    'a history of Atuin is read, or refused as none',
    async () => {
      const file = join(folder, 'history.db');
      const made = new Sqlite(file);
      made.exec('CREATE TABLE history (id, timestamp, duration, exit, command, cwd, deleted_at)');
      const insert = made.prepare('INSERT INTO history VALUES (?, ?, ?, ?, ?, ?, NULL)');
      for (let row = 0; row < 50; row += 1)
        insert.run(`${row}`, 1_700_000_000_000_000_000n + BigInt(row), 5, 0, `git log ${row}`, '/srv');
      for (const odd of [null, 'text', 1.5, Buffer.from('blob')]) {
        const other = join(folder, 'odd.db');
        writeFileSync(other, made.serialize());
        const database = new Sqlite(other);
        database.prepare('UPDATE history SET timestamp = ? WHERE id = 7').run(odd);
        database.close();
        expect(['done', 'usage']).toContain(await outcome(() => readAtuinHistory(other)));
      }
      const bytes = made.serialize();
      made.close();
      const outcomes = await tryAll('Atuin', bytes, 300, async (input) => {
        writeFileSync(file, input);
        return outcome(async () => {
          for (const { text, startMs } of await readAtuinHistory(file)) {
            expect([typeof text, Number.isFinite(startMs)]).toEqual(['string', true]);
          }
        });
      });
      expect([...outcomes.keys()].filter((what) => !['done', 'usage'].includes(what))).toEqual([]);
    },
    FUZZ_TIMEOUT_MS,
  );
});
