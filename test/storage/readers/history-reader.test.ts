import { beforeEach, describe, expect, test } from '@jest/globals';
import { DAY_MS, SLOT_MS } from '../../../src/domain/time/period.ts';
import type { Database } from '../../../src/storage/database.ts';
import { readAnswerFigures } from '../../../src/storage/readers/answer-reader.ts';
import { anomaliesOf, readHistory } from '../../../src/storage/readers/history-reader.ts';
import { testDatabase } from '../../rig/test-database.ts';

/** A Wednesday, local noon. */
const NOW = new Date(2026, 7, 19, 12).getTime();

let database: Database;
beforeEach(() => {
  database = testDatabase(NOW);
  const pattern = database.prepare('INSERT INTO pattern (id, name, tool, family) VALUES (?, ?, ?, ?)');
  pattern.run(1, 'git status', 'git', 'git');
  pattern.run(2, 'aws s3', 'aws', 'cloud');
  pattern.run(3, 'gcloud', 'gcloud', 'cloud');
});

const put = (ms: number, patternId: number, count: number, more: { risk?: number; failures?: number } = {}): void => {
  database
    .prepare('INSERT INTO rollup VALUES (?, ?, ?, ?, ?, ?, 0, 0, 0, 0, 0, 0, 0, 0, 0)')
    .run(Math.floor(ms / SLOT_MS), patternId, more.risk ?? 0, count, count, more.failures ?? 0);
};
const history = (denied: readonly string[] = []) =>
  readHistory(database, NOW - 365 * DAY_MS, NOW - 7 * DAY_MS, NOW, denied);

describe('the history of a node', () => {
  test('hours hold commands, failures and risky ones of all patterns together, oldest first', () => {
    put(NOW - DAY_MS, 1, 5, { failures: 2 });
    put(NOW - DAY_MS, 2, 3, { risk: 2, failures: 1 });
    put(NOW - DAY_MS, 2, 1, { risk: 3 });
    put(NOW - 9 * DAY_MS, 1, 7);
    expect(history().hours).toEqual([
      expect.objectContaining({ startMs: NOW - 9 * DAY_MS, count: 7, ended: 7, failures: 0, risky: 0 }),
      expect.objectContaining({ startMs: NOW - DAY_MS, count: 9, ended: 9, failures: 3, risky: 4 }),
    ]);
  });

  test('a family is new only if none of its patterns was used before', () => {
    put(NOW - 9 * DAY_MS, 1, 1);
    put(NOW - DAY_MS, 1, 1);
    put(NOW - DAY_MS, 2, 3);
    expect(history().families).toEqual([{ family: 'cloud', firstMs: NOW - DAY_MS, count: 3 }]);
    put(NOW - 20 * DAY_MS, 3, 1);
    expect(history().families).toEqual([]);
  });

  test('tools kept back are in no hour and make no family new', () => {
    put(NOW - DAY_MS, 1, 5);
    put(NOW - DAY_MS, 2, 3);
    expect(history(['aws'])).toEqual({
      hours: [expect.objectContaining({ startMs: NOW - DAY_MS, count: 5, ended: 5, failures: 0, risky: 0 })],
      families: [{ family: 'git', firstMs: NOW - DAY_MS, count: 5 }],
    });
  });

  test('what is older than a year and what is still to come are left out', () => {
    put(NOW - 366 * DAY_MS, 1, 5);
    put(NOW + DAY_MS, 1, 5);
    expect(history().hours).toEqual([]);
  });

  test('a year of working days with one wild night is judged from rollups alone', () => {
    const workingDay = (noon: Date): void => {
      for (let quarter = -12; quarter < 12; quarter += 1)
        put(noon.getTime() + quarter * SLOT_MS, 1, 8 + ((noon.getDate() + quarter + 12) % 3), { failures: 1 });
    };
    database.transaction(() => {
      for (let day = 1; day <= 364; day += 1) {
        const noon = new Date(2026, 7, 19 - day, 12);
        if (noon.getDay() !== 0 && noon.getDay() !== 6) workingDay(noon);
      }
    })();
    put(new Date(2026, 7, 18, 3).getTime(), 2, 40, { failures: 2 });
    const report = anomaliesOf(database, NOW - 7 * DAY_MS, NOW);
    expect(report.judged).toBe(true);
    expect(report.anomalies.map(({ kind }) => kind).sort()).toEqual(['new-family', 'unusual-hours']);
    expect(anomaliesOf(database, NOW - 7 * DAY_MS, NOW, ['aws']).anomalies).toEqual([]);
  });

  test('is searched for anomalies once for each set of figures, however often they are asked for', () => {
    let searches = 0;
    const figures = readAnswerFigures(database, NOW - DAY_MS, NOW, [], () => {
      searches += 1;
      return anomaliesOf(database, NOW - DAY_MS, NOW);
    });
    expect(figures.anomalies()).toBe(figures.anomalies());
    expect(searches).toBe(1);
  });
});
