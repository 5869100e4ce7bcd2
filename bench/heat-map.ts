/**
 * Reads a heat map of 90 days × 90 techniques from the analyst's store, which holds a year of 40
 * units, and applies the floor to one day of them.
 *
 *   npx tsx bench/heat-map.ts [reads]
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dayLayout } from '../src/blind/layout/day-1.ts';
import { withFloor } from '../src/domain/blind/total-floor.ts';
import { daysUntil } from '../src/domain/blind/total-series.ts';
import { createTotalReader, createTotalStore } from '../src/storage/blind/total-store.ts';
import { openDatabase, openReadOnly } from '../src/storage/database.ts';
import { report, round, summary } from './parts/figures.ts';

const UNITS = 40;
const DAYS = 365;
const UNTIL = '2026-11-28';
const READS = Number(process.argv[2] ?? 200);

const names = (prefix: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`);
const layout = dayLayout({
  families: names('family', 13),
  ruleFamilies: names('rule', 13),
  techniques: names('T', 90),
});

function main(): void {
  const home = mkdtempSync(join(tmpdir(), 'caro-heat-map-'));
  try {
    const file = join(home, 'caro.db');
    const { database } = openDatabase(file, 0);
    const store = createTotalStore(database);
    const floors: number[] = [];
    for (const [number, day] of daysUntil(UNTIL, DAYS).entries()) {
      const blocks = names('unit', UNITS).map((name, unit) => ({
        name,
        contributors: 200,
        cells: layout.cells.map(
          ({ kind }, place) => ((place * 31 + unit * 17 + number * 7) % 200) * (kind === 'count' ? 5 : 1),
        ),
      }));
      const begun = performance.now();
      const safe = withFloor(layout, blocks, 20);
      floors.push(performance.now() - begun);
      const series = { task: 'task', name: 'staff', floor: 20, cells: layout.cells.map(({ name }) => name) };
      store.add(series, { day, code: null, blocks: safe });
    }
    database.close();
    const { size } = statSync(file);
    const reader = createTotalReader(openReadOnly(file));
    const times = Array.from({ length: READS }, () => {
      const begun = performance.now();
      const answer = reader.read({
        task: 'task',
        block: 'organisation',
        prefix: 'techniques.',
        until: UNTIL,
        days: 90,
      });
      if (answer?.cells.length !== 90 || answer.days.length !== 90)
        throw new Error('expected 90 days of 90 techniques');
      return performance.now() - begun;
    });
    const { median } = summary(times);
    report('heat-map', [
      { what: '90 days x 90 techniques, ms', ...summary(times), ratioToTarget: round(median / 20) },
      { what: `floor of ${UNITS} units and their sum, one day, ms`, ...summary(floors) },
      { what: `a year of ${UNITS} units, MiB`, size: round(size / 2 ** 20) },
    ]);
  } finally {
    rmSync(home, { recursive: true });
  }
}

main();
