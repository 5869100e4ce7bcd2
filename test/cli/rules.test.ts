import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openDatabase } from '../../src/storage/database.ts';
import { createEventStore } from '../../src/storage/events/event-store.ts';
import { selecting } from '../risk/custom/sigma.ts';
import { type CommandLine, commandLine } from './command-line.ts';

const CRONTAB = selecting('Image|endswith: /crontab').replace(
  'level: high',
  'level: high\ntags:\n    - attack.t1053.003\nadvice: Ask the scheduling team.',
);
const PARENT = selecting('ParentImage|endswith: /java');

let cli: CommandLine;
let source: string;
beforeEach(() => {
  cli = commandLine();
  mkdirSync(dirname(cli.places.config), { recursive: true, mode: 0o700 });
  source = join(cli.home, 'source');
  mkdirSync(source, { mode: 0o700 });
});
afterEach(() => cli.remove());

const file = (name: string, text: string): string => {
  const path = join(source, name);
  writeFileSync(path, text);
  return path;
};
const installed = (): readonly string[] => (existsSync(cli.places.rules) ? readdirSync(cli.places.rules) : []);
const json = (text: string): unknown[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);

describe('caro rules add', () => {
  test('copies a rule that can be used, privately, and rates with it at once', async () => {
    const { code, out } = await cli.run(['rules', 'add', file('crontab.yml', CRONTAB)]);
    expect([code, out]).toEqual([0, 'crontab.yml: added\n1 can be used, 0 not added\n']);
    expect(readFileSync(join(cli.places.rules, 'crontab.yml'), 'utf8')).toBe(CRONTAB);
    expect(statSync(join(cli.places.rules, 'crontab.yml')).mode & 0o777).toBe(0o600);
    expect(statSync(cli.places.rules).mode & 0o777).toBe(0o700);
    const { out: rated } = await cli.run(['assess', '--json', 'crontab -l']);
    expect(JSON.parse(rated)).toMatchObject({
      level: 'high',
      rules: [
        {
          id: 'organisation.crontab',
          technique: 'T1053.003',
          family: 'organisation',
          reason: 'A test rule',
          safer: 'Ask the scheduling team.',
        },
      ],
    });
    const { out: lines } = await cli.run(['assess', '--jsonl'], { input: '{"id": 1, "command": "crontab -l"}\n' });
    expect(JSON.parse(lines)).toMatchObject({ level: 'high' });
  });

  test('makes the folder before the service ever ran, with the folders above it', async () => {
    rmSync(dirname(cli.places.config), { recursive: true });
    const { code, out } = await cli.run(['rules', 'add', file('crontab.yml', CRONTAB)]);
    expect([code, out]).toEqual([0, 'crontab.yml: added\n1 can be used, 0 not added\n']);
    for (const folder of [dirname(cli.places.config), cli.places.rules])
      expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  test('adds the files that can be used, names the others with the reason, and fails', async () => {
    const { code, out } = await cli.run([
      'rules',
      'add',
      file('crontab.yml', CRONTAB),
      file('parent.yml', PARENT),
      file('x.txt', CRONTAB),
      '--json',
    ]);
    expect(code).toBe(1);
    expect(json(out)).toMatchObject([
      { file: 'crontab.yml', result: 'added', reason: null },
      { file: 'parent.yml', result: 'refused', reason: expect.stringContaining('ParentImage') },
      { file: 'x.txt', result: 'refused', reason: expect.stringContaining('.yml') },
    ]);
    expect(installed()).toEqual(['crontab.yml']);
  });

  test('overwrites a file of the same name only when told to', async () => {
    await cli.run(['rules', 'add', file('crontab.yml', CRONTAB)]);
    expect((await cli.run(['rules', 'add', join(source, 'crontab.yml')])).out).toContain('unchanged');
    const changed = CRONTAB.replace('level: high', 'level: critical');
    const { code, out } = await cli.run(['rules', 'add', file('crontab.yml', changed)]);
    expect([code, out]).toEqual([1, expect.stringContaining('add --replace')]);
    expect((await cli.run(['rules', 'add', '--replace', join(source, 'crontab.yml')])).out).toContain('replaced');
    expect(readFileSync(join(cli.places.rules, 'crontab.yml'), 'utf8')).toBe(changed);
  });

  test('refuses a rule whose name another file has', async () => {
    await cli.run(['rules', 'add', file('crontab.yml', CRONTAB)]);
    const { code, out } = await cli.run(['rules', 'add', file('CRONTAB.yaml', CRONTAB)]);
    expect([code, out]).toEqual([1, expect.stringContaining('crontab.yml has a rule of the same name')]);
  });

  test('does not write through a planted link', async () => {
    mkdirSync(cli.places.rules, { mode: 0o700 });
    const victim = file('victim', 'keep');
    symlinkSync(victim, join(cli.places.rules, 'crontab.yml'));
    await cli.run(['rules', 'add', '--replace', file('crontab.yml', CRONTAB)]);
    expect(readFileSync(victim, 'utf8')).toBe('keep');
  });

  test('adds nothing to a folder that is not read because others can write it', async () => {
    mkdirSync(cli.places.rules, { mode: 0o700 });
    chmodSync(cli.places.rules, 0o777);
    const { code, err } = await cli.run(['rules', 'add', file('crontab.yml', CRONTAB)]);
    expect([code, err]).toEqual([1, expect.stringMatching(/HOME\/config\/rules: expected nobody else.*chmod go-w/)]);
    expect(installed()).toEqual([]);
  });

  test('names a file that is not there', async () => {
    const { code, err } = await cli.run(['rules', 'add', join(source, 'none.yml')]);
    expect([code, err]).toEqual([1, expect.stringMatching(/none\.yml: expected a rule file, got ENOENT/)]);
  });
});

describe('caro rules list and remove', () => {
  test('list shows rules in force and those set aside, with the reason, and fails for these', async () => {
    expect(await cli.run(['rules', 'list'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('No rules in HOME/config/rules'),
    });
    await cli.run(['rules', 'add', file('crontab.yml', CRONTAB)]);
    expect((await cli.run(['rules', 'list'])).out).toMatch(/in force +high +T1053\.003 +crontab\.yml +A test rule/);
    writeFileSync(join(cli.places.rules, 'bad.yml'), 'a: [', { mode: 0o600 });
    writeFileSync(join(cli.places.rules, 'open.yml'), CRONTAB);
    chmodSync(join(cli.places.rules, 'open.yml'), 0o666);
    const { code, out } = await cli.run(['rules', 'list', '--json']);
    expect(code).toBe(1);
    expect(json(out)).toMatchObject([
      { file: 'open.yml', state: 'set-aside', reason: expect.stringContaining('chmod go-w') },
      { file: 'bad.yml', state: 'set-aside', reason: expect.stringContaining('expected YAML') },
      { file: 'crontab.yml', state: 'in-force', id: 'organisation.crontab' },
    ]);
  });

  test('remove takes a file or the id of a rule', async () => {
    await cli.run(['rules', 'add', file('a.yml', CRONTAB), file('b.yml', CRONTAB)]);
    expect(await cli.run(['rules', 'remove', 'organisation.a'])).toMatchObject({ code: 0, out: 'a.yml: removed\n' });
    expect(JSON.parse((await cli.run(['rules', 'remove', 'b.yml', '--json'])).out)).toEqual({ removed: 'b.yml' });
    expect(installed()).toEqual([]);
    for (const name of ['b.yml', '../caro.toml', '/etc/passwd'])
      expect(await cli.run(['rules', 'remove', name])).toMatchObject({
        code: 1,
        err: expect.stringContaining('caro rules list'),
      });
  });

  test('the folder of the configuration is used instead', async () => {
    const other = join(cli.home, 'other');
    mkdirSync(other, { mode: 0o700 });
    writeFileSync(cli.places.config, `[rules]\nfolder = ${JSON.stringify(other)}\n`, { mode: 0o600 });
    await cli.run(['rules', 'add', file('crontab.yml', CRONTAB)]);
    expect(readdirSync(other)).toEqual(['crontab.yml']);
    writeFileSync(cli.places.config, '[rules]\nfolder = "rules"\n', { mode: 0o600 });
    expect(await cli.run(['rules', 'list'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('expected an absolute path'),
    });
    const { out, err } = await cli.run(['assess', 'crontab -l']);
    expect(out).toMatch(/^safe/);
    expect(err).toContain('the rules of your organization are not applied');
  });
});

describe('caro rules test', () => {
  test('says what a rule is, without adding it', async () => {
    const { code, out } = await cli.run(['rules', 'test', file('crontab.yml', CRONTAB)]);
    expect([code, out]).toEqual([0, 'high  A test rule  T1053.003\n']);
    expect(installed()).toEqual([]);
    const { code: refused, out: why } = await cli.run(['rules', 'test', file('parent.yml', PARENT)]);
    expect([refused, why]).toEqual([1, expect.stringMatching(/set aside +A test rule: it needs ParentImage/)]);
  });

  test('--replay shows which commands of the own history would have had another level', async () => {
    mkdirSync(cli.places.data, { recursive: true, mode: 0o700 });
    const startMs = Date.parse('2026-03-03T00:00:00Z');
    const { database } = openDatabase(cli.places.database, startMs);
    const started = ['crontab -l', 'ls', 'crontab -u ‹redacted:password›'].map((command, index) => ({
      key: { session: 'bash.1.1', command: index + 1 },
      startMs: startMs + index,
      shell: 'bash' as const,
      command,
      cwd: null,
      tools: ['x'],
      category: 'other',
      pattern: { name: 'other', tool: 'other' },
      risk: 'safe' as const,
      rules: [],
      redacted: false,
    }));
    createEventStore(database, 'rig').commit({
      started,
      finished: [],
      ended: [],
      offsets: [],
      dropped: [],
      nowMs: startMs,
    });
    database.close();
    const path = file('crontab.yml', CRONTAB);
    const { code, out } = await cli.run(['rules', 'test', path, '--replay', '30d']);
    expect(code).toBe(0);
    expect(out).toMatch(/^3 commands since .*: 2 match$/m);
    expect(out).toMatch(/^ {2}2 safe would have been high$/m);
    expect(out).toMatch(/secrets masked/);
    expect(out).toMatch(/safe +high +crontab -l/);
    const { out: machine } = await cli.run(['rules', 'test', path, '--replay', '30d', '--json']);
    expect(JSON.parse(machine)).toMatchObject({
      rules: [{ id: 'organisation.crontab' }],
      replay: { commands: 3, matches: 2, changes: [{ from: 'safe', to: 'high', count: 2 }], readTo: null },
    });
    expect((await cli.run(['rules', 'test', path, '--replay', '1h'])).out).toMatch(/^0 commands/m);
    const { code: noTime, err } = await cli.run(['rules', 'test', path, '--replay', 'soon']);
    expect([noTime, err]).toEqual([2, expect.stringContaining('30m, 1h, 7d')]);
  });

  test('--replay without a database says what to do', async () => {
    const { code, err } = await cli.run(['rules', 'test', file('crontab.yml', CRONTAB), '--replay', '1d']);
    expect([code, err]).toEqual([1, expect.stringContaining('start the service once')]);
  });
});

test('doctor reports rules that are set aside, and nothing where there are none', async () => {
  const verdict = async (): Promise<unknown> =>
    json((await cli.run(['doctor', '--json'])).out).find(
      (line) => (line as { check: string }).check === 'custom rules',
    );
  expect(await verdict()).toBeUndefined();
  await cli.run(['rules', 'add', file('crontab.yml', CRONTAB)]);
  expect(await verdict()).toMatchObject({ state: 'ok', text: '1 from HOME/config/rules' });
  writeFileSync(join(cli.places.rules, 'parent.yml'), PARENT, { mode: 0o600 });
  expect(await verdict()).toMatchObject({
    state: 'bad',
    text: expect.stringMatching(/1 can be used, 1 set aside.*\nparent\.yml: it needs ParentImage/s),
  });
}, 60_000);

describe('caro assess --explain', () => {
  test('shows how the line was read and which words decided', async () => {
    const { code, out } = await cli.run(['assess', '--explain', 'sudo rm -v -rf /etc && ls']);
    expect(code).toBe(0);
    expect(out).toMatch(/^Read as 3 commands:$/m);
    expect(out).toMatch(/^ {2}1 {2}sudo rm -v -rf \/etc {2}\(starts the next command\)$/m);
    expect(out).toMatch(/^ {2}2 {2}rm -v -rf \/etc {2}\(through sudo, as root\)$/m);
    expect(out).toMatch(/critical {2}files\.\S+: decided by .*\/etc/);
    expect(out).toMatch(/^ {2}3 {2}ls {2}\(may not run\)$/m);
    expect(out).toMatch(/^critical: the highest level of \d+ match/m);
  });

  test('is part of the JSON object, and refused with --jsonl', async () => {
    const { out } = await cli.run(['assess', '--explain', '--json', 'rm -rf /']);
    expect(JSON.parse(out)).toMatchObject({
      level: 'critical',
      explanation: { level: 'critical', complete: true, commands: [{ tool: 'rm' }] },
    });
    const { code, err } = await cli.run(['assess', '--explain', '--jsonl'], { input: '' });
    expect([code, err]).toEqual([2, expect.stringContaining('--jsonl')]);
  });
});
