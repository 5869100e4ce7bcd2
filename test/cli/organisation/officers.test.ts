/** What officers and owners give to `caro org` by mistake: each error says what was expected. */
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type CommandLine, commandLine } from '../command-line.ts';

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
  ['change --without-officer dora', 'expected the name of an officer (anna), dora is none'],
  [
    'change --address analyst=10.0.1.5:99999',
    'expected an address as IP:port, such as 10.0.1.5:9238, got "10.0.1.5:99999"',
  ],
  ['approve ada --address 10.0.1.9:9238', 'expected --address together with --as supervisor or --as trustee'],
  ['approve', 'expected names or fingerprints, or --file with an inventory, and not both'],
  ['approve ada --file x.csv', 'expected names or fingerprints, or --file with an inventory, and not both'],
  [
    'sign --key HOME/analyst.json --yes',
    'HOME/analyst.json: expected the key of an officer, as caro org key makes it, got another file',
  ],
  ['sign --key HOME --yes', 'HOME: expected the key of an officer, as caro org key makes it, got another file'],
  ['publish', 'expected the signatures of 1 officers, got 0; sign the draft: caro org sign --key FILE'],
])('org %s', async (words, expected) => {
  const args = (words.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', '').replace('HOME', line.home));
  const inFolder = ['approve', 'change', 'sign', 'publish', 'relay-config'].includes(args[0] ?? '')
    ? ['--dir', folder]
    : [];
  const before = readdirSync(folder);
  const { code, err } = await org(...args, ...inFolder);
  expect(err).toContain(expected);
  expect(err).not.toMatch(/schema|pattern/);
  expect(code).toBeGreaterThan(0);
  expect(readdirSync(folder)).toEqual(before);
});

const officer = (name: string): readonly string[] => ['--officer', `${name}=${file(`${name}.key`)}`];

/** A roster with two officers, both of whom have to sign. */
async function draftOfTwo(dir: string): Promise<void> {
  for (const name of ['anna', 'boris']) expect((await org('key', file(`${name}.key`))).code).toBe(0);
  const made = await org(
    ...['create', 'acme', ...officer('anna'), ...officer('boris'), '--dir', dir],
    ...['--supervisor', `${file('analyst.json')}@10.0.1.5:9238`],
  );
  expect(made.out).toContain('next: officers sign it: caro org sign --key FILE --dir HOME/');
}
const signing = (name: string, dir: string): readonly string[] => ['sign', '--key', file(`${name}.key`), '--dir', dir];

test('a file that is no key of an officer is left alone, and nobody is told to move it or to change its mode', async () => {
  const notes = file('notes.txt');
  writeFileSync(notes, 'no key', { mode: 0o644 });
  for (const path of [notes, line.home]) {
    const { code, err } = await org('key', path);
    expect(err).toContain('expected the key of an officer, as caro org key makes it, got another file');
    expect(err).not.toMatch(/chmod|mv|new node/);
    expect(code).toBeGreaterThan(0);
  }
  expect(readFileSync(notes, 'utf8')).toBe('no key');
  chmodSync(file('anna.key'), 0o644);
  expect((await org('key', file('anna.key'))).err).toContain("chmod 0600 'HOME/anna.key'");
  chmodSync(file('anna.key'), 0o600);
  expect((await org('key', file('nowhere/x.key'))).err).toContain('name one in a folder of yours');
});

test('no node is both supervisor and trustee of a first version', async () => {
  const node = `${file('analyst.json')}@10.0.1.5:9238`;
  const dir = file('twice');
  const { code, err } = await org(
    ...[
      'create',
      'acme',
      ...officer('anna'),
      '--threshold',
      '1',
      '--dir',
      dir,
      '--supervisor',
      node,
      '--trustee',
      node,
    ],
  );
  expect(err).toMatch(/expected each node once, as supervisor or as trustee, got ada-laptop \([0-9a-f]{16}\) twice/);
  expect(code).toBe(2);
  expect(existsSync(dir)).toBe(false);
});

test('who signs while another officer is asked, adds to that signature', async () => {
  const dir = file('two');
  await draftOfTwo(dir);
  const anna = await line.run(['org', ...signing('anna', dir)], {
    columns: 80,
    typed: async () => {
      expect((await org(...signing('boris', dir), '--yes')).out).toContain('signed; 1 of 2 signatures');
      return 'y\n';
    },
  });
  expect(anna.out).toContain('signed; 2 of 2 signatures\nnext: caro org publish --dir HOME/two');
  expect(await org('publish', '--dir', dir)).toMatchObject({ code: 0, err: '' });
});

test('a draft that was changed while an officer was asked is not signed', async () => {
  const dir = file('changed');
  await draftOfTwo(dir);
  const anna = await line.run(['org', ...signing('anna', dir)], {
    columns: 80,
    typed: async () => {
      expect((await org('change', '--floor', '30', '--dir', dir)).code).toBe(0);
      return 'y\n';
    },
  });
  expect(anna.err).toContain('expected the draft that you were shown, it was changed meanwhile; nothing was signed');
  const boris = await org(...signing('boris', dir), '--yes');
  expect(boris.out).toContain('floor: 30');
  expect(boris.out).toContain('signed; 1 of 2 signatures\nnext: another officer signs: caro org sign --key FILE');
});

test('only a present trustee endorses another one', async () => {
  const dir = file('trustees');
  const made = await org(
    ...['create', 'acme', ...officer('anna'), '--threshold', '1', '--dir', dir],
    ...['--supervisor', `${file('analyst.json')}@10.0.1.5:9238`],
  );
  expect(made.code).toBe(0);
  for (const args of [
    [...signing('anna', dir), '--yes'],
    ['publish', '--dir', dir],
  ])
    expect((await org(...args)).code).toBe(0);
  expect((await org('request', 'acme', '--name', 'council', '--output', file('council.json'))).code).toBe(0);
  mkdirSync(join(dir, 'requests'));
  copyFileSync(file('council.json'), join(dir, 'requests', 'council.json'));
  expect((await org('approve', 'council', '--as', 'trustee', '--address', '10.0.2.5:9238', '--dir', dir)).code).toBe(0);
  const { code, err } = await org('endorse', 'council', '--dir', dir);
  expect(err).toContain('expected the node of a present trustee (there is none), this one is');
  expect(code).toBe(2);
});

test.each(['heads', 'deltas', 'requests'])('a damaged file among the %s of a folder is named', async (name) => {
  const dir = file(`carried-${name}`);
  for (const folder of ['heads', name]) mkdirSync(join(dir, folder), { recursive: true });
  writeFileSync(join(dir, name, '000009.json'), '{"a":1}', { mode: 0o600 });
  const { code, err } = await org('import', dir);
  expect(err).toContain(`HOME/carried-${name}/${name}/000009.json: expected `);
  expect(code).toBeGreaterThan(0);
});

test('an inventory of a spreadsheet is read, and lines that are not understood are named', async () => {
  const dir = file('inventory');
  await draftOfTwo(dir);
  const shown = await line.run(['org', 'request', 'acme', '--name', 'ws-1', '--output', file('ws-1.json')]);
  const print = /[0-9a-f]{16}/.exec(shown.out)?.[0] ?? '';
  mkdirSync(join(dir, 'requests'));
  copyFileSync(file('ws-1.json'), join(dir, 'requests', 'ws-1.json'));
  const inventory = file('inventory.csv');
  writeFileSync(inventory, `\uFEFFws-1;${print.toUpperCase()}\r\nws-2;123\r\n\r\nws-3;0123456789abcdef\r\n`);
  const { code, out } = await org('approve', '--file', inventory, '--dir', dir);
  expect(code).toBe(0);
  expect(out).toContain('line 2 is not "name,fingerprint" with 16 hex digits: left out');
  expect(out).toContain('no request: ws-3 0123456789abcdef');
  expect(out).toContain('new: ws-1');
  writeFileSync(inventory, 'ws-3,0123456789abcdef\n');
  const none = await org('approve', '--file', inventory, '--dir', dir);
  expect(none.err).toContain('expected a line with name and fingerprint of a request, got none of 1');
  expect(none.code).toBeGreaterThan(0);
});
