/** A node that is revoked inside a trusted subnet: its address can be denied with it. */
import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { loadConfiguration } from '../../../src/config/loader.ts';
import { encodeNodeId } from '../../../src/domain/identity/node-id.ts';
import { type CommandLine, commandLine } from '../command-line.ts';

const BEN = encodeNodeId(new Uint8Array(32).fill(1));
const TRUSTED = '[trust.subnets]\n"10.0.0.0/24" = "peer"\n"fd00::/64" = "peer"\n';

let cli: CommandLine;
beforeEach(async () => {
  cli = commandLine();
  await cli.run(['init', '--quiet']);
  writeFileSync(cli.places.config, TRUSTED);
  await cli.run(['peers', 'add', BEN, '10.0.0.2:9238', '--name', 'ben']);
});
afterEach(() => cli.remove());

const denied = () => loadConfiguration(cli.places, 'host').configuration.trust.deny;

test('--deny-address denies it in a script', async () => {
  const { code, out } = await cli.run(['trust', 'revoke', 'ben', '--deny-address']);
  expect([code, out]).toEqual([0, expect.stringContaining('10.0.0.2/32: denied to every node there')]);
  expect(denied()).toEqual({ nodes: [BEN], subnets: ['10.0.0.2/32'] });
});

test('a yes to the offer denies it', async () => {
  const { code, out } = await cli.run(['trust', 'revoke', 'ben'], { typed: 'y\n', columns: 80 });
  expect([code, out]).toEqual([0, expect.stringContaining('Deny 10.0.0.2/32 to every node there as well? [y/N]')]);
  expect(denied()).toEqual({ nodes: [BEN], subnets: ['10.0.0.2/32'] });
});

test.each([
  ['a no', { typed: 'n\n', columns: 80 }],
  ['a pipe', { input: 'y\n' }],
])('%s revokes the node, denies no address and names the option', async (_what, options) => {
  const { code, err } = await cli.run(['trust', 'revoke', 'ben'], options);
  expect([code, err]).toEqual([0, expect.stringContaining('repeat this command with --deny-address')]);
  expect(denied()).toEqual({ nodes: [BEN], subnets: [] });
});

test('an address outside the trusted subnets is not offered', async () => {
  await cli.run(['peers', 'add', BEN, '10.0.9.2:9238']);
  const { err } = await cli.run(['trust', 'revoke', 'ben', '--deny-address']);
  expect(err).toContain('no address of it is known in these subnets');
  expect(denied()).toEqual({ nodes: [BEN], subnets: [] });
});

test('an IPv6 address is denied in its one spelling', async () => {
  await cli.run(['peers', 'add', BEN, '[fd00:0::0005]:9238']);
  await cli.run(['trust', 'revoke', 'ben', '--deny-address']);
  expect(denied().subnets).toEqual(['fd00::5/128']);
});
