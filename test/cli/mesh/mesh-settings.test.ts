/**
 * peers, trust and config check without a service: what they write, and what they refuse to write.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { loadConfiguration } from '../../../src/config/loader.ts';
import type { Configuration } from '../../../src/domain/configuration.ts';
import { encodeNodeId } from '../../../src/domain/identity/node-id.ts';
import type { Explanation } from '../../../src/domain/policy/policy.ts';
import { readIdentity } from '../../../src/identity/identity.ts';
import { type CommandLine, commandLine } from '../command-line.ts';

const idOf = (byte: number): string => encodeNodeId(new Uint8Array(32).fill(byte));
const [BEN, CLEO] = [idOf(1), idOf(2)];
let cli: CommandLine;
beforeEach(async () => {
  cli = commandLine();
  await cli.run(['init', '--quiet']);
});
afterEach(() => cli.remove());

const configuration = (): Configuration => loadConfiguration(cli.places, 'host').configuration;
const owner = (toml: string): void => writeFileSync(cli.places.config, toml);
const lines = (text: string): unknown[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);

describe('caro peers', () => {
  test('add and list a peer, whose state nobody knows without a service', async () => {
    const added = await cli.run(['peers', 'add', BEN, '10.0.0.2:9238', '--name', 'ben']);
    expect(added).toMatchObject({ code: 0, err: '' });
    expect(added.out).toContain('in force when the service starts\n');
    expect(added.out).toContain('caro trust set ben LEVEL');
    expect(lines((await cli.run(['peers', 'list', '--json'])).out)).toEqual([
      {
        id: BEN,
        name: 'ben',
        address: '10.0.0.2:9238',
        trust: 'untrusted',
        state: null,
        skewMs: null,
        lastSeen: null,
        version: null,
        reason: null,
      },
    ]);
    expect((await cli.run(['peers', 'list'], { columns: 40 })).out).toContain(BEN);
  });

  test('add a known peer again to move it, and its name stays', async () => {
    await cli.run(['peers', 'add', BEN, '10.0.0.2:9238', '--name', 'ben']);
    await cli.run(['peers', 'add', BEN, '10.0.0.3:9238']);
    expect(configuration().mesh.peers).toEqual([{ name: 'ben', id: BEN, address: '10.0.0.3:9238' }]);
  });

  test.each([
    ['an id that is none', ['caro:ed25519:short', '10.0.0.2:9238'], 'Expected a node id'],
    ['an address without a port', [BEN, '10.0.0.2'], 'Expected an address and a port'],
    ['a name that could play tricks', [BEN, '10.0.0.2:9238', '--name', 'B en'], 'Expected 1 to 32 characters'],
    ['a host name while lookups are off', [BEN, 'ben.example:9238'], 'set mesh.allow_dns = true'],
    ['an address on the internet', [BEN, '8.8.8.8:9238'], 'set mesh.allow_public = true'],
  ])('add refuses %s and writes nothing', async (_what, args, text) => {
    const { code, err } = await cli.run(['peers', 'add', ...args]);
    expect(code).toBe(2);
    expect(err).toContain(text);
    expect(configuration().mesh.peers).toEqual([]);
  });

  test('remove takes a name, and leaves what the owner wrote to the owner', async () => {
    owner(`[[mesh.peers]]\nname = "cleo"\nid = "${CLEO}"\naddress = "10.0.0.4:9238"\n`);
    await cli.run(['peers', 'add', BEN, '10.0.0.2:9238', '--name', 'ben']);
    expect(await cli.run(['peers', 'remove', 'ben'])).toMatchObject({ code: 0 });
    expect(configuration().mesh.peers.map(({ name }) => name)).toEqual(['cleo']);
    expect(await cli.run(['peers', 'remove', 'cleo'])).toMatchObject({
      code: 2,
      err: 'caro: expected a peer that a command added, this one is in HOME/config/caro.toml; remove it there\n',
    });
    expect(await cli.run(['peers', 'remove', 'ben'])).toMatchObject({ code: 1 });
  });

  test('join reads no code where none comes, and asks for no service before', async () => {
    expect(await cli.run(['peers', 'join'])).toMatchObject({ code: 2, err: expect.stringContaining('got none') });
  });

  test('a name that another peer has is refused', async () => {
    const add = (id: string) => cli.run(['peers', 'add', id, '10.0.0.2:9238', '--name', 'dev']);
    expect(await add(BEN)).toMatchObject({ code: 0 });
    expect(await add(CLEO)).toMatchObject({ code: 2, err: expect.stringContaining('dev') });
    expect(configuration().mesh.peers.map(({ id }) => id)).toEqual([BEN]);
  });
});

describe('the id of this node', () => {
  const self = (): string => readIdentity(cli.places.identityKey).id;

  test.each([
    ['peers add', (): string[] => ['peers', 'add', self(), '10.0.0.2:9238']],
    ['trust set', (): string[] => ['trust', 'set', self(), 'peer']],
    ['trust revoke', (): string[] => ['trust', 'revoke', self()]],
  ])('is refused by %s, which writes nothing', async (_what, args) => {
    const before = configuration();
    expect(await cli.run(args())).toMatchObject({
      code: 2,
      err: expect.stringContaining('expected the id of another node, got the id of this node'),
    });
    expect(configuration()).toEqual(before);
  });

  test('is not asked for where its key is damaged: another node is still revoked', async () => {
    writeFileSync(cli.places.identityKey, 'damaged\n');
    expect(await cli.run(['trust', 'revoke', BEN])).toMatchObject({ code: 0 });
    expect(configuration().trust.deny.nodes).toContain(BEN);
    expect(await cli.run(['config', 'check'])).toMatchObject({ code: 0 });
  });

  test('in a file is a warning for each place', async () => {
    owner(
      `[[mesh.peers]]\nid = "${self()}"\naddress = "10.0.0.4:9238"\n[trust]\n[trust.nodes]\n"${self()}" = "peer"\n[trust.deny]\nnodes = ["${self()}"]\n`,
    );
    const { code, out } = await cli.run(['config', 'check', '--json']);
    const { warnings } = JSON.parse(out) as { readonly warnings: readonly string[] };
    expect(code).toBe(0);
    expect(warnings.map((warning) => warning.split(' ')[0])).toEqual([
      'mesh.peers[0]',
      'trust.nodes',
      'trust.deny.nodes',
    ]);
  });
});

describe('caro trust', () => {
  beforeEach(() => cli.run(['peers', 'add', BEN, '10.0.0.2:9238', '--name', 'ben']));

  test('set writes the level beside the owner’s file, which is not touched', async () => {
    const before = readFileSync(cli.places.config);
    expect((await cli.run(['trust', 'set', 'ben', 'supervisor'])).out).toContain(
      'ben is supervisor: it may connect and ask for aggregates only\n',
    );
    expect(configuration().trust.nodes).toEqual({ [BEN]: 'supervisor' });
    expect(readFileSync(cli.places.config)).toEqual(before);
    expect(await cli.run(['trust', 'set', 'ben', 'friend'])).toMatchObject({ code: 2 });
    expect(await cli.run(['trust', 'set', 'nobody', 'peer'])).toMatchObject({ code: 1 });
  });

  test('revoke denies the node and forgets its level, and only a deliberate set takes that back', async () => {
    await cli.run(['trust', 'set', 'ben', 'peer']);
    expect(await cli.run(['trust', 'revoke', 'ben'])).toMatchObject({ code: 0 });
    expect(configuration().trust).toMatchObject({ nodes: {}, deny: { nodes: [BEN] } });
    await cli.run(['trust', 'revoke', 'ben']);
    expect(configuration().trust.deny.nodes).toEqual([BEN]);

    expect(await cli.run(['trust', 'set', 'ben', 'peer'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('--yes'),
    });
    expect((await cli.run(['trust', 'set', 'ben', 'peer'], { columns: 80, typed: 'n\n' })).out).toContain(
      'Nothing has changed.',
    );
    expect(configuration().trust.deny.nodes).toEqual([BEN]);
    expect(await cli.run(['trust', 'set', 'ben', 'peer', '--yes'])).toMatchObject({ code: 0 });
    expect(configuration().trust).toMatchObject({ nodes: { [BEN]: 'peer' }, deny: { nodes: [] } });
  });

  test('a denial in the owner’s file is the owner’s to take back', async () => {
    owner(`[trust.deny]\nnodes = ["${BEN}"]\n`);
    const { code, err } = await cli.run(['trust', 'set', BEN, 'peer', '--yes']);
    expect([code, err]).toEqual([2, expect.stringContaining('HOME/config/caro.toml; remove it there')]);
    expect(configuration().trust.nodes).toEqual({});
  });

  test('list prints what decides, the strongest first, and which file says so', async () => {
    owner(
      '[trust]\ndefault = "share_to"\n[trust.subnets]\n"10.0.1.0/24" = "peer"\n[trust.deny]\nsubnets = ["10.0.9.0/24"]\n',
    );
    await cli.run(['trust', 'set', 'ben', 'query_from']);
    await cli.run(['trust', 'revoke', CLEO]);
    const rows = lines((await cli.run(['trust', 'list', '--json'])).out.replaceAll('HOME/config/', ''));
    expect(rows).toEqual([
      { kind: 'deny-node', who: CLEO, name: null, level: 'denied', file: 'managed.toml' },
      { kind: 'deny-subnet', who: '10.0.9.0/24', name: null, level: 'denied', file: 'caro.toml' },
      { kind: 'node', who: BEN, name: 'ben', level: 'query_from', file: 'managed.toml' },
      { kind: 'subnet', who: '10.0.1.0/24', name: null, level: 'peer', file: 'caro.toml' },
      { kind: 'default', who: null, name: null, level: 'share_to', file: 'caro.toml' },
    ]);
  });

  test('explain names the decision, the rule and the steps; the peer’s own address counts unless another is given', async () => {
    owner('[trust.subnets]\n"10.0.0.0/24" = "peer"\n"10.0.7.0/24" = "supervisor"\n[sharing]\nlevel = 1\n');
    const explained = async (...args: readonly string[]): Promise<Explanation> =>
      JSON.parse((await cli.run(['trust', 'explain', 'ben', '--json', ...args])).out) as Explanation;
    expect(await explained('--query', 'tool-usage')).toMatchObject({
      decision: { allow: true, level: 1, rule: 'trust.subnets "10.0.0.0/24"' },
      trust: 'peer',
      others: { connect: { allow: true }, 'receive-summary': { allow: true, level: 1 } },
    });
    expect(await explained('--query', 'tool-usage', '--from', '10.0.7.1')).toMatchObject({
      decision: { level: 2 },
      trust: 'supervisor',
    });
    expect(await explained('--from', '192.168.0.1')).toMatchObject({
      decision: { allow: false, rule: 'trust.default' },
    });
    const { out } = await cli.run(['trust', 'explain', 'ben', '--query', 'anomalies']);
    expect(out).toContain('May ben ask this node for anomalies from 10.0.0.2?');
    expect(out).toMatch(/decision {2}allow L1\nrule +trust\.subnets "10\.0\.0\.0\/24"/);
    expect(out).toContain('  4. trust.subnets:');
  });
});

describe('the owner’s trust tests', () => {
  const TESTS = `[trust.nodes]\n"${BEN}" = "supervisor"\n[[trust.tests]]\nwho = "${BEN}"\nquery = "anomalies"\nexpect = "allow L2"\n[[trust.tests]]\nwho = "${CLEO}"\nquery = "anomalies"\nexpect = "deny"\n`;

  test('pass and are shown one by one, with what sharing makes of them now', async () => {
    owner(TESTS);
    const { code, out } = await cli.run(['trust', 'test']);
    expect([code, out.split('\n')]).toEqual([
      0,
      [
        `ok    trust.tests[0]: ${BEN} asks for anomalies: allow L2 by trust.nodes (now: deny, by sharing.level)`,
        `ok    trust.tests[1]: ${CLEO} asks for anomalies: deny by trust.default`,
        '',
      ],
    ]);
    expect(await cli.run(['config', 'check'])).toMatchObject({ code: 0 });
  });

  test('fail by name and line, before the service could meet them', async () => {
    owner(TESTS.replace('allow L2', 'allow L1'));
    expect(await cli.run(['trust', 'test'])).toMatchObject({
      code: 1,
      out: expect.stringContaining(`FAIL  trust.tests[0]: ${BEN} asks for anomalies: expected allow L1, got allow L2`),
    });
    expect(lines((await cli.run(['trust', 'test', '--json'])).out)).toMatchObject([{ ok: false }, { ok: true }]);
    expect(await cli.run(['config', 'check'])).toEqual({
      code: 2,
      out: 'HOME/config/caro.toml:6: trust.tests[0].expect: expected "allow L1" for anomalies, got "allow L2" by trust.nodes; change the rule or the test\n',
      err: '',
    });
  });

  test('keep a command from writing what they forbid', async () => {
    owner(TESTS);
    const { code, err } = await cli.run(['trust', 'set', CLEO, 'peer']);
    expect([code, err]).toEqual([2, expect.stringContaining('trust.tests[1]: expected "deny"')]);
    expect(configuration().trust.nodes).toEqual({ [BEN]: 'supervisor' });
    expect(await cli.run(['config', 'check'])).toMatchObject({ code: 0 });
  });

  test('do not stand in the way of a revocation, which is in force and says which of them it overrules', async () => {
    owner(TESTS);
    const { code, out, err } = await cli.run(['trust', 'revoke', BEN]);
    expect([code, out]).toEqual([0, expect.stringContaining('is denied')]);
    expect(err).toContain('trust.tests[0] expects "allow L2" for a node that is revoked');
    expect(configuration().trust.deny.nodes).toEqual([BEN]);
    const results = await cli.run(['trust', 'test']);
    expect([results.code, results.out]).toEqual([0, expect.stringContaining('void  trust.tests[0]')]);
    expect(await cli.run(['config', 'check'])).toMatchObject({ code: 0 });
  });

  test('refuse a denial that the owner wrote himself, since he can mend both in one place', async () => {
    owner(`[trust.deny]\nnodes = ["${BEN}"]\n${TESTS}`);
    expect(await cli.run(['config', 'check'])).toMatchObject({ code: 2 });
    expect((await cli.run(['trust', 'test'])).code).toBe(1);
  });

  test('that fail for another reason keep nobody from revoking: it is written, and what is wrong is said', async () => {
    owner(TESTS.replace('expect = "deny"', 'expect = "allow L1"'));
    expect(await cli.run(['trust', 'revoke', BEN])).toMatchObject({ code: 0 });
    expect(configuration().trust.deny.nodes).toEqual([BEN]);
  });
});
