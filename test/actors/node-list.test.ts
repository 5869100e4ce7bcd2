import { describe, expect, test } from '@jest/globals';
import { nodeList } from '../../src/actors/mesh-gateway/node-list.ts';
import type { OpenPeer } from '../../src/actors/mesh-gateway/open-mesh.ts';
import type { Configuration } from '../../src/domain/configuration.ts';
import type { ErrorCode } from '../../src/domain/errors.ts';
import { encodeNodeId } from '../../src/domain/identity/node-id.ts';
import type { Asker } from '../../src/domain/policy/policy.ts';
import type { TrustLevel } from '../../src/domain/policy/trust.ts';
import { settings } from '../policy/settings.ts';

const id = (byte: number): string => encodeNodeId(new Uint8Array(32).fill(byte));
const [SELF, ADA, BEN, CAT, DAN] = [1, 2, 3, 4, 5].map(id) as [string, string, string, string, string];
const NOW = Date.parse('2026-11-29T12:00:00.000Z');

const row = (peer: string, more: Partial<OpenPeer> = {}): OpenPeer => ({
  id: peer,
  peer: null,
  address: '10.0.0.2:9238',
  state: 'connecting',
  code: null,
  skewMs: null,
  version: null,
  ...more,
});

interface Case {
  readonly trust?: Readonly<Record<string, TrustLevel>>;
  readonly named?: readonly { readonly id: string; readonly name: string }[];
  readonly denied?: readonly string[];
  readonly rows?: readonly OpenPeer[];
  readonly refused?: readonly (readonly [string, ErrorCode])[];
  readonly keys?: Readonly<Record<string, Asker['keyState']>>;
  /** Former key of each id. */
  readonly former?: Readonly<Record<string, string>>;
  readonly seen?: Parameters<typeof nodeList>[0]['seen'];
}

function listed({ trust = {}, named = [], denied = [], rows = [], refused = [], keys = {}, former = {}, seen }: Case) {
  const base = settings({ trust: { nodes: trust, deny: { nodes: denied, subnets: [] } } });
  const peers = named.map((entry) => ({ ...entry, address: '10.0.0.2:9238' }));
  const configuration = { ...base, mesh: { peers } } as unknown as Configuration;
  return nodeList({
    configuration,
    mesh: {
      status: () => ({ listen: null, waiting: null, peers: rows, refused: new Map(refused), relay: null }),
      asker: (peer) => ({ ...peer, ...(keys[peer.id] === undefined ? {} : { keyState: keys[peer.id] }) }) as Asker,
      account: (key) => former[key] ?? key,
    },
    seen: seen ?? new Map(),
    self: SELF,
    nowMs: NOW,
  });
}

describe('the list of nodes', () => {
  test('has trusted nodes without an address and without a connection, not this node and not strangers', () => {
    const nodes = listed({ trust: { [SELF]: 'peer', [ADA]: 'supervisor', [BEN]: 'untrusted' } });
    expect(nodes).toEqual([
      {
        id: ADA,
        name: null,
        address: null,
        trust: 'supervisor',
        state: 'offline',
        reason: 'no_address',
        skewMs: null,
        lastSeen: null,
        version: null,
      },
    ]);
  });

  test('lists a node once if it is known by a former key and connected with the next one', () => {
    const nodes = listed({
      trust: { [ADA]: 'peer' },
      rows: [row(BEN, { peer: BEN, state: 'connected', version: '1.2.3' })],
      former: { [BEN]: ADA },
    });
    expect(nodes).toMatchObject([{ id: BEN, state: 'connected', reason: null, version: '1.2.3' }]);
  });

  test('lists nodes that a trusted subnet admitted', () => {
    const nodes = listed({ rows: [row(CAT, { peer: CAT, state: 'connected' })] });
    expect(nodes).toMatchObject([{ id: CAT, name: null, state: 'connected' }]);
  });

  test('reports when a node was last seen and its version, or that they are unknown', () => {
    const seen = new Map([[ADA, { lastMs: NOW - 60_000, version: '0.9.0' }]]);
    const [ada, ben] = listed({ trust: { [ADA]: 'peer', [BEN]: 'peer' }, seen });
    expect(ada).toMatchObject({ lastSeen: '2026-11-29T11:59:00.000Z', version: '0.9.0' });
    expect(ben).toMatchObject({ lastSeen: null, version: null });
  });

  test.each<[string, Case, string | null, string]>([
    [
      'another key at its address',
      { rows: [row(ADA, { state: 'refused', code: 'key_changed' })] },
      'key_changed',
      'refused',
    ],
    [
      'no trust on the other side',
      { rows: [row(ADA, { state: 'refused', code: 'peer_untrusted' })] },
      'not_trusted',
      'refused',
    ],
    ['a clock that is off', { rows: [row(ADA, { state: 'skewed', code: 'clock_skewed' })] }, 'skewed', 'skewed'],
    ['no answer', { rows: [row(ADA, { code: 'peer_unreachable' })] }, 'unreachable', 'connecting'],
    [
      'a certificate that is not valid by this clock',
      { rows: [row(ADA, { state: 'refused', code: 'certificate_expired' })] },
      'certificate_time',
      'refused',
    ],
    ['a bad certificate', { rows: [row(ADA, { state: 'refused', code: 'certificate_kind' })] }, 'refused', 'refused'],
    ['the first attempt', { rows: [row(ADA)] }, null, 'connecting'],
    [
      'a clock that is off, where it dials',
      { trust: { [ADA]: 'peer' }, refused: [[ADA, 'clock_skewed']] },
      'skewed',
      'skewed',
    ],
    [
      'a key that waits, where it dials',
      { trust: { [ADA]: 'peer' }, refused: [[ADA, 'key_pending']] },
      'key_pending',
      'refused',
    ],
    ['a revoked key', { trust: { [ADA]: 'peer' }, keys: { [ADA]: 'revoked' } }, 'key_revoked', 'refused'],
    ['a denial', { trust: { [ADA]: 'peer' }, denied: [ADA] }, 'denied', 'refused'],
  ])('gives the reason: %s', (_what, given, reason, state) => {
    expect(listed(given)).toMatchObject([{ id: ADA, reason, state }]);
  });

  test('lists the most serious problems first and sorts equals by name', () => {
    const nodes = listed({
      named: [
        { id: ADA, name: 'zoe' },
        { id: BEN, name: 'ben' },
        { id: CAT, name: 'cat' },
        { id: DAN, name: 'ann' },
      ],
      rows: [
        row(ADA, { peer: ADA, state: 'connected' }),
        row(BEN, { code: 'peer_unreachable' }),
        row(CAT, { state: 'refused', code: 'key_changed' }),
        row(DAN, { peer: DAN, state: 'connected' }),
      ],
    });
    expect(nodes.map(({ name }) => name)).toEqual(['cat', 'ben', 'ann', 'zoe']);
  });
});
