import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { checkConfiguration, loadConfiguration, nodeName } from '../../src/config/loader.ts';
import { type Places, placesFrom, preparePlaces } from '../../src/config/places.ts';
import { CaroError } from '../../src/domain/errors.ts';

const ID = 'caro:ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=';
const OTHER_ID = `caro:ed25519:${Buffer.alloc(32, 9).toString('base64')}`;
let home: string;
let places: Places;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'caro-config-'));
  places = placesFrom({ CARO_HOME: home }, '');
  preparePlaces(places);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const write = (text: string): void => writeFileSync(places.config, text, { mode: 0o600 });
/** The error text, line by line, with the file's path cut off. */
function refusal(text: string): readonly string[] {
  write(text);
  try {
    loadConfiguration(places, 'host');
  } catch (error) {
    if (!(error instanceof CaroError)) throw error;
    expect(error.code).toBe('config_invalid');
    return error.message.replaceAll(places.config, 'caro.toml').split('\n');
  }
  throw new Error('expected the configuration to be refused');
}

describe('a configuration', () => {
  test('has every default of the contract when there is no file', () => {
    expect(loadConfiguration(places, 'Dev Laptop.local').configuration).toEqual({
      node: { name: 'dev-laptop', role: 'individual' },
      observe: { shells: ['bash', 'zsh', 'fish', 'sh'], redact: true, ignore: [], private: [] },
      dashboard: { host: '127.0.0.1', port: 9237 },
      mesh: { enabled: false, listen: '127.0.0.1:9238', mdns: false, allow_dns: false, allow_public: false, peers: [] },
      trust: { default: 'untrusted', nodes: {}, subnets: {}, deny: { nodes: [], subnets: [] }, tests: [] },
      sharing: { level: 0, deny_tools: [], live: false },
      blind: { report: true, floor: 20, role: 'none' },
      trustee: { noise_sd: 0, units: {} },
      rules: { folder: '' },
      agents: { observe: true },
      guard: { high: 'ask', critical: 'deny', on_failure: 'open' },
      org: { follow: true, requests: true },
      relay: { connect: 'auto', poll_hours: 4 },
      backup: { daily: true, keep: 3 },
      audit: { witnesses: [], witness: false },
      privacy: { min_contributors: 5 },
      analyst: { daily: [] },
      alerts: [],
      syslog: { address: '', ca: '', name: '' },
      retention: { events_days: 30, summaries_days: 365, audit_days: 730, egress_days: 365, answers_days: 730 },
    });
  });

  test('is accepted exactly as the contract writes it', () => {
    write(`
[node]
name = "dev-laptop"
role = "security"
[observe]
shells = ["bash", "zsh"]
ignore = ["pass *"]
[dashboard]
host = "::1"
port = 0
[mesh]
enabled = true
listen = "10.0.1.7:9238"
[[mesh.peers]]
name = "ciso"
id = "${ID}"
address = "10.0.1.5:9238"
[trust]
default = "share_to"
[trust.nodes]
"${ID}" = "supervisor"
[trust.subnets]
"10.0.1.0/24" = "peer"
[trust.deny]
nodes = ["${ID}"]
subnets = ["fd00::/8"]
[[trust.tests]]
who = "${ID}"
from = "10.0.1.7"
query = "safety-posture"
expect = "allow L2"
[sharing]
level = 2
deny_tools = ["kubectl"]
[privacy]
min_contributors = 7
[retention]
events_days = 1
`);
    expect(loadConfiguration(places, 'host').configuration).toMatchObject({
      node: { name: 'dev-laptop', role: 'security' },
      mesh: { peers: [{ name: 'ciso', id: ID, address: '10.0.1.5:9238' }] },
      trust: { nodes: { [ID]: 'supervisor' }, tests: [{ who: ID, expect: 'allow L2' }] },
      sharing: { level: 2, deny_tools: ['kubectl'] },
      retention: { events_days: 1, audit_days: 730 },
    });
  });

  test('has a hash of its meaning, not of its spelling', () => {
    write('[dashboard]\nport = 9300\n[node]\nname = "a"');
    const first = loadConfiguration(places, 'host').hash;
    write('# a comment\nnode.name = "a"\ndashboard = { port = 9300, host = "127.0.0.1" }');
    expect(loadConfiguration(places, 'host').hash).toBe(first);
    write('node.name = "a"\ndashboard.port = 9301');
    expect(loadConfiguration(places, 'host').hash).not.toBe(first);
    expect(first).toMatch(/^[0-9a-f]{64}$/);
  });

  test('reports all problems at once, each with line, key, expected value, actual value and remedy', () => {
    expect(
      refusal(`[node]
name = "Dev Laptop"
rolle = "admin"

[dashboard]
port = "9237"
[mesh]
enabled = true
[[mesh.peers]]
id = "${ID}"
address = "10.0.1.5:9238"
[[mesh.peers]]
address = "10.0.1.5:9238"
`),
    ).toEqual([
      'caro.toml:3: node.rolle: expected one of the keys name, role, got an unknown one; did you mean "role"?',
      'caro.toml:2: node.name: expected a name of 1 to 32 characters from a-z, 0-9 and -, got "Dev Laptop"; for example: name = "dev-laptop"',
      'caro.toml:6: dashboard.port: expected a whole number from 0 to 65535, got "9237"; for example: port = 9237',
      `caro.toml:12: mesh.peers[1].id: expected this key, but it is missing; for example: id = "${ID}"`,
    ]);
  });

  const cases: readonly (readonly [string, string, RegExp])[] = [
    ['text that is no TOML', 'a = 1\nb = = 2', /^caro\.toml:2: expected TOML, got an error: /],
    ['a key that is given twice', '[node]\nname = "a"\nname = "b"', /^caro\.toml:3: expected TOML/],
    ['a prototype as key', '[trust.nodes]\n__proto__ = "peer"', /^caro\.toml:2: expected TOML/],
    [
      'an unknown table',
      '\n[telemetry]\nurl = "x"',
      /^caro\.toml:2: telemetry: expected one of the keys node, observe/,
    ],
    ['a slip in a table name', '[dashbord]', /did you mean "dashboard"\?/],
    ['a value in place of a table', 'mesh = true', /^caro\.toml:1: mesh: expected a table, got true; see docs/],
    ['a date in place of a table', 'node = 2026-01-01', /node: expected a table, got "2026-01-01/],
    [
      'a fraction',
      '[retention]\nevents_days = 1.5',
      /^caro\.toml:2: retention\.events_days: expected a whole number from 1 to 36500, got 1\.5/,
    ],
    ['an infinite number', 'privacy.min_contributors = inf', /expected a whole number from 2 to 1000, got Infinity/],
    ['a floor of one node', 'privacy.min_contributors = 1', /expected a whole number from 2 to 1000, got 1;/],
    [
      'an unknown level',
      'trust.default = "friend"',
      /one of "untrusted", "share_to", "query_from", "peer", "supervisor", got "friend"/,
    ],
    [
      'a sharing level of 3',
      'sharing.level = 3',
      /sharing\.level: expected one of 0, 1, 2, got 3; for example: level = 0/,
    ],
    ['a shell twice', 'observe.shells = ["bash", "bash"]', /observe\.shells: expected each entry once/],
    [
      'an unknown shell',
      'observe.shells = ["bash",\n "tcsh"]',
      /^caro\.toml:2: observe\.shells\[1\]: expected one of "bash"/,
    ],
    [
      'a dashboard for others',
      'dashboard.host = "0.0.0.0"',
      /dashboard\.host: expected a loopback address, got "0\.0\.0\.0"/,
    ],
    [
      'a public address to listen on',
      'mesh.listen = "8.8.8.8:9238"',
      /mesh\.listen: expected a private or loopback address/,
    ],
    [
      'the unspecified address to listen on',
      'mesh.listen = "0.0.0.0:9238"',
      /mesh\.listen: expected a private or loopback/,
    ],
    [
      'announcements where there is no IPv4 address, which would go out on another network',
      'mesh.listen = "[fd00::5]:9238"\nmesh.mdns = true',
      /mesh\.mdns: expected an IPv4 address in mesh\.listen.*set mesh\.mdns = false/,
    ],
    [
      'an interface without a name',
      'mesh.listen = "interface:"',
      /mesh\.listen: expected an IP address and a port, or/,
    ],
    ['an interface with a wrong port', 'mesh.listen = "interface:wg0:99999"', /for example: .*"interface:wg0"/],
    [
      'one name for two peers',
      `[[mesh.peers]]\nid = "${ID}"\nname = "ann"\n[[mesh.peers]]\nid = "${OTHER_ID}"\nname = "ann"`,
      /^caro\.toml:6: mesh\.peers\[1\]\.name: expected another name for each peer, got "ann" .*rename one/,
    ],
    [
      'a public address among those of a peer',
      `[[mesh.peers]]\nid = "${ID}"\naddress = [\n"10.0.1.5:9238",\n"8.8.8.8:9238"]`,
      /^caro\.toml:5: mesh\.peers\[0\]\.address\[1\]: expected a private or loopback address/,
    ],
    [
      'a number as the address of a peer',
      `[[mesh.peers]]\nid = "${ID}"\naddress = 9238`,
      /mesh\.peers\[0\]\.address: expected an address and a port, or a list of them, got 9238/,
    ],
    ['a name to listen on', 'mesh.listen = "localhost:9238"', /mesh\.listen: expected an IP address and a port/],
    [
      'one port for two uses',
      'mesh.enabled = true\nmesh.listen = "127.0.0.1:9237"',
      /^caro\.toml:2: .*another port than dashboard\.port/,
    ],
    [
      'a malformed id',
      '[trust.nodes]\n"caro:ed25519:abc" = "peer"',
      /^caro\.toml:2: trust\.nodes\."caro:ed25519:abc": expected a node id/,
    ],
    ['a malformed subnet', '[trust.subnets]\n"10.0.1.0/33" = "peer"', /expected a subnet, got "10\.0\.1\.0\/33"/],
    [
      'an address for a subnet',
      '[trust.deny]\nsubnets = [\n"10.0.1.7/24"]',
      /^caro\.toml:3: trust\.deny\.subnets\[0\]: .*write "10\.0\.1\.0\/24"/,
    ],
    [
      'a unit called like the total of everybody',
      `[trustee.units]\n"${ID}" = "organisation"`,
      /^caro\.toml:2: trustee\.units.*stands for other totals/,
    ],
    ['a witness that is no node', '[audit]\nwitnesses = ["caro:ed25519:x"]', /^caro\.toml:2: audit\.witnesses\[0\]/],
    [
      'a malformed test',
      `[[trust.tests]]\nwho = "${ID}"\nquery = "gossip"\nexpect = "deny"`,
      /^caro\.toml:3: trust\.tests\[0\]\.query/,
    ],
    [
      'a name as origin',
      `[[trust.tests]]\nwho = "${ID}"\nfrom = "1.2.3"\nquery = "anomalies"\nexpect = "deny"`,
      /expected an IP address/,
    ],
  ];
  test.each(cases)('refuses %s', (_what, text, expected) => {
    const lines = refusal(text);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(expected);
  });

  const peer = (address: string, flags = ''): string =>
    `[mesh]\n${flags}\n[[mesh.peers]]\nid = "${ID}"\naddress = "${address}"\n`;
  test('takes peers by address on the inside, by name or outside only where the owner allows it (FR-203)', () => {
    expect(refusal(peer('8.8.8.8:1'))[0]).toMatch(
      /^caro\.toml:5: mesh\.peers\[0\]\.address: expected a private or loopback/,
    );
    expect(refusal(peer('ciso.example:1'))[0]).toContain('got the name "ciso.example"');
    expect(refusal(peer('10.0.1.5'))[0]).toContain('expected an address and a port');
    expect(refusal(peer('10.0.1.5:1') + peer('10.0.1.6:1').replace('[mesh]\n\n', ''))[0]).toContain(
      'got this id twice',
    );
    for (const good of [
      peer('8.8.8.8:1', 'allow_public = true'),
      peer('ciso.example:1', 'allow_dns = true'),
      peer('[fd00::5]:1'),
    ]) {
      write(good);
      expect(checkConfiguration(places)).toEqual([]);
    }
  });

  test('does not show long values or an excerpt of the file', () => {
    expect(refusal(`[observe]\nignore = ["${'x'.repeat(2_000)}"]`)[0]).toContain('got a string of 2000 characters');
    expect(refusal('[observe]\nignore = ["topsecret" "b"]').join('\n')).not.toContain('topsecret');
  });
});

test('a host name becomes a node name', () => {
  expect(['Ada.example.com', 'ada_pc', '', '.', 'Ä', 'x'.repeat(40)].map(nodeName)).toEqual([
    'ada',
    'ada-pc',
    'node',
    'node',
    '-',
    'x'.repeat(32),
  ]);
});
