/** Who answers at an address that this node dials, and may it explain itself? */
import { expect, test } from '@jest/globals';
import { createAdmission } from '../../src/mesh/admission.ts';
import type { Refusal } from '../../src/mesh/refusal-log.ts';
import { DEFAULT_LIMITS, type MeshLimits } from '../../src/mesh/transport/limits.ts';
import { decideConnection } from '../../src/policy/connection.ts';
import { nodeId, settings as settingsWith } from '../policy/settings.ts';

const [listed, stranger, denied] = [nodeId(1), nodeId(2), nodeId(3)];
const ADDRESS = '10.0.0.7';
const HOUR = 3_600_000;

function open(limits: Partial<MeshLimits> = {}) {
  const settings = settingsWith({
    trust: {
      nodes: { [listed]: 'peer' },
      subnets: { 'fd00::/48': 'peer', '10.1.0.0/16': 'peer' },
      deny: { nodes: [denied], subnets: [] },
    },
  });
  const refused: Refusal[] = [];
  const admission = createAdmission({
    ports: {
      mayConnect: (peer) => decideConnection(settings, peer),
      hasSucceeded: (id, later) => id === later,
      takesRequests: () => false,
    },
    isInviteOpen: () => false,
    limits: { ...DEFAULT_LIMITS, ...limits },
    refusals: { refuse: (refusal) => refused.push(refusal), close: () => undefined },
  });
  const from = (id: string, address: string): string => {
    try {
      return admission.inbound(id, address);
    } catch (error) {
      return (error as { readonly code: string }).code;
    }
  };
  return { admission, refused, from };
}

test('a stranger at the address of a peer may explain its key by one hello, a denied one may not', () => {
  const { admission, refused } = open();
  expect(admission.outbound({ id: listed }, listed, ADDRESS)).toBe('mesh');
  expect(admission.outbound({ id: listed }, stranger, ADDRESS)).toBe('introduction');
  expect(() => admission.outbound({ id: listed }, denied, ADDRESS)).toThrow(
    expect.objectContaining({ code: 'key_changed' }),
  );
  expect(refused.map(({ code, peer }) => [code, peer])).toEqual([
    ['key_changed', stranger],
    ['key_changed', denied],
  ]);
});

test('the node of an invite is paired with unless it is denied or another', () => {
  const { admission } = open();
  expect(admission.invited(stranger, stranger, ADDRESS)).toBe('pairing');
  expect(() => admission.invited(stranger, listed, ADDRESS)).toThrow(expect.objectContaining({ code: 'key_changed' }));
  expect(() => admission.invited(denied, denied, ADDRESS)).toThrow(expect.objectContaining({ code: 'peer_untrusted' }));
});

test('a node of a trusted subnet with many addresses keeps to the rate of its network, and keeps no named node out', () => {
  const { from } = open({ networkBurst: 20, networkEveryMs: HOUR });
  const flood = Array.from({ length: 25 }, (_, n) => from(stranger, `fd00::1:${n}`));
  expect(flood).toEqual([...Array<string>(20).fill('mesh'), ...Array<string>(5).fill('connection_flood')]);
  expect(from(stranger, 'fd00:0:0:1::1')).toBe('mesh');
  expect(from(listed, 'fd00::1:9')).toBe('mesh');
});

test('one address of a trusted subnet does not use up the rate of its network', () => {
  const { from } = open({ addressBurst: 5, addressEveryMs: HOUR, networkBurst: 6, networkEveryMs: HOUR });
  const flood = Array.from({ length: 9 }, () => from(stranger, '10.1.0.1'));
  expect(flood).toEqual([...Array<string>(5).fill('mesh'), ...Array<string>(4).fill('connection_flood')]);
  expect(from(stranger, '10.1.0.2')).toBe('mesh');
});

test('a thousand nodes behind one router, or in one IPv6 network, come back at once', () => {
  const { from } = open();
  const addresses = Array.from({ length: 1_000 }, (_, n) => `fd00::1:${n}`);
  expect(addresses.filter(() => from(stranger, '10.1.0.1') !== 'mesh')).toEqual([]);
  expect(addresses.filter((address) => from(stranger, address) !== 'mesh')).toEqual([]);
});
