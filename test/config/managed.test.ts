import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { defaultConfiguration, writeDefaultConfiguration } from '../../src/config/default-file.ts';
import { changeManaged, checkConfiguration, loadConfiguration } from '../../src/config/loader.ts';
import { encodeManaged, type ManagedSettings, writeManaged } from '../../src/config/managed/managed-settings.ts';
import { type Places, placesFrom, preparePlaces } from '../../src/config/places.ts';
import { MANAGED_SCHEMA } from '../../src/config/schema.ts';
import { parseSettings } from '../../src/config/settings-file.ts';
import { encodeNodeId } from '../../src/domain/identity/node-id.ts';
import { SHARING_LEVELS, TRUST_LEVELS } from '../../src/domain/policy/trust.ts';
import { validateManaged } from '../../src/generated/configuration-validators.js';

const id = (byte: number): string => encodeNodeId(new Uint8Array(32).fill(byte));
let home: string;
let places: Places;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'caro-managed-'));
  places = placesFrom({ CARO_HOME: home }, '');
  preparePlaces(places);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));
const own = (text: string): void => writeFileSync(places.config, text, { mode: 0o600 });

const settings: fc.Arbitrary<ManagedSettings> = fc.record({
  mesh: fc.record({
    peers: fc.uniqueArray(
      fc.record(
        {
          name: fc.stringMatching(/^[a-z0-9-]{1,32}$/),
          id: fc.nat(255).map(id),
          address: fc.constant('10.0.1.5:9238'),
        },
        { requiredKeys: ['id', 'address'] },
      ),
      { selector: (peer) => peer.id, maxLength: 4 },
    ),
  }),
  trust: fc.record({
    nodes: fc.dictionary(fc.nat(255).map(id), fc.constantFrom(...TRUST_LEVELS), { maxKeys: 4 }),
    subnets: fc.dictionary(
      fc.nat(255).map((n) => `10.0.${n}.0/24`),
      fc.constantFrom(...TRUST_LEVELS),
      { maxKeys: 4 },
    ),
    deny: fc.record({
      nodes: fc.uniqueArray(fc.nat(255).map(id), { maxLength: 4 }),
      subnets: fc.uniqueArray(
        fc.nat(255).map((n) => `fd${n.toString(16).padStart(2, '0')}::/16`),
        { maxLength: 3 },
      ),
    }),
  }),
  sharing: fc.record({ level: fc.constantFrom(...SHARING_LEVELS) }, { requiredKeys: [] }),
  blind: fc.record({ report: fc.boolean(), task: fc.constant(`${'A'.repeat(43)}=`) }, { requiredKeys: [] }),
});

describe('managed.toml', () => {
  test('is written and read back unchanged, whatever commands put into it', () => {
    fc.assert(
      fc.property(settings, (value) => {
        const read = parseSettings('managed.toml', encodeManaged(value), MANAGED_SCHEMA, validateManaged);
        expect(read.problems).toEqual([]);
        expect('data' in read && JSON.stringify(read.data)).toBe(JSON.stringify(JSON.parse(JSON.stringify(value))));
      }),
      { numRuns: 100 },
    );
  });

  test('is private and complete, and leaves no other file', () => {
    const { managed } = loadConfiguration(places, 'host');
    writeManaged(places, managed);
    writeManaged(places, { ...managed, sharing: { level: 1 } });
    expect(lstatSync(places.managed).mode & 0o777).toBe(0o600);
    expect(readdirSync(dirname(places.managed))).toEqual(['managed.toml']);
    expect(loadConfiguration(places, 'host').managed.sharing).toEqual({ level: 1 });
  });

  test('overrides caro.toml, but a denial in either file wins', () => {
    own(`[trust.nodes]
"${id(1)}" = "peer"
"${id(2)}" = "peer"
[trust.deny]
nodes = ["${id(3)}"]
[[mesh.peers]]
id = "${id(1)}"
address = "10.0.1.1:9238"
[[mesh.peers]]
id = "${id(2)}"
address = "10.0.1.2:9238"
`);
    const { configuration } = changeManaged(places, 'host', (managed) => ({
      mesh: { peers: [{ id: id(2), address: '10.0.9.2:9238' }, ...managed.mesh.peers] },
      trust: { nodes: { [id(2)]: 'supervisor', [id(3)]: 'peer' }, subnets: {}, deny: { nodes: [id(4)], subnets: [] } },
      sharing: { level: 1 },
      blind: {},
    }));
    expect(configuration.trust.nodes).toEqual({ [id(1)]: 'peer', [id(2)]: 'supervisor', [id(3)]: 'peer' });
    expect(configuration.trust.deny.nodes).toEqual([id(3), id(4)]);
    expect(configuration.mesh.peers.map((peer) => peer.address)).toEqual(['10.0.1.1:9238', '10.0.9.2:9238']);
    expect(configuration.sharing.level).toBe(1);
    expect(readFileSync(places.config, 'utf8')).toContain('10.0.1.2:9238');
  });

  test('is not written when the configuration would be refused with it', () => {
    expect(() =>
      changeManaged(places, 'host', (managed) => ({
        ...managed,
        mesh: { peers: [{ id: id(1), address: '8.8.8.8:9238' }] },
      })),
    ).toThrow(/mesh\.peers\[0\]\.address: expected a private or loopback address/);
    expect(readdirSync(dirname(places.managed))).toEqual([]);
  });

  test('is checked by the strictest rules where caro.toml is broken, and each file is named with its problem', () => {
    const peer = (address: string): string => `[[mesh.peers]]\nid = "${id(1)}"\naddress = "${address}"\n`;
    writeFileSync(places.managed, peer('8.8.8.8:9238'), { mode: 0o600 });
    own('[mesh]\nallow_public = true\n');
    expect(checkConfiguration(places)).toEqual([]);
    own('[mesh]\nallow_public = true\nport = 1\n');
    expect(checkConfiguration(places).map(({ file, key }) => [file, key])).toEqual([
      [places.config, 'mesh.port'],
      [places.managed, 'mesh.peers[0].address'],
    ]);
    writeFileSync(places.managed, peer('node.example:9238'), { mode: 0o600 });
    expect(checkConfiguration(places).map(({ key }) => key)).toEqual(['mesh.port', 'mesh.peers[0].address']);
    writeFileSync(places.managed, peer('10.0.1.5:9238'), { mode: 0o600 });
    expect(checkConfiguration(places).map(({ key }) => key)).toEqual(['mesh.port']);
    const before = readFileSync(places.managed, 'utf8');
    const change = (managed: ManagedSettings): ManagedSettings => ({ ...managed, sharing: { level: 1 } });
    expect(() => changeManaged(places, 'host', change)).toThrow(/caro\.toml:3: mesh\.port/);
    expect(() => loadConfiguration(places, 'host')).toThrow(/caro\.toml:3: mesh\.port/);
    expect(readFileSync(places.managed, 'utf8')).toBe(before);
  });

  test('rejects what only the owner decides, and names the file with the problem', () => {
    writeFileSync(places.managed, '[dashboard]\nport = 1\n', { mode: 0o600 });
    expect(checkConfiguration(places)).toEqual([
      {
        file: places.managed,
        line: 1,
        key: 'dashboard',
        text: 'expected one of the keys mesh, trust, sharing, blind, got an unknown one; remove it',
      },
    ]);
  });
});

describe('the configuration written by init', () => {
  test('is valid, says the defaults, and never replaces the owner’s file', () => {
    const defaults = loadConfiguration(places, 'ada').configuration;
    expect(writeDefaultConfiguration(places, { name: 'ada' })).toBe(true);
    expect(lstatSync(places.config).mode & 0o777).toBe(0o600);
    expect(loadConfiguration(places, 'host').configuration).toEqual(defaults);
    own('[node]\nname = "mine"\n');
    expect(writeDefaultConfiguration(places, { name: 'ada' })).toBe(false);
    expect(loadConfiguration(places, 'host').configuration.node.name).toBe('mine');
  });

  test('shows the actual defaults: uncommented, it changes nothing', () => {
    const defaults = loadConfiguration(places, 'ada').configuration;
    own(
      defaultConfiguration('ada')
        .replaceAll(/^# (?=\w+ = (?!"caro:|"10\.|"ciso|"safety|"allow|"~))/gm, '')
        .replace('expect = "allow L2"', '# expect'),
    );
    expect(checkConfiguration(places)).toEqual([]);
    expect(loadConfiguration(places, 'host').configuration).toEqual(defaults);
  });
});
