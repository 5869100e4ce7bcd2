/**
 * No command that asks acts without an answer: each is run in every way in which nobody can be
 * asked, or does not say yes.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Command } from 'commander';
import { processContext } from '../../src/cli/context.ts';
import { createProgram } from '../../src/cli/main.ts';
import { openIdentity } from '../../src/identity/identity.ts';
import { signRotation } from '../../src/identity/key-statement.ts';
import { EMPTY_KEY_BOOK, observeRotation } from '../../src/keys/key-book.ts';
import { writeKeyBook } from '../../src/keys/key-book-file.ts';
import { openDatabase } from '../../src/storage/database.ts';
import { openShell, type ShellSession } from '../rig/programs/pty.ts';
import { CARO, homeEnvironment } from '../rig/service.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import { type CommandLine, commandLine } from './command-line.ts';

/** Every command that asks, and the question. A test compares it with the command line. */
const ASKING: Readonly<Record<string, readonly [args: readonly string[], question: string]>> = {
  'sharing enable': [['sharing', 'enable', '--level', '2'], 'Allow this?'],
  'identity rotate': [['identity', 'rotate'], 'Change the key of this node?'],
  'trust confirm': [['trust', 'confirm', 'ben'], 'Did its owner tell you this fingerprint?'],
  'trust set': [['trust', 'set', 'eve', 'peer'], 'Trust in eve was revoked. Trust its key again?'],
  'events delete': [['events', 'delete', '--last'], 'Delete this command'],
  'blind join': [['blind', 'join', 'task'], 'Take part in this task?'],
  'blind endorse': [['blind', 'endorse', 'draft', '--output', 'offer'], 'Endorse this task as its trustee?'],
  'org join': [['org', 'join', 'example-gmbh.caro-org'], 'Join example-gmbh?'],
  'org accept': [['org', 'accept'], 'Agree to version'],
  'org sign': [['org', 'sign', '--key', 'anna.key'], 'Sign this version?'],
  'agents install': [['agents', 'install', 'claude-code'], 'Add this to'],
  'agents uninstall': [['agents', 'uninstall', 'claude-code'], 'Remove this from'],
  'db reset': [['db', 'reset'], 'Replace the database with an empty one?'],
};
/** These ask only with a running service, a draft of officers or the settings of an agent. */
const ONLINE = [
  ...['sharing enable', 'events delete', 'blind join', 'blind endorse'],
  ...['org join', 'org accept', 'org sign', 'agents install', 'agents uninstall'],
];
/** These look at their file before anybody is asked. */
const FROM_FILE = ['blind join', 'blind endorse', 'org join'];
const OFFLINE = Object.entries(ASKING).filter(([name]) => !ONLINE.includes(name));
const NOW = new Date('2026-03-04T05:06:07.008Z');

let cli: CommandLine;
const folder = temporaryFolders();

beforeEach(async () => {
  cli = commandLine();
  const keys = folder();
  const [ben, eve] = ['ben', 'eve'].map((name) => openIdentity(join(keys, name)).id);
  await cli.run(['init', '--quiet']);
  writeFileSync(cli.places.config, '[dashboard]\nport = 0\n');
  await cli.run(['peers', 'add', ben ?? '', '10.0.0.2:9238', '--name', 'ben']);
  await cli.run(['peers', 'add', eve ?? '', '10.0.0.3:9238', '--name', 'eve']);
  await cli.run(['trust', 'set', 'ben', 'peer']);
  await cli.run(['trust', 'revoke', 'eve']);
  const statement = signRotation(openIdentity(join(keys, 'ben')), openIdentity(join(keys, 'heir')), {
    nowMs: NOW.getTime(),
    nonce: new Uint8Array(16),
  });
  writeKeyBook(cli.places.peerKeys, observeRotation(EMPTY_KEY_BOOK, statement, NOW.getTime()).book);
  openDatabase(cli.places.database, NOW.getTime()).database.close();
});
afterEach(() => cli.remove());

/** Everything that this node keeps, byte for byte. */
function state(): string {
  const files = readdirSync(cli.home, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const hash = createHash('sha256');
  for (const file of files) hash.update(file).update(readFileSync(file));
  return hash.digest('hex');
}

function leaves(command: Command, path: readonly string[] = []): readonly (readonly [string, Command])[] {
  if (command.commands.length === 0) return [[path.join(' '), command]];
  return command.commands.flatMap((child) => leaves(child, [...path, child.name()]));
}

test('the commands that ask are these, and every one of them takes --yes', () => {
  const program = createProgram(processContext(new AbortController().signal, () => undefined));
  const withYes = leaves(program).filter(([, command]) => command.options.some(({ long }) => long === '--yes'));
  expect(withYes.map(([name]) => name).sort()).toEqual(Object.keys(ASKING).sort());
});

describe('where nobody can be asked, the command fails, names --yes and changes nothing:', () => {
  const WAYS = [
    ['neither stdin nor stdout is a terminal', { input: '' }],
    ['a yes comes from a pipe', { input: 'y\n' }],
    ['a yes comes from a pipe and stdout is a terminal', { input: 'y\n', columns: 80 }],
    ['stdin is a terminal and stdout is not', { typed: 'y\n' }],
  ] as const;
  const CASES = Object.entries(ASKING).flatMap(([name, [args]]) =>
    WAYS.map(([way, options]) => [name, way, args, options, FROM_FILE.includes(name)] as const),
  );

  test.each(CASES)('%s, when %s', async (_name, _way, args, options, isFromFile) => {
    const before = state();
    const { code, err, out } = await cli.run(args, options);
    expect(code).toBe(2);
    // These report first what is wrong with their file; here it is missing.
    expect(err).toContain(isFromFile ? 'that can be read' : 'add --yes');
    expect(out).not.toContain('[y/N]');
    expect(state()).toBe(before);
  });
});

describe('an answer other than yes changes nothing and is not success:', () => {
  const ANSWERS = [
    ['no', 'no\n'],
    ['an empty line', '\n'],
    ['a word that begins with y', 'yesterday\n'],
    ['the end of the input', ''],
  ] as const;
  const CASES = OFFLINE.flatMap(([name, [args, question]]) =>
    ANSWERS.map(([answer, typed]) => [name, answer, args, question, typed] as const),
  );

  test.each(CASES)('%s, answered with %s', async (_name, _answer, args, question, typed) => {
    const before = state();
    const { code, out } = await cli.run(args, { typed, columns: 80 });
    expect(out).toContain(question);
    expect(out).toContain('Nothing has changed.');
    expect(code).toBe(1);
    expect(state()).toBe(before);
  });
});

test.each(OFFLINE)('%s acts after a yes on the terminal', async (_name, [args]) => {
  const before = state();
  expect(await cli.run(args, { typed: ' YES \n', columns: 80 })).toMatchObject({ code: 0, err: '' });
  expect(state()).not.toBe(before);
});

test.each(OFFLINE)('%s acts without a terminal where --yes is given', async (_name, [args]) => {
  const before = state();
  expect(await cli.run([...args, '--yes'])).toMatchObject({ code: 0, err: '' });
  expect(state()).not.toBe(before);
});

describe('in a real terminal', () => {
  let shell: ShellSession;
  beforeEach(async () => {
    const env = Object.entries(homeEnvironment(cli.home)).filter(
      (one): one is [string, string] => one[1] !== undefined,
    );
    shell = await openShell({ shell: 'bash', env: { ...Object.fromEntries(env), HOME: cli.home } });
    await shell.run(`caro() { '${CARO}' "$@"; }`);
  });
  afterEach(() => shell.close());

  test.each([
    ['into a pager', `caro identity rotate | cat; echo "ended \${PIPESTATUS[0]}"`],
    ['with a no from a pipe', 'echo n | caro identity rotate >/dev/null; echo "ended $?"'],
    ['with a yes from a pipe', 'yes | caro identity rotate; echo "ended $?"'],
    ['with stdin closed', 'caro identity rotate <&-; echo "ended $?"'],
    ['with stdout closed', 'caro identity rotate >&-; echo "ended $?"'],
    ['as JSON into a file', 'caro identity rotate --json >/dev/null; echo "ended $?"'],
  ])('a command %s does not act', async (_way, line) => {
    const before = state();
    const shown = await shell.run(line);
    expect(shown).toContain('add --yes');
    expect(shown).toContain('ended 2');
    expect(state()).toBe(before);
  });

  test.each([
    ['n and Enter', (): void => shell.type('n')],
    ['Ctrl-D', (): void => shell.endOfFile()],
    ['Ctrl-C', (): void => shell.interrupt()],
  ])('%s at the question is a no', async (_key, press) => {
    const before = state();
    shell.type('caro identity rotate; echo "ended $?"');
    await shell.waitFor('[y/N] ');
    press();
    await shell.waitFor('ended 1');
    expect(state()).toBe(before);
  });

  test('y and Enter is a yes', async () => {
    const before = state();
    shell.type('caro identity rotate; echo "ended $?"');
    await shell.waitFor('[y/N] ');
    shell.type('y');
    await shell.waitFor('ended 0');
    expect(state()).not.toBe(before);
  });
});
