/** The long form of test/mesh/relay/kills/kills.test.ts. Run it with `npm run test:relay-kills`. */
import { expect } from '@jest/globals';
import { killAtRandom, killPrograms } from '../mesh/relay/kills/kills.ts';
import { relayTest as test } from '../rig/programs/relay-test.ts';

/** Play a failure again with CARO_SEED=…; otherwise each run kills in another order. */
const SEED = Number(process.env['CARO_SEED']) || Date.now() % 2 ** 31;
killPrograms();

test('every report arrives once in minutes of random kills', async () => {
  const { totals, made, arrived, kills } = await killAtRandom({ seed: SEED, nodes: 6, days: 12, killsPerDay: 25 });
  console.info(`seed ${SEED}: ${made} reports, ${arrived} copies arrived, kills ${JSON.stringify(kills)}`);
  expect(totals.map(({ day, total }) => ({ day, total }))).toEqual(
    totals.map(({ day, truth }) => ({ day, total: truth })),
  );
  expect(arrived).toBeGreaterThanOrEqual(made);
}, 3_600_000);
