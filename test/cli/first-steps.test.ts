import { execFileSync } from 'node:child_process';
import { chmodSync, lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { alwaysQuoted } from '../../src/cli/shell-setup/shell-quote.ts';
import { requireShell } from '../rig/programs/require-shell.ts';
import { type CommandLine, commandLine } from './command-line.ts';

const BIN = join(__dirname, '../../bin/caro.js');
let cli: CommandLine;
beforeEach(() => {
  cli = commandLine();
});
afterEach(() => cli.remove());

describe('caro init', () => {
  test('makes a node and says what is left to do', async () => {
    const { code, out } = await cli.run(['init']);
    expect(code).toBe(0);
    expect(
      out
        .replace(/caro:ed25519:\S{44}/, 'ID')
        .replace(/[0-9a-f]{16}/, 'FINGERPRINT')
        .replace(BIN, 'BIN'),
    ).toBe(
      `node id        ID
fingerprint    FINGERPRINT
identity       HOME/data/identity.key (new)
configuration  HOME/config/caro.toml (new)

Put this line at the end of ~/.bashrc and open a new shell:

  if [ -r HOME/data/hooks/caro.bash ]; then . HOME/data/hooks/caro.bash; else eval "$(BIN shell init bash)"; fi

Then start the service: caro service install (at every login) or caro service run (in this terminal).
`,
    );
    expect(lstatSync(cli.places.identityKey).mode & 0o777).toBe(0o600);
    expect(readFileSync(cli.places.config, 'utf8')).toContain('name = "ada-laptop"');
  });

  test('changes nothing the second time', async () => {
    await cli.run(['init', '--quiet']);
    const key = readFileSync(cli.places.identityKey);
    writeFileSync(cli.places.config, '[node]\nname = "mine"\n');
    const { code, out } = await cli.run(['init', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ name: 'mine', isNew: false });
    expect(readFileSync(cli.places.identityKey)).toEqual(key);
  });

  test('says nothing when asked to be quiet, and refuses an unsafe home with the line that mends it', async () => {
    expect(await cli.run(['init', '--quiet'])).toEqual({ code: 0, out: '', err: '' });
    chmodSync(cli.places.data, 0o755);
    expect(await cli.run(['init', '--quiet'])).toEqual({
      code: 1,
      out: '',
      err: "caro: HOME/data: expected mode 0700, got 0755: other users have access; to fix it: chmod 0700 'HOME/data'\n",
    });
  });

  test.each([
    [
      '/usr/bin/zsh',
      '~/.zshrc',
      'if [ -r HOME/data/hooks/caro.zsh ]; then . HOME/data/hooks/caro.zsh; else eval "$(caro shell init zsh)"; fi',
    ],
    [
      '/usr/bin/fish',
      '~/.config/fish/config.fish',
      'if test -r HOME/data/hooks/caro.fish; source HOME/data/hooks/caro.fish; else; caro shell init fish | source; end',
    ],
    [
      '/bin/dash',
      'the file named by $ENV (~/.profile can set it)',
      'if [ -r HOME/data/hooks/caro.sh ]; then . HOME/data/hooks/caro.sh; else eval "$(caro shell init sh)"; fi',
    ],
  ])('knows the line for %s, and says caro where that is this program', async (shell, file, line) => {
    const folder = join(cli.home, 'bin');
    mkdirSync(folder);
    symlinkSync(BIN, join(folder, 'caro'));
    const { out } = await cli.run(['init', '--json'], { env: { SHELL: shell, PATH: `/nowhere:${folder}` } });
    expect(JSON.parse(out)).toMatchObject({ rcFile: file, rcLine: line });
  });
});

describe('caro shell init', () => {
  test.each(['bash', 'fish'] as const)('prints the spool and then the hook for %s as it is', async (shell) => {
    const { code, out } = await cli.run(['shell', 'init', shell]);
    expect(code).toBe(0);
    const [first, ...rest] = out.split('\n');
    expect(first).toBe(shell === 'fish' ? "set -g _caro_d 'HOME/data/spool'" : "_caro_d='HOME/data/spool'");
    expect(rest.join('\n')).toBe(readFileSync(join(__dirname, `../../hooks/caro.${shell}`), 'utf8'));
    expect(lstatSync(cli.places.spool).mode & 0o777).toBe(0o700);
  });

  test('prints the hook for zsh in quotes, which no alias and no option changes', async () => {
    const { out } = await cli.run(['shell', 'init', 'zsh']);
    const [first, ...rest] = out.split('\n');
    expect(first).toBe("_caro_d='HOME/data/spool'");
    const quoted = rest.filter((line) => line.startsWith("$'")).map((line) => line.slice(2, -4));
    const text = quoted.map((line) => line.replaceAll("\\'", "'").replaceAll('\\\\', '\\')).join('\n');
    expect(text.trimEnd()).toBe(readFileSync(join(__dirname, '../../hooks/caro.zsh'), 'utf8').trimEnd());
  });

  test('tells sh where the hooks of the other shells are, as well', async () => {
    const { out } = await cli.run(['shell', 'init', 'sh']);
    const hooks = resolve(__dirname, '../../hooks');
    const [first, second, ...rest] = out.split('\n');
    expect([first, second]).toEqual(["_caro_d='HOME/data/spool'", `_caro_hooks='${hooks}'`]);
    expect(rest.join('\n')).toBe(readFileSync(join(hooks, 'caro.sh'), 'utf8'));
  });

  test('refuses a shell it does not know, with those it knows', async () => {
    const { code, err } = await cli.run(['shell', 'init', 'tcsh']);
    expect(code).toBe(2);
    expect(err).toContain('Allowed choices are bash, zsh, fish, sh.');
  });
});

const nasty = `a'b"c\\d $e\`f\`\n!g*`;
for (const shell of ['bash', 'zsh', 'fish', 'dash'] as const) {
  requireShell(shell)(`quoting for ${shell}`, () => {
    test('keeps every byte', () => {
      const word = alwaysQuoted(shell === 'dash' ? 'sh' : shell, nasty);
      expect(execFileSync(shell, ['-c', `printf %s ${word}`]).toString()).toBe(nasty);
    });
  });
}

describe('caro identity show', () => {
  test('prints what init printed', async () => {
    const { id, fingerprint } = JSON.parse((await cli.run(['init', '--json'])).out) as Record<string, string>;
    const { out } = await cli.run(['identity', 'show', '--json']);
    expect(JSON.parse(out)).toEqual({
      id,
      fingerprint,
      name: 'ada-laptop',
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    const shown = await cli.run(['identity', 'show']);
    expect(shown.out).toContain(`node id      ${id}`);
  });

  test('without an identity says how to make one', async () => {
    expect(await cli.run(['identity', 'show'])).toEqual({
      code: 1,
      out: '',
      err: 'caro: HOME/data/identity.key: expected the identity key, there is none yet; run: caro init\n',
    });
  });
});

describe('caro config check', () => {
  test('is content with what init wrote', async () => {
    await cli.run(['init', '--quiet']);
    expect(await cli.run(['config', 'check'])).toEqual({ code: 0, out: 'HOME/config/caro.toml: valid\n', err: '' });
  });

  test('lists every problem and fails', async () => {
    await cli.run(['init', '--quiet']);
    writeFileSync(cli.places.config, '[dashboard]\nprt = 1\nhost = "0.0.0.0"\n');
    const shown = await cli.run(['config', 'check']);
    expect(shown).toEqual({
      code: 2,
      out: 'HOME/config/caro.toml:2: dashboard.prt: expected one of the keys host, port, got an unknown one; did you mean "port"?\n',
      err: '',
    });
    writeFileSync(cli.places.config, '[dashboard]\nhost = "0.0.0.0"\n');
    const { code, out } = await cli.run(['config', 'check', '--json']);
    expect(code).toBe(2);
    expect(JSON.parse(out)).toMatchObject({
      ok: false,
      problems: [{ line: 2, key: 'dashboard.host' }],
    });
  });
});

describe('a command line', () => {
  test.each([
    ['an unknown command', ['evnts'], "unknown command 'evnts'"],
    ['an unknown option', ['events', '--sinc', '1h'], '(Did you mean --since?)'],
    ['a time that is none', ['events', '--since', 'yesterday'], 'Expected a time ago such as 30m'],
    ['a limit of nothing', ['events', '--limit', '0'], 'Expected a whole number of at least 1.'],
    [
      'a period that is none',
      ['summary', 'preview', '--period', 'yearly'],
      'Allowed choices are hourly, daily, weekly.',
    ],
    [
      'a command to assess that is not quoted',
      ['assess', 'rm', '-rf', 'x'],
      "put '--' before it: caro assess -- rm -rf build",
    ],
    ['a missing argument', ['shell', 'init'], "missing required argument 'shell'"],
  ])('with %s ends with 2 and says what was expected', async (_what, args, text) => {
    const { code, err } = await cli.run(args);
    expect(code).toBe(2);
    expect(err).toContain(text);
  });

  test('to assess takes a command of several words, behind -- with options of its own', async () => {
    const quoted = await cli.run(['assess', 'rm -rf build', '--json']);
    expect(JSON.parse(quoted.out)).toMatchObject({ tools: ['rm'] });
    expect(await cli.run(['assess', '--json', '--', 'rm', '-rf', 'build'])).toEqual(quoted);
  });

  test.each([['status'], ['events'], ['stats'], ['reload'], ['dashboard'], ['audit list'], ['summary preview']])(
    'of %s needs the service and says how to start it',
    async (text) => {
      const { code, err } = await cli.run(text.split(' '));
      expect(code).toBe(1);
      expect(err).toContain('it does not run; start it: caro service start');
    },
  );

  test('of sharing enable needs the service, which shows what would leave', async () => {
    const { code, err } = await cli.run(['sharing', 'enable', '--yes']);
    expect(code).toBe(1);
    expect(err).toContain('has to be seen first; start it: caro service start');
    expect((await cli.run(['sharing', 'disable'])).code).toBe(0);
  });

  test('asked for help or the version ends with 0', async () => {
    expect((await cli.run(['--help'])).code).toBe(0);
    expect((await cli.run(['audit', 'verify', '--help'])).code).toBe(0);
    expect((await cli.run(['version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(JSON.parse((await cli.run(['version', '--json'])).out)).toEqual({
      version: expect.any(String),
      node: process.versions.node,
    });
  });
});
