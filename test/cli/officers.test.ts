/** What officers and owners give to `caro org` by mistake: each error says what was expected. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type CommandLine, commandLine } from './command-line.ts';

let line: CommandLine;
/** With a draft of version 1. */
let folder: string;
const file = (name: string): string => join(line.home, name);
const org = (...args: readonly string[]) => line.run(['org', ...args]);

beforeAll(async () => {
  line = commandLine();
  folder = file('draft');
  for (const args of [['init'], ['org', 'key', file('anna.key')]]) expect((await line.run(args)).code).toBe(0);
  expect((await org('request', 'acme', '--output', file('analyst.json'))).code).toBe(0);
  const made = await org(
    ...['create', 'acme', '--officer', `anna=${file('anna.key')}`, '--threshold', '1'],
    ...['--supervisor', `${file('analyst.json')}@10.0.1.5:9238`, '--dir', folder],
  );
  expect(made).toMatchObject({ code: 0, err: '' });
});
afterAll(() => line.remove());

test.each([
  ['request "Acme Inc" --output x', 'from a-z, 0-9, . and -'],
  ['create "Acme Inc" --officer a=b --supervisor c@d', 'from a-z, 0-9, . and -'],
  ['request acme --unit "ber lin" --output x', 'from a-z, 0-9, / . _ and -'],
  ['join FILE --unit Berlin', 'from a-z, 0-9, / . _ and -'],
  ['join FILE --name "Dev 1"', 'Expected 1 to 32 characters from a-z, 0-9 and -.'],
  ['join FILE --replaces "Dev 1"', 'Expected 1 to 32 characters from a-z, 0-9 and -.'],
  ['change --floor 4', 'Expected a whole number from 5 to 1000000.'],
  ['change --threshold 17', 'Expected a whole number from 1 to 16.'],
  ['change --level 3', 'Expected 1 or 2.'],
  ['create acme --officer a=b --supervisor c@d --window 23', 'Expected a whole number from 24 to 720.'],
  ['create acme --officer a=b --supervisor c@d --days 401', 'Expected a whole number from 1 to 400.'],
  ['relay-config --key FILE --disk 5', 'Expected a whole number from 6 to 1000.'],
  ['change --officer boris', 'expected an officer as name=key, got "boris"'],
  ['change --officer boris=nowhere', 'expected the id of the key of boris (caro:ed25519:'],
  ['change --address analyst=10.0.1.5', 'expected an address as IP:port, such as 10.0.1.5:9238, got "10.0.1.5"'],
  ['change --relay tls://10.0.0.9:4222', 'expected a relay as tls://IP:port=HASH'],
  [
    'sign --key nowhere --yes',
    'nowhere: expected the key of an officer, there is no file; make one: caro org key FILE',
  ],
  ['publish', 'expected the signatures of 1 officers, got 0; sign the draft: caro org sign --key FILE'],
])('org %s', async (words, expected) => {
  const args = (words.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ''));
  const inFolder = ['change', 'sign', 'publish', 'relay-config'].includes(args[0] ?? '') ? ['--dir', folder] : [];
  const before = readdirSync(folder);
  const { code, err } = await org(...args, ...inFolder);
  expect(err).toContain(expected);
  expect(err).not.toMatch(/schema|pattern/);
  expect(code).toBeGreaterThan(0);
  expect(readdirSync(folder)).toEqual(before);
});
