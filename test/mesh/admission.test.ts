/** Who answers at an address that this node dials, and may it explain itself? */
import { expect, test } from '@jest/globals';
import { createTokenBuckets } from '../../src/domain/token-bucket.ts';
import { createAdmission } from '../../src/mesh/admission.ts';
import type { Refusal } from '../../src/mesh/refusal-log.ts';
import { decideConnection } from '../../src/policy/connection.ts';
import { nodeId, settings as settingsWith } from '../policy/settings.ts';

const [listed, stranger, denied] = [nodeId(1), nodeId(2), nodeId(3)];
const ADDRESS = '10.0.0.7';
const HOUR = 3_600_000;

function open() {
  const settings = settingsWith({
    trust: { nodes: { [listed]: 'peer' }, subnets: { 'fd00::/48': 'peer' }, deny: { nodes: [denied], subnets: [] } },
  });
  const refused: Refusal[] = [];
  const admission = createAdmission({
    ports: {
      mayConnect: (peer) => decideConnection(settings, peer),
      hasSucceeded: (id, later) => id === later,
      takesRequests: () => false,
    },
    isInviteOpen: () => false,
    connectionRate: createTokenBuckets({ burst: 9, refillMs: HOUR }),
    networkRate: createTokenBuckets({ burst: 20, refillMs: HOUR }),
    refusals: { refuse: (refusal) => refused.push(refusal), close: () => undefined },
  });
  return { admission, refused };
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
  const { admission } = open();
  const from = (address: string): string => {
    try {
      return admission.inbound(stranger, address);
    } catch (error) {
      return (error as { readonly code: string }).code;
    }
  };
  const flood = Array.from({ length: 25 }, (_, n) => from(`fd00::1:${n}`));
  expect(flood).toEqual([...Array<string>(20).fill('mesh'), ...Array<string>(5).fill('connection_flood')]);
  expect(from('fd00:0:0:1::1')).toBe('mesh');
  expect(admission.inbound(listed, 'fd00::1:9')).toBe('mesh');
});
