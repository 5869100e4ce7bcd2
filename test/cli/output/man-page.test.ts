import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Command } from 'commander';
import { manPage } from '../../../scripts/generate/man-page.ts';
import { processContext } from '../../../src/cli/context.ts';
import { EXAMPLES } from '../../../src/cli/help.ts';
import { createProgram } from '../../../src/cli/main.ts';

const FILE = join(__dirname, '../../../man/caro.1');

test('the man page is what its script makes of the commands: npx tsx scripts/generate/man-page.ts', () => {
  expect(readFileSync(FILE, 'utf8')).toBe(manPage());
});

const hasMandoc = spawnSync('mandoc', ['-V']).error === undefined || process.env['CI'] === 'true';
(hasMandoc ? test : test.skip)('the man page is well-formed', () => {
  expect(spawnSync('mandoc', ['-Tlint', '-Werror', FILE], { encoding: 'utf8' })).toMatchObject({
    status: 0,
    stdout: '',
  });
});

test('every command with examples exists', () => {
  const pathsOf = (command: Command, path: readonly string[]): readonly string[] => [
    path.join(' '),
    ...command.commands.flatMap((child) => pathsOf(child, [...path, child.name()])),
  ];
  const program = createProgram(processContext(new AbortController().signal, () => undefined));
  expect(pathsOf(program, [])).toEqual(expect.arrayContaining(Object.keys(EXAMPLES)));
});
