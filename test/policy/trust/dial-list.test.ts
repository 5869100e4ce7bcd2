import { describe, expect, test } from '@jest/globals';
import { dialList, type FoundAddresses } from '../../../src/policy/dial-list.ts';
import { ANA, BEN, nodeId, settings } from '../settings.ts';

const CAT = nodeId(3);
const nothing: FoundAddresses = { learned: [], discovered: [] };
const at = (id: string, ...address: string[]) => ({ id, address });
const list = (
  trust: Parameters<typeof settings>[0]['trust'],
  peers: readonly { id: string; name?: string; address?: string | readonly string[] }[],
  found: Partial<FoundAddresses>,
) => dialList({ ...settings({ trust: trust ?? {} }), mesh: { peers } }, { ...nothing, ...found }, (peer) => peer);

describe('the peers to dial', () => {
  test('come from the configuration, with the addresses that they proved first', () => {
    const peers = [{ name: 'ana', ...at(ANA, '10.0.1.7:1') }, { id: BEN }];
    expect(list({ nodes: { [ANA]: 'peer' } }, peers, { learned: [at(ANA, '10.0.9.9:1', '10.0.1.7:1')] })).toEqual([
      { name: 'ana', id: ANA, address: ['10.0.9.9:1', '10.0.1.7:1'] },
      { id: BEN, address: [] },
    ]);
  });

  test('an announcement replaces no address, and gives one to a trusted peer without', () => {
    const discovered = [at(ANA, '10.0.6.6:6'), at(BEN, '10.0.6.6:6'), at(CAT, '10.0.6.6:6')];
    const nodes = { [ANA]: 'peer', [BEN]: 'peer' } as const;
    expect(list({ nodes }, [at(ANA, '10.0.1.7:1'), { id: BEN }, { id: CAT }], { discovered })).toEqual([
      at(ANA, '10.0.1.7:1'),
      at(BEN, '10.0.6.6:6'),
      // Nobody trusts it, so an announcement causes no connection to any address.
      at(CAT),
    ]);
  });

  test('a node that is trusted by its subnet is dialled where it was discovered in it, not where it was learned', () => {
    const trust = { subnets: { '10.0.1.0/24': 'peer' } } as const;
    expect(list(trust, [], { discovered: [at(CAT, '10.0.1.7:1')] })).toEqual([at(CAT, '10.0.1.7:1')]);
    expect(list(trust, [], { discovered: [at(CAT, '10.0.2.7:1')] })).toEqual([]);
    expect(list(trust, [], { learned: [at(CAT, '10.0.1.7:1')] })).toEqual([]);
  });

  test('a node that is trusted by its id is dialled where it was learned, though it is no peer', () => {
    const learned = [at(ANA, '10.0.5.5:1'), at(BEN, '10.0.5.6:1')];
    expect(list({ nodes: { [ANA]: 'share_to' } }, [], { learned })).toEqual([at(ANA, '10.0.5.5:1')]);
  });

  test('an address that was learned and announced, and a node that was found twice, are dialled once', () => {
    const nodes = { [ANA]: 'peer', [BEN]: 'peer' } as const;
    const found = {
      learned: [at(ANA, '10.0.5.5:1'), at(BEN, '10.0.5.6:1')],
      discovered: [at(ANA, '10.0.5.5:1', '10.0.5.7:1'), at(BEN, '10.0.5.8:1')],
    };
    expect(list({ nodes }, [at(BEN, '10.0.5.6:1')], found)).toEqual([
      at(BEN, '10.0.5.6:1'),
      at(ANA, '10.0.5.5:1', '10.0.5.7:1'),
    ]);
  });

  test('a node whose only rule is one for anybody is not dialled where it was learned', () => {
    expect(list({ default: 'peer' }, [], { learned: [at(CAT, '10.0.1.7:1')] })).toEqual([]);
    expect(list({ default: 'peer' }, [], { discovered: [at(CAT, '10.0.1.7:1')] })).toEqual([at(CAT, '10.0.1.7:1')]);
    // A peer of the configuration is, if it may connect at all.
    expect(list({ default: 'peer' }, [{ id: CAT }], { learned: [at(CAT, '10.0.1.7:1')] })).toEqual([
      at(CAT, '10.0.1.7:1'),
    ]);
    const trust = { subnets: { '10.0.1.0/24': 'peer' } } as const;
    expect(list(trust, [{ id: CAT }], { discovered: [at(CAT, '10.0.1.7:1')] })).toEqual([at(CAT, '10.0.1.7:1')]);
    expect(list({}, [{ id: CAT }], { learned: [at(CAT, '10.0.1.7:1')] })).toEqual([at(CAT)]);
  });

  test('an address that is a name is judged by the id alone', () => {
    const trust = { subnets: { '0.0.0.0/0': 'peer' } } as const;
    expect(list(trust, [], { discovered: [at(CAT, 'no endpoint')] })).toEqual([]);
    expect(list({ nodes: { [CAT]: 'peer' } }, [], { discovered: [at(CAT, 'no endpoint')] })).toEqual([
      at(CAT, 'no endpoint'),
    ]);
  });

  test('a denial of the node or of an address keeps what was found away, whatever else is trusted', () => {
    const deny = { nodes: [BEN], subnets: ['10.0.6.0/24'] };
    const nodes = { [ANA]: 'peer', [BEN]: 'peer' } as const;
    const learned = [at(ANA, '10.0.6.6:1', '10.0.5.5:1'), at(BEN, '10.0.5.6:1')];
    expect(list({ nodes, deny }, [], { learned })).toEqual([at(ANA, '10.0.5.5:1')]);
  });
});
