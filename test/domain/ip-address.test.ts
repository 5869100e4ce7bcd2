import { describe, expect, test } from '@jest/globals';
import {
  isInSubnet,
  isInternal,
  isLoopback,
  networkOf,
  parseEndpoint,
  parseSubnet,
} from '../../src/domain/ip-address.ts';

describe('an endpoint', () => {
  test.each([
    ['10.0.1.5:9238', { host: '10.0.1.5', port: 9238 }],
    ['[fd00::5]:9238', { host: 'fd00::5', port: 9238 }],
    ['ciso.example:0', { host: 'ciso.example', port: 0 }],
  ])('is read from %s', (text, endpoint) => {
    expect(parseEndpoint(text)).toEqual(endpoint);
  });

  test.each([
    '10.0.1.5',
    '10.0.1.5:',
    ':9238',
    '10.0.1:9238',
    '10.0.1.256:1',
    'fd00::5:9238',
    '[10.0.0.1]:1',
    'a:65536',
    'a b:1',
  ])('is not read from %j', (text) => {
    expect(parseEndpoint(text)).toBeUndefined();
  });
});

describe('a subnet', () => {
  test.each([
    ['10.0.1.0/24', '10.0.1.0/24'],
    ['10.0.1.77/24', '10.0.1.0/24'],
    ['10.0.1.77/32', '10.0.1.77/32'],
    ['10.255.1.77/9', '10.128.0.0/9'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['FD00:0:0::1/8', 'fd00::/8'],
    ['2001:db8::ffff:1/112', '2001:db8::ffff:0/112'],
    ['::/0', '::/0'],
    ['::ffff:10.0.0.1/104', '::ffff:a00:0/104'],
  ])('%s has one spelling: %s', (text, canonical) => {
    const subnet = parseSubnet(text);
    expect(subnet && networkOf(subnet)).toBe(canonical);
  });

  test.each(['10.0.1.0', '10.0.1.0/33', '10.0.1/24', 'fd00::/129', '10.0.1.0/-1', '10.0.1.0/2x', 'localhost/8'])(
    'is not read from %j',
    (text) => {
      expect(parseSubnet(text)).toBeUndefined();
    },
  );

  test('holds its own addresses, also in IPv6 clothes, and no others', () => {
    const subnet = parseSubnet('10.0.1.0/24');
    if (!subnet) throw new Error('expected a subnet');
    const inside = ['10.0.1.0', '10.0.1.255', '::ffff:10.0.1.7', '10.0.2.0', 'fd00::1', '', 'localhost'];
    expect(inside.map((address) => isInSubnet(address, subnet))).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('an address', () => {
  test('is internal when the internet does not route to it', () => {
    const internal = [
      '127.0.0.1',
      '::1',
      '10.9.8.7',
      '172.16.0.1',
      '192.168.1.1',
      '100.64.0.1',
      '169.254.1.1',
      'fd12::1',
      'fe80::1',
    ];
    const not = [
      '0.0.0.0',
      '::',
      '8.8.8.8',
      '172.32.0.1',
      '100.128.0.1',
      '2001:db8::1',
      '::ffff:8.8.8.8',
      'localhost',
      '',
    ];
    expect(internal.map((address) => isInternal(address))).toEqual(internal.map(() => true));
    expect(not.map((address) => isInternal(address))).toEqual(not.map(() => false));
  });

  test('is loopback on this machine only', () => {
    const hosts = [
      '127.0.0.1',
      '127.8.0.1',
      '::1',
      'localhost',
      '::ffff:127.0.0.1',
      '10.0.0.1',
      '0.0.0.0',
      '::',
      'localhost.example',
    ];
    expect(hosts.map((host) => isLoopback(host))).toEqual([true, true, true, true, true, false, false, false, false]);
  });
});
