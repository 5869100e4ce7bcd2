import { describe, expect, test } from '@jest/globals';
import { meshAddresses, meshPeers } from '../../../src/cli/doctor/mesh-checks.ts';
import { localTime } from '../../../src/cli/output/output.ts';
import type { Configuration, PeerEntry } from '../../../src/domain/configuration.ts';
import type { MeshStatus } from '../../../src/domain/status/status.ts';

type Peer = MeshStatus['peers'][number];
const REASONS = {
  connected: null,
  connecting: 'unreachable',
  offline: 'no_address',
  refused: 'key_changed',
  skewed: 'skewed',
} as const;
const peer = (name: string, state: Peer['state'], skewMs: number | null = 3): Peer => ({
  id: `caro:ed25519:${name}`,
  name,
  address: '10.0.0.2:9238',
  trust: 'peer',
  state,
  reason: REASONS[state],
  skewMs,
  lastSeen: null,
  version: null,
});
const status = (...peers: readonly Peer[]): MeshStatus => ({
  enabled: true,
  listen: '10.0.0.1:9238',
  waiting: null,
  relay: null,
  peers,
});

describe('doctor on peers', () => {
  test.each([
    ['all are there', status(peer('a', 'connected')), 'ok', '1 of 1 connected'],
    ['one is away', status(peer('a', 'connected'), peer('b', 'connecting')), 'bad', 'unreachable: b (last seen'],
    ['one has to dial', status(peer('b', 'offline')), 'warn', 'no_address: b (last seen unknown); no address'],
    ['one has another key', status(peer('a', 'refused')), 'bad', 'key_changed: a (last seen unknown); another key'],
    ['a clock is too far off', status(peer('a', 'skewed', -400_000)), 'bad', 'clocks differ: a by -6 min 40 s;'],
    ['a clock runs away', status(peer('a', 'connected', 90_000)), 'warn', 'clocks differ: a by +1 min 30 s;'],
  ] as const)('where %s', (_what, mesh, state, text) => {
    expect(meshPeers(mesh)).toEqual({ state, text: expect.stringContaining(text) });
  });

  test('tells when a node that is away was last seen', () => {
    const lastSeen = '2026-11-28T10:00:00.000Z';
    expect(meshPeers(status({ ...peer('b', 'connecting'), lastSeen })).text).toContain(
      `unreachable: b (last seen ${localTime(lastSeen)})`,
    );
  });

  test('tells all that is wrong at once', () => {
    expect(
      meshPeers(status(peer('a', 'skewed', null), peer('b', 'refused'), peer('c', 'connecting'))).text.split('\n'),
    ).toHaveLength(3);
  });
});

describe('doctor on addresses', () => {
  const settings = (rest: Partial<Configuration['mesh']>, ...addresses: readonly string[]) => {
    const peers = addresses.map((address): PeerEntry => ({ id: `caro:ed25519:${address}`, address }));
    const mesh = { enabled: true, listen: '10.0.0.1:9238', mdns: false, allow_dns: false, allow_public: false, peers };
    return meshAddresses({ mesh: { ...mesh, ...rest } });
  };
  test.each([
    ['an internal network is fine', {}, ['10.0.0.2:9238', '[fd00::2]:9238'], 'ok', 'internal IP addresses'],
    [
      'listening everywhere is not',
      { listen: '0.0.0.0:9238', allow_public: true },
      [],
      'warn',
      'other networks may reach',
    ],
    [
      'a public peer is worth a question',
      { allow_public: true },
      ['8.8.8.8:9238'],
      'warn',
      '1 peer has a public address',
    ],
    ['names need leave', {}, ['ben.example:9238'], 'bad', 'set mesh.allow_dns = true'],
    [
      'names with leave still tell the name server',
      { allow_dns: true },
      ['ben.example:9238'],
      'warn',
      'the name server learns of them',
    ],
    [
      'a mesh that is off reaches nobody',
      { enabled: false, listen: '0.0.0.0:1' },
      ['8.8.8.8:1'],
      'ok',
      'the configuration does not turn the mesh on; an organization may',
    ],
  ] as const)('%s', (_what, mesh, addresses, state, text) => {
    expect(settings(mesh, ...addresses)).toEqual({ state, text: expect.stringContaining(text) });
  });
});
