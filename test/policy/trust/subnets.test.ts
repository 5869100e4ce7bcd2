import { expect, test } from '@jest/globals';
import { compileSubnets } from '../../../src/policy/subnets.ts';

const find = (subnets: readonly string[], address: string): string | undefined =>
  compileSubnets(subnets.map((subnet) => ({ subnet, level: 'peer' })))(address)?.subnet;

test.each([
  ['fe80::1%eth0', 'fe80::/10'],
  ['fe80::1%en.5%x', 'fe80::/10'],
  ['::ffff:10.20.30.40', '10.20.30.40/32'],
  ['::ffff:a14:1e28', '10.20.30.40/32'],
  ['10.20.30.40', '::ffff:10.20.30.0/120'],
  ['2001:db8::ffff:10.20.30.40', '2001:db8::/32'],
])('%s is in %s', (address, subnet) => {
  expect(find([subnet], address)).toBe(subnet);
});

test.each([
  ['2001:db8::ffff:10.20.30.40', '10.20.30.40/32'],
  ['::ffff:10.20.30.4', '10.20.30.40/32'],
  ['10.20.30.40', 'fe80::/10'],
  ['no address', '0.0.0.0/0'],
  ['', '::/0'],
  ['10.0.0.1', 'no subnet'],
  ['10.0.0.1', '10.0.0.0/33'],
])('%j is not in %s', (address, subnet) => {
  expect(find([subnet], address)).toBeUndefined();
});

test('a subnet of IPv6 that only covers the mapped addresses with others is one of IPv6', () => {
  expect(find(['::/0'], '2001:db8::1')).toBe('::/0');
  expect(find(['::ffff:0.0.0.0/95'], '10.0.0.1')).toBeUndefined();
});

test('the longest prefix decides, and of equal ones the level that grants least', () => {
  const table = compileSubnets([
    { subnet: '10.0.0.0/8', level: 'peer' },
    { subnet: '10.1.0.0/16', level: 'share_to' },
    { subnet: '::ffff:10.1.0.0/112', level: 'untrusted' },
  ]);
  expect(table('10.1.2.3')?.level).toBe('untrusted');
  expect(table('10.2.2.3')?.level).toBe('peer');
  expect(table('11.0.0.1')).toBeUndefined();
});
