import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type CommandLine, commandLine } from '../cli/command-line.ts';
import { openShell } from '../rig/programs/pty.ts';
import { CARO, caro, homeEnvironment } from '../rig/service.ts';
import { spoolEntries } from '../rig/spooled-history.ts';
import { openTarget, type Target, write } from './rig.ts';

const [ESC, BEL, CSI] = ['\u001b', '\u0007', '\u009b'];
/** What a terminal obeys or a reader is deceived by, each in a command of its own. */
const HOSTILE: readonly string[] = [
  `printf '${ESC}]0;owned${BEL}'`,
  `${ESC}[2J${ESC}[1;1Hls`,
  `echo ${CSI}31mred`,
  `echo ${ESC}]52;c;cm0gLXJmIC8K${BEL}`,
  `echo ${ESC}P+q544e${ESC}\\`,
  `${ESC}]8;;http://evil.example${BEL}safe${ESC}]8;;${BEL}`,
  'echo \u202emoc.elpmaxe\u202c',
  'echo \u2066hidden\u2069 \u200b\ufeff\u061c',
  'echo \u{e0063}\u{e0061}\u{e0074}',
  'one\u2028two\u0085three',
  `bell${BEL}\b\b\b\rfake`,
];
/**
 * Control and format characters but for the line feed and the joiners; `say` writes line feeds of
 * its own.
 */
const OBEYED = /(?![\n\u200c\u200d])[\p{Cc}\p{Cf}\u2028\u2029]/u;

const shown = (text: string): readonly string[] => text.split('\n').filter((line) => OBEYED.test(line));

describe('of a hostile command', () => {
  let target: Target;
  beforeAll(async () => {
    target = await openTarget();
    await target.observe(HOSTILE);
  });
  afterAll(() => target.close());

  test.each([['events'], ['events', '--json'], ['stats'], ['stats', '--json'], ['events', '--tool', HOSTILE[1] ?? '']])(
    'nothing that a terminal obeys comes out of caro %s %s',
    async (...args) => {
      const { stdout, stderr } = await caro(target.home, ...args);
      expect(shown(stdout + stderr)).toEqual([]);
    },
  );

  test('JSON keeps its value, escaped', async () => {
    const { stdout } = await caro(target.home, 'events', '--json');
    const commands = stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { command: string }).command);
    expect([...commands].sort()).toEqual([...HOSTILE].sort());
  });

  test('nothing reaches a real terminal that shows it, with colours on', async () => {
    const session = await openShell({
      shell: 'bash',
      env: { ...homeEnvironment(target.home) } as Record<string, string>,
    });
    const printed = await session.run(`${CARO} events`);
    await session.run(`${CARO} events >raw 2>&1`);
    const raw = readFileSync(join(session.home, 'raw'), 'utf8');
    await session.close();
    expect(printed).not.toContain(`${ESC}]0;owned`);
    expect(shown(raw)).toEqual([]);
    expect(printed).toContain('\\u001b]0;owned\\u0007');
  });
});

describe('of hostile input to a command', () => {
  let cli: CommandLine;
  beforeAll(async () => {
    cli = commandLine();
    await cli.run(['init', '--quiet']);
  });
  afterAll(() => cli.remove());
  const printed = async (...args: readonly string[]): Promise<readonly [boolean, readonly string[]]> => {
    const { code, out, err } = await cli.run(args);
    return [code === 0, shown(out + err)];
  };

  test.each(HOSTILE)('nothing that a terminal obeys comes out of caro assess: %j', async (command) => {
    for (const form of [[], ['--json']]) expect(await printed('assess', ...form, command)).toEqual([true, []]);
  });

  test('nor out of an error about a configuration', async () => {
    for (const toml of [
      `[node]\nname = "${CSI}31m\u202e"\n`,
      `[observe]\n"${CSI}x\u202e" = 1\n`,
      `[node]\nrole = "\\u001b[2J"\n`,
      `x = ${CSI}`,
    ]) {
      write(cli.places.config, toml);
      for (const args of [['config', 'check'], ['config', 'check', '--json'], ['doctor'], ['sharing', 'status']])
        expect([toml, args, (await printed(...args))[1]]).toEqual([toml, args, []]);
    }
    const { code, stdout, stderr } = await caro(cli.home, 'service', 'run');
    expect([code, shown(stdout + stderr)]).toEqual([2, []]);
    write(cli.places.config, '');
  });

  test('nor out of an error about a file name or an unknown word', async () => {
    const nasty = HOSTILE[0] ?? '';
    for (const args of [
      [nasty],
      ['import', 'bash', '--file', nasty],
      ['audit', 'verify', '--file', nasty],
      ['audit', 'list', '--type', nasty],
      ['trust', 'set', nasty, 'peer'],
      ['peers', 'add', nasty, nasty],
      ['db', 'restore', join(cli.home, nasty)],
    ]) {
      expect([args[0], await printed(...args)]).toEqual([args[0], [false, []]]);
    }
  });

  test('nor out of a hostile audit export that is verified', async () => {
    const file = join(cli.home, 'export.jsonl');
    const good = { seq: 2, time: '2026-01-02T03:04:05.678Z', type: 'x.y', peer: null, details: {} };
    const hashes = { hash: '0'.repeat(64), prevHash: '0'.repeat(64) };
    for (const bad of [
      { seq: `${ESC}]0;owned${BEL}` },
      { time: CSI },
      { type: CSI },
      { peer: CSI },
      { more: CSI },
      {},
    ]) {
      const lines = [{ format: 'caro.audit.v1', node: CSI }, { record: { ...good, ...hashes, ...bad } }];
      write(file, lines.map((line) => JSON.stringify(line)).join('\n'));
      for (const form of [[], ['--json']])
        expect([bad, await printed('audit', 'verify', '--file', file, ...form)]).toEqual([bad, [false, []]]);
    }
  });
});

test('a spool entry with a lone surrogate or invalid UTF-8 is stored and shown without one', async () => {
  const target = await openTarget();
  try {
    const entry = { startMs: Date.now(), durationMs: null, exitCode: 0, cwd: null };
    spoolEntries(
      target.places.spool,
      'zsh',
      [{ ...entry, text: 'echo \uef9b\uef80 raw bytes' }],
      Date.now(),
      Date.now(),
    );
    await target.observe(['echo plain']);
    const { stdout } = await caro(target.home, 'events');
    expect(shown(stdout)).toEqual([]);
    expect(stdout).toContain('raw bytes');
  } finally {
    await target.close();
  }
});
