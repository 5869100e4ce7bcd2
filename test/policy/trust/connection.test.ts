import { describe, expect, test } from '@jest/globals';
import type { Asker } from '../../../src/domain/policy/policy.ts';
import { decideConnection, losesSubnet } from '../../../src/policy/connection.ts';
import { decide } from '../../../src/policy/decide.ts';
import { ANA, BEN, nodeId, settings } from '../settings.ts';

const OFFICE = '10.0.1.7';
const given = settings({
  trust: {
    nodes: { [ANA]: 'peer' },
    subnets: { '10.0.1.0/24': 'peer' },
    deny: { nodes: [BEN], subnets: ['192.0.2.0/24'] },
  },
});

describe('a connection that is refused has the code of its reason', () => {
  test.each<[Asker, string]>([
    [{ id: nodeId(3), keyState: 'pending' }, 'key_pending'],
    [{ id: BEN, keyState: 'pending' }, 'peer_untrusted'],
    [{ id: ANA, keyState: 'pending', address: '192.0.2.7' }, 'peer_untrusted'],
    [{ id: ANA, keyState: 'revoked' }, 'key_revoked'],
    [{ id: ANA, keyState: 'suspended' }, 'key_suspended'],
    [{ id: ANA, keyState: 'retired' }, 'key_retired'],
    [{ id: BEN }, 'peer_untrusted'],
  ])('%j: %s', (asker, code) => {
    expect(decideConnection(given, asker)).toMatchObject({ allow: false, code });
  });

  test('and none where it is not refused', () => {
    expect(decideConnection(given, { id: ANA })).toEqual(expect.not.objectContaining({ code: expect.anything() }));
  });
});

test('only a node that is denied may not pair', () => {
  const mayPair = (asker: Asker): boolean => decideConnection(given, asker).mayPair;
  expect(mayPair({ id: nodeId(3) })).toBe(true);
  expect(mayPair({ id: BEN })).toBe(false);
  expect(mayPair({ id: ANA, address: '192.0.2.7' })).toBe(false);
  expect(mayPair({ id: ANA, keyState: 'revoked' })).toBe(false);
});

describe('an address loses the level of its subnet', () => {
  const loses = (asker: Asker): boolean => losesSubnet(given, decide(given, { ...asker, action: 'connect' }), asker);

  test('when a denied or revoked key comes from it', () => {
    expect(loses({ id: BEN, address: OFFICE })).toBe(true);
    expect(loses({ id: ANA, address: OFFICE, keyState: 'revoked' })).toBe(true);
  });

  test.each<[string, Asker]>([
    ['the key may connect', { id: ANA, address: OFFICE }],
    ['the key is suspended or retired', { id: ANA, address: OFFICE, keyState: 'suspended' }],
    ['no rule is about the subnet', { id: BEN, address: '198.51.100.7' }],
    ['the subnet itself is denied', { id: BEN, address: '192.0.2.7' }],
    ['the address is not known', { id: BEN }],
  ])('not when %s', (_why, asker) => {
    expect(loses(asker)).toBe(false);
  });
});
