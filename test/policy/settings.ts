import fc from 'fast-check';
import { encodeNodeId } from '../../src/domain/identity/node-id.ts';
import type { PolicySettings } from '../../src/domain/policy/policy.ts';
import { SHARING_LEVELS, TRUST_LEVELS } from '../../src/domain/policy/trust.ts';

/** The nth node of a test. */
export const nodeId = (n: number): string => encodeNodeId(new Uint8Array(32).fill(n));
export const ANA = nodeId(1);
export const BEN = nodeId(2);

/** Settings in which nothing is trusted and nothing is shared, but for what is given. */
export function settings(given: {
  readonly trust?: Partial<PolicySettings['trust']>;
  readonly sharing?: Partial<PolicySettings['sharing']>;
  readonly blind?: NonNullable<PolicySettings['blind']>;
}): PolicySettings {
  return {
    trust: {
      default: 'untrusted',
      nodes: {},
      subnets: {},
      deny: { nodes: [], subnets: [] },
      tests: [],
      ...given.trust,
    },
    sharing: { level: 1, deny_tools: [], live: false, ...given.sharing },
    ...(given.blind === undefined ? {} : { blind: given.blind }),
  };
}

/** Few nodes, addresses and subnets, so that rules meet. */
const ids = fc.constantFrom(ANA, BEN, nodeId(3));
export const addresses = fc.constantFrom('10.0.1.7', '10.0.2.7', '::ffff:10.0.1.7', 'fd00::7', '192.168.1.1');
const subnets = fc.constantFrom('10.0.0.0/8', '10.0.1.0/24', '10.0.1.7/32', 'fd00::/8', '0.0.0.0/0', '::/0');
const levels = fc.constantFrom(...TRUST_LEVELS);

export const anySettings: fc.Arbitrary<PolicySettings> = fc.record({
  trust: fc.record({
    default: levels,
    nodes: fc.dictionary(ids, levels, { maxKeys: 3 }),
    subnets: fc.dictionary(subnets, levels, { maxKeys: 4 }),
    deny: fc.record({
      nodes: fc.uniqueArray(ids, { maxLength: 1 }),
      subnets: fc.uniqueArray(subnets, { maxLength: 1 }),
    }),
    tests: fc.constant([]),
  }),
  sharing: fc.record({ level: fc.constantFrom(...SHARING_LEVELS), deny_tools: fc.constant([]), live: fc.boolean() }),
  blind: fc.constantFrom({}, { task: 'A'.repeat(44) }),
});

export const anyQuestion = fc.record(
  {
    id: ids,
    address: addresses,
    action: fc.constantFrom('connect' as const, 'receive-summary' as const, 'query' as const, 'advise' as const),
    level: fc.constantFrom(1 as const, 2 as const),
    formerIds: fc.uniqueArray(ids, { maxLength: 1 }),
    trustedAs: ids,
    keyState: fc.constantFrom('pending' as const, 'retired' as const, 'suspended' as const, 'revoked' as const),
  },
  { requiredKeys: ['id', 'action'] },
);
