import { expect } from '@jest/globals';
import { relayTest as test } from '../../../rig/programs/relay-test.ts';
import { killAtRandom, killPrograms } from './kills.ts';

/** Play a failure again with CARO_SEED=…; the same seed kills in the same order. */
const SEED = Number(process.env['CARO_SEED']) || 20_261_123;
killPrograms();

test(`every report arrives once while relay, aggregators and nodes are killed at random (seed ${SEED})`, async () => {
  const { totals, made, arrived, kills } = await killAtRandom({ seed: SEED, nodes: 5, days: 3, killsPerDay: 4 });
  expect(totals.map(({ day, total }) => ({ day, total }))).toEqual(
    totals.map(({ day, truth }) => ({ day, total: truth })),
  );
  expect(arrived).toBeGreaterThanOrEqual(made);
  expect(kills['relay']).toBeGreaterThan(0);
});
