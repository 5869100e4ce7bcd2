/**
 * Reads trends from a store that holds a year of 40 units and 10,000 members: what the posture
 * view, `caro posture` and `caro report` read. Prints JSON.
 *
 *   npx tsx bench/posture.ts [reads]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TREND_SPANS } from '../src/domain/trends/trend-answers.ts';
import { openDatabase, openReadOnly } from '../src/storage/database.ts';
import { createTrendReader } from '../src/storage/trends/trend-reader.ts';
import { seedYear } from '../test/rig/organisation-year.ts';
import { report, round, summary } from './parts/figures.ts';

const READS = Number(process.argv[2] ?? 50);
const UNTIL = '2026-11-28';
/** A heat map of 90 days. */
const TARGET_MS = 20;

function main(): void {
  const home = mkdtempSync(join(tmpdir(), 'caro-posture-'));
  try {
    const file = join(home, 'caro.db');
    const { database } = openDatabase(file, 0);
    const begun = performance.now();
    seedYear(database, { until: UNTIL });
    const seeded = performance.now() - begun;
    database.close();
    const reader = createTrendReader(openReadOnly(file));
    const timed = (work: () => unknown) => {
      const times = Array.from({ length: READS }, () => {
        const start = performance.now();
        work();
        return performance.now() - start;
      });
      return summary(times);
    };
    const heat = timed(() => reader.heatMap({ days: 90 }));
    report('posture', [
      { what: 'heat map of 90 days, and of the 90 before, ms', ...heat, ratioToTarget: round(heat.median / TARGET_MS) },
      ...TREND_SPANS.map((days) => ({ what: `posture of ${days} days, ms`, ...timed(() => reader.posture({ days })) })),
      ...TREND_SPANS.map((days) => ({
        what: `40 units over ${days} days, ms`,
        ...timed(() => reader.units({ days })),
      })),
      { what: 'seeding, ms', ...summary([seeded]) },
    ]);
  } finally {
    rmSync(home, { recursive: true });
  }
}

main();
