/** How many queries a node may ask in a minute, and who shares the limit. */
import { describe, expect, test } from '@jest/globals';
import {
  createQueryLimit,
  QUERIES_PER_MINUTE,
  QUERIES_PER_NETWORK,
  querySource,
} from '../../src/policy/query-limit.ts';
import { ANA, BEN, settings } from './settings.ts';

const MINUTE_MS = 60_000;

describe('the source of a query', () => {
  const given = settings({ trust: { default: 'peer', nodes: { [ANA]: 'peer' } } });

  test('is the node itself where a rule names it, or nobody knows its address', () => {
    expect(querySource(given, { id: ANA, address: '10.0.1.7' })).toEqual({ key: ANA, address: null });
    expect(querySource(given, { id: BEN })).toEqual({ key: BEN, address: null });
  });
  test('is the network of any other', () => {
    expect(querySource(given, { id: BEN, address: '10.0.1.7' })).toMatchObject({ address: '10.0.1.7' });
    const keys = ['10.0.1.7', '10.0.1.8', '10.0.2.7'].map((address) => querySource(given, { id: BEN, address }).key);
    expect(keys[0]).toBe(keys[1]);
    expect(keys[0]).not.toBe(keys[2]);
  });
});

describe('the limit', () => {
  const source = (address: string | null) => ({ key: 'network', address });

  test('is that of the node for a named one', () => {
    const limit = createQueryLimit();
    const taken = Array.from({ length: QUERIES_PER_MINUTE + 1 }, () => limit.take(source(null), 0));
    expect(taken.filter(({ isGranted }) => isGranted)).toHaveLength(QUERIES_PER_MINUTE);
    expect(taken.at(-1)).toEqual({ isGranted: false, refused: 1, limit: 'node' });
  });

  test('tells with the next answer what was refused before, for the address and for its network', () => {
    const limit = createQueryLimit();
    const take = (address: string, times: number, nowMs = 0) =>
      Array.from({ length: times }, () => limit.take(source(address), nowMs)).at(-1);
    expect(take('10.0.0.1', QUERIES_PER_MINUTE + 2)).toEqual({ isGranted: false, refused: 2, limit: 'address' });
    for (let taken = QUERIES_PER_MINUTE, n = 2; taken < QUERIES_PER_NETWORK; taken += QUERIES_PER_MINUTE, n += 1)
      take(`10.0.0.${n}`, QUERIES_PER_MINUTE);
    expect(take('10.0.0.99', 1)).toEqual({ isGranted: false, refused: 1, limit: 'network' });
    // Not yet so late that full limits are forgotten.
    expect(take('10.0.0.1', 1, MINUTE_MS / 2)).toEqual({ isGranted: true, refused: 3 });
  });
});
