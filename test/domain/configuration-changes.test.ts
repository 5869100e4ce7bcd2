import { expect, test } from '@jest/globals';
import type { Configuration } from '../../src/domain/configuration.ts';
import { configurationChanges } from '../../src/domain/configuration-changes.ts';
import { settings } from '../policy/settings.ts';

const withTrust = (trust: Partial<Configuration['trust']>): Configuration =>
  settings({ trust }) as unknown as Configuration;
const trustChange = (before: Configuration | null, after: Configuration): unknown =>
  configurationChanges(before, after).find(({ type }) => type === 'trust.changed')?.details;

const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`node ${index}`, 'peer' as const]));

test('a record about trust holds what changed and not the map of all nodes', () => {
  const before = withTrust({
    nodes: many,
    deny: { nodes: ['a', 'b'], subnets: [] },
    subnets: { '10.0.0.0/8': 'peer' },
  });
  const rest = Object.fromEntries(Object.entries(many).filter(([id]) => id !== 'node 7'));
  const after = withTrust({
    nodes: { ...rest, 'node 8': 'supervisor', new: 'share_to' },
    deny: { nodes: ['b', 'c'], subnets: [] },
    subnets: { '10.0.0.0/8': 'peer', '10.1.0.0/16': 'untrusted' },
    revoked: ['c'],
  });
  expect(trustChange(before, after)).toEqual({
    nodes: { 'node 7': null, 'node 8': 'supervisor', new: 'share_to' },
    deny: { nodes: { added: ['c'], removed: ['a'] } },
    subnets: { '10.1.0.0/16': 'untrusted' },
    revoked: { added: ['c'] },
  });
});

test('a test of trust that was changed is listed with what it was', () => {
  const one = { who: 'a', asks: 'connect', expect: 'deny' } as unknown as Configuration['trust']['tests'][number];
  const changed = trustChange(withTrust({ tests: [one] }), withTrust({ tests: [{ ...one, expect: 'allow' }] }));
  expect(changed).toEqual({ tests: { added: [{ ...one, expect: 'allow' }], removed: [one] } });
});

test('the first record holds all of it, and none is made where nothing changed', () => {
  const all = withTrust({ default: 'share_to', nodes: { a: 'peer' } });
  expect(trustChange(null, all)).toMatchObject({ default: 'share_to', nodes: { a: 'peer' } });
  expect(configurationChanges(all, withTrust({ default: 'share_to', nodes: { a: 'peer' } }))).toEqual([]);
});

test('a section that an earlier version did not know counts as changed', () => {
  const after = withTrust({});
  const [section = ''] = Object.keys(after).filter((name) => name !== 'trust');
  const before = Object.fromEntries(Object.entries(after).filter(([name]) => name !== section));
  expect(configurationChanges(before as unknown as Configuration, after)[0]).toEqual({
    type: 'config.changed',
    details: { sections: [section] },
  });
  const untrusting = Object.fromEntries(Object.entries(after).filter(([name]) => name !== 'trust'));
  expect(trustChange(untrusting as unknown as Configuration, after)).toBeDefined();
});
