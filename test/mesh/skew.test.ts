import { afterEach, describe, expect, test } from '@jest/globals';
import { until } from '../rig/until.ts';
import { bothConnected, codeOf, NO_DATA, QUESTION, refusals, startPair, stopAll } from './rig.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

afterEach(stopAll);

describe('two nodes whose clocks differ (NFR-204, NFR-304)', () => {
  test.each([
    ['4:59 ahead', 5 * MINUTE - SECOND],
    ['4:59 behind', SECOND - 5 * MINUTE],
  ])('by %s work together, and know by how much', async (_what, offsetMs) => {
    const pair = await startPair({}, { offsetMs });
    await bothConnected(pair);
    const { a, b } = pair;
    expect(await a.mesh.ask(b.id, QUESTION, 2_000)).toEqual(NO_DATA);
    expect(await b.mesh.ask(a.id, QUESTION, 2_000)).toEqual(NO_DATA);
    const skews = [a, b].map(({ mesh }) => mesh.status().peers[0]?.skewMs ?? Number.NaN);
    expect(Math.abs((skews[0] ?? 0) - offsetMs)).toBeLessThan(SECOND);
    expect(Math.abs((skews[1] ?? 0) + offsetMs)).toBeLessThan(SECOND);
  });

  test.each([
    ['5:01 ahead', 5 * MINUTE + SECOND],
    ['5:01 behind', -5 * MINUTE - SECOND],
  ])('by %s refuse each other, with the measured skew on record and in the status', async (_what, offsetMs) => {
    const { a, b } = await startPair({}, { offsetMs });
    await until(() => a.mesh.status().peers[0]?.state === 'skewed');
    expect(Math.abs((a.mesh.status().peers[0]?.skewMs ?? 0) - offsetMs)).toBeLessThan(SECOND);
    expect(await codeOf(a.mesh.ask(b.id, QUESTION, 2_000))).toBe('clock_skewed');
    const refused = [a, b].flatMap(({ audit }) => audit).find(({ type }) => type === 'peer.refused');
    expect(refused).toMatchObject({ details: { code: 'clock_skewed' } });
    expect(Math.abs(Number(refused?.details?.['skewMs']))).toBeGreaterThan(5 * MINUTE);
    expect(a.connected).toEqual([]);
    const codes = [...refusals(a), ...refusals(b)];
    expect(codes).toContain('clock_skewed');
    expect(codes.filter((code) => code !== 'clock_skewed' && code !== 'tls_timeout')).toEqual([]);
  });
});
