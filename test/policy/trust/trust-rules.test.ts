import { expect, test } from '@jest/globals';
import type { Configuration } from '../../../src/domain/configuration.ts';
import { isNamed } from '../../../src/policy/named-keys.ts';
import { trustRules } from '../../../src/policy/trust-rules.ts';
import { ANA, BEN, nodeId } from '../settings.ts';

const [CARA, DAN] = [nodeId(3), nodeId(4)];
const given = {
  mesh: {
    peers: [
      { id: ANA, name: 'ana', address: '10.0.0.1:7420' },
      { id: CARA, name: 'cara', address: ['[fd00::3]:7420', '10.0.0.3:7420'] },
      { id: BEN, name: 'ben' },
    ],
  },
  trust: {
    default: 'untrusted',
    nodes: { [ANA]: 'peer', [BEN]: 'share_to' },
    subnets: { '10.0.0.0/8': 'share_to' },
    deny: { nodes: [BEN, DAN], subnets: ['192.0.2.0/24'] },
  },
} as unknown as Pick<Configuration, 'mesh' | 'trust'>;

test('the owner sees each rule once, with the name and the first address of the peer', () => {
  expect(trustRules(given)).toEqual({
    default: 'untrusted',
    nodes: [{ id: ANA, name: 'ana', address: '10.0.0.1', level: 'peer' }],
    subnets: [{ subnet: '10.0.0.0/8', level: 'share_to' }],
    deniedNodes: [
      { id: BEN, name: 'ben', address: null },
      { id: DAN, name: null, address: null },
    ],
    deniedSubnets: ['192.0.2.0/24'],
    others: [{ id: CARA, name: 'cara', address: 'fd00::3' }],
  });
});

test('a key is named by a rule, by a denial, or as a peer', () => {
  expect([ANA, BEN, CARA, DAN, nodeId(5)].map((id) => isNamed(given, id))).toEqual([true, true, true, true, false]);
  const onlyTrusted = { ...given, mesh: { peers: [] } } as unknown as typeof given;
  expect([ANA, CARA, DAN].map((id) => isNamed(onlyTrusted, id))).toEqual([true, false, true]);
});
