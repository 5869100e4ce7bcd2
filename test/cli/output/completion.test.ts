import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { requireShell } from '../../rig/programs/require-shell.ts';
import { type CommandLine, commandLine } from '../command-line.ts';

let cli: CommandLine;
beforeEach(() => {
  cli = commandLine();
});
afterEach(() => cli.remove());

type Shell = 'bash' | 'zsh' | 'fish';

/** How each shell is asked for the completions of a line, without a terminal. */
const ASK: Readonly<Record<Shell, (script: string, words: readonly string[]) => string>> = {
  bash: (script, words) =>
    `. ${script}; COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _caro_complete; printf '%s\\n' "\${COMPREPLY[@]}"`,
  zsh: (script, words) =>
    `compdef() { : }; compadd() { local -a all; all=("$@"); shift all; print -l -- \${(M)all:#\${words[CURRENT]}*} }; _files() { : }; . ${script}; words=(${words.map((word) => `'${word}'`).join(' ')}); CURRENT=${words.length}; _caro_complete`,
  fish: (script, words) => `source ${script}; complete -C '${words.join(' ')}' | string replace -r '\\t.*' ''; true`,
};

async function completions(shell: Shell, ...words: readonly string[]): Promise<readonly string[]> {
  const script = join(cli.home, 'completion');
  writeFileSync(script, (await cli.run(['completion', shell])).out);
  const flag = shell === 'bash' ? ['--norc', '-c'] : shell === 'zsh' ? ['-f', '-c'] : ['--no-config', '-c'];
  const shown = execFileSync(shell, [...flag, ASK[shell](script, words)], {
    encoding: 'utf8',
    env: { ...process.env, HOME: cli.home },
  });
  return shown
    .split('\n')
    .filter((line) => line !== '')
    .sort();
}

for (const shell of ['bash', 'zsh', 'fish'] as const) {
  requireShell(shell)(`completions for ${shell}`, () => {
    test('offer subcommands at every depth', async () => {
      expect(await completions(shell, 'caro', 'sta')).toEqual(['stats', 'status']);
      expect(await completions(shell, 'caro', 'service', 'st')).toEqual(['start', 'stop']);
      expect(await completions(shell, 'caro', 'audit', '')).toEqual(
        expect.arrayContaining(['export', 'list', 'verify']),
      );
    });

    test('offer options, and the values of an option or argument that has fixed ones', async () => {
      expect(await completions(shell, 'caro', 'events', '--li')).toEqual(['--limit']);
      expect(await completions(shell, 'caro', 'events', '--risk', 'm')).toEqual(['moderate']);
      expect(await completions(shell, 'caro', 'shell', 'init', 'f')).toEqual(['fish']);
      expect(await completions(shell, 'caro', 'mesh', 'query', 'saf')).toEqual(['safety-posture']);
      expect(await completions(shell, 'caro', 'trust', 'set', 'ben', 'sup')).toEqual(['supervisor']);
    });

    test('are not thrown off by options before the cursor', async () => {
      expect(await completions(shell, 'caro', 'audit', 'list', '--json', '--ty')).toEqual(['--type']);
    });
  });
}

test('are refused for a shell that has none', async () => {
  expect((await cli.run(['completion', 'sh'])).code).toBe(2);
});
