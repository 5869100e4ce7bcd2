import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { analyse } from '../../../src/shell/analyse.ts';
import type { Dialect } from '../../../src/shell/model.ts';

const SHELLS: readonly { readonly dialect: Dialect; readonly command: readonly string[] }[] = [
  { dialect: 'bash', command: ['bash', '--norc', '-c'] },
  { dialect: 'zsh', command: ['zsh', '-f', '-c'] },
  { dialect: 'sh', command: ['dash', '-c'] },
  { dialect: 'fish', command: ['fish', '--no-config', '-c'] },
];

const piece: Record<'posix' | 'fish', fc.Arbitrary<string>> = {
  posix: fc.oneof(
    fc.stringMatching(/^[a-z0-9_./:@%+,-]{1,5}$/),
    fc.stringMatching(/^[a-z #;|&<>$()*?~`"\\-]{0,6}$/).map((text) => `'${text}'`),
    fc.stringMatching(/^[a-z #;|&<>()*?~'-]{0,6}$/).map((text) => `"${text}"`),
    fc.constantFrom(
      '\\ ',
      '\\$',
      '\\;',
      '\\"',
      "\\'",
      '\\\\',
      '\\a',
      '"\\$x"',
      '"\\\\"',
      '"a\\b"',
      '"\\""',
      '"\\`"',
      '"a\\\nb"',
      'a\\\nb',
    ),
  ),
  fish: fc.oneof(
    fc.stringMatching(/^[a-z0-9_./:@%+,-]{1,5}$/),
    fc.stringMatching(/^[a-z #;|&<>()*?~`"-]{0,6}$/).map((text) => `'${text}'`),
    fc.stringMatching(/^[a-z #;|&<>()*?~'-]{0,6}$/).map((text) => `"${text}"`),
    fc.constantFrom(
      '\\ ',
      '\\$',
      '\\;',
      '\\"',
      "\\'",
      '\\\\',
      '\\n',
      '\\x41',
      '"\\$x"',
      '"\\\\"',
      '"a\\b"',
      "'a\\'b'",
      "'a\\b'",
    ),
  ),
};
const extra: Partial<Record<Dialect, fc.Arbitrary<string>>> = {
  bash: fc.constantFrom(
    "$'a\\tb\\x41\\101\\u00e9'",
    '$"x"',
    '{a,b}',
    'x{1..3}y',
    '{a,b}{c,d}',
    'a{,b}',
    '{x}',
    '{a..c}',
    '${U:-d e}',
    '"${U:-d e}"',
    '$(echo p q)',
    '"$(echo p  q)"',
    '`echo r`',
    '$(printf %s%s a b)',
  ),
  zsh: fc.constantFrom("$'a\\tb\\x41'", '{a,b}', 'x{1..3}y', 'a{,b}', '${U:-de}', '$(echo p)', '"$(echo p  q)"'),
  // Braces are expanded for sh too, because sh is bash on many systems; dash does not expand them.
  sh: fc.constantFrom('${U:-d}', '$(echo p q)', '"$(echo p  q)"', '`echo r`'),
  fish: fc.constantFrom('{a,b}', 'x{a,b}y', '(echo p)', '"$(echo q)"'),
};

/** A variable is known only if it was assigned on the line. */
const PREAMBLE: Record<Dialect, string> = { bash: 'U=; ', zsh: 'U=; ', sh: 'U=; ', fish: '' };

/** The arguments that the shell itself passes to a program, for many argument lists at once. */
function handed(command: readonly string[], lists: readonly string[]): string[][] {
  const script = lists.map((list) => `printf '%s\\0' ${list}; printf '=END=\\0'`).join('\n');
  const { PATH } = process.env;
  const [program, ...args] = command;
  const run = spawnSync(program ?? '', [...args, script], {
    encoding: 'utf8',
    env: { PATH, LC_ALL: 'C.UTF-8' },
  });
  expect(run.stderr).toBe('');
  const result: string[][] = [[]];
  for (const word of run.stdout.split('\0').slice(0, -1)) {
    if (word === '=END=') result.push([]);
    else result.at(-1)?.push(word);
  }
  return result.slice(0, -1);
}

/** With CI=true a missing shell fails its test instead of skipping it. */
const isInstalled = (program: string | undefined): boolean =>
  process.env['CI'] === 'true' || spawnSync(program ?? '', ['-c', 'true']).status === 0;

describe.each(SHELLS)('words read for $dialect', ({ dialect, command }) => {
  (isInstalled(command[0]) ? test : test.skip)('are those that the shell hands to a program', () => {
    const base = piece[dialect === 'fish' ? 'fish' : 'posix'];
    const word = fc.array(fc.oneof({ weight: 4, arbitrary: base }, { weight: 1, arbitrary: extra[dialect] ?? base }), {
      minLength: 1,
      maxLength: 3,
    });
    const list = fc
      .array(
        word.map((pieces) => pieces.join('')),
        { minLength: 1, maxLength: 4 },
      )
      .map((words) => words.join(' '));
    const lists = fc.sample(list, { numRuns: 400, seed: 20 }).filter((text) => !/(?:^|[ '"])[~]|#/.test(text));
    const expected = handed(command, lists);
    expect(expected.length).toBe(lists.length);
    for (const [index, text] of lists.entries()) {
      const { invocations } = analyse(`${PREAMBLE[dialect]}printf ${text}`, dialect);
      const printing = invocations.find(({ depth }) => depth === 0);
      const words = printing?.args.map(({ value }) => value) ?? [];
      // fish combines two lists in another order.
      const inOrder = (list: readonly (string | null)[]) => (dialect === 'fish' ? [...list].sort() : list);
      expect({ text, words: inOrder(words) }).toEqual({ text, words: inOrder(expected[index] ?? []) });
    }
  });
});
