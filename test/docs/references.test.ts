/** What the documentation names is there: files, headings, scripts, commands and their options. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Command } from 'commander';
import { processContext } from '../../src/cli/context.ts';
import { createProgram } from '../../src/cli/main.ts';

const ROOT = resolve(__dirname, '../..');
const FILES = execFileSync('git', ['ls-files', '*.md'], { cwd: ROOT, encoding: 'utf8' }).trim().split('\n');
const textOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/** As GitHub names the place of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
const anchorsIn = (text: string): readonly string[] =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));

/** `file: target` of each relative link that leads nowhere. */
function deadLinks(file: string, text: string): readonly string[] {
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']) => {
    if (/^[a-z]+:/.test(link)) return [];
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? file : join(dirname(file), path);
    const isDead = !existsSync(join(ROOT, target));
    const isAstray = !isDead && anchor !== undefined && !anchorsIn(textOf(target)).includes(anchor);
    return isDead || isAstray ? [`${file}: ${link}`] : [];
  });
}

/**
 * Code as it would be typed: spans, fenced blocks and indented ones, a line each. Tables of other
 * programs' output are not told apart.
 */
function codeIn(text: string): readonly string[] {
  const lines = text.split('\n');
  const code: string[] = [];
  let isFenced = false;
  for (const line of lines) {
    if (/^\s*```/.test(line)) isFenced = !isFenced;
    else if (isFenced || line.startsWith('    ')) code.push(line.trim());
    else for (const [, span = ''] of line.matchAll(/`([^`]+)`/g)) code.push(span.trim());
  }
  return code;
}

/** The commands of `caro` in a line of code: each with its words and options. */
const callsIn = (line: string): readonly string[] =>
  [...line.matchAll(/(?:^|\$ |\| |&& |\$\(|[a-z0-9/-]+ -T [$a-z0-9-]+ |; |: )caro( [^|;&)#]*)/g)].map(
    ([, words = '']) => words.trim(),
  );

/** Null, or what this call names that does not exist. */
function fault(program: Command, call: string): string | null {
  // What is quoted is an argument.
  const words = call.replaceAll(/'[^']*'|"[^"]*"/g, 'TEXT').split(/\s+/);
  let command = program;
  for (const word of words) {
    const next = command.commands.find((one) => one.name() === word || one.aliases().includes(word));
    if (!next) break;
    command = next;
  }
  const [first = ''] = words;
  if (command === program && /^[a-z]/.test(first) && first !== 'help') return `no command ${first}`;
  const known = command.options.flatMap(({ long }) => long ?? []);
  const unknown = words.filter((word) => word.startsWith('--')).map((word) => word.split('=')[0] ?? word);
  const missing = unknown.filter((word) => ![...known, '--help', '--version', '--'].includes(word));
  return missing.length === 0 ? null : `no option ${missing.join(' ')} of ${command.name()}`;
}

test('every relative link leads to a file, and to a heading where it names one', () => {
  expect(FILES.length).toBeGreaterThan(20);
  expect(FILES.flatMap((file) => deadLinks(file, textOf(file)))).toEqual([]);
  expect(deadLinks('README.md', '[a](docs/nothing.md) [b](#nowhere) [c](docs/errors.md#errors)')).toEqual([
    'README.md: docs/nothing.md',
    'README.md: #nowhere',
  ]);
});

test('every npm script that is named exists', () => {
  const { scripts } = JSON.parse(textOf('package.json')) as { readonly scripts: Readonly<Record<string, string>> };
  const named = FILES.flatMap((file) =>
    [...textOf(file).matchAll(/npm run (?:--silent )?([a-z][a-z:-]*)/g)].map(([, name = '']) => `${file}: ${name}`),
  );
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((name) => !((name.split(': ')[1] ?? '') in scripts))).toEqual([]);
});

test('every command and option of caro that is named exists', () => {
  const program = createProgram(processContext(new AbortController().signal, () => undefined));
  const calls = FILES.flatMap((file) =>
    codeIn(textOf(file)).flatMap((line) => callsIn(line).map((call) => ({ file, call }))),
  );
  expect(calls.length).toBeGreaterThan(100);
  const faults = calls.flatMap(({ file, call }) => {
    const found = fault(program, call);
    return found === null ? [] : [`${file}: caro ${call}: ${found}`];
  });
  expect(faults).toEqual([]);
  expect(fault(program, 'conjure --now')).toBe('no command conjure');
  expect(fault(program, 'events --since 1h --backwards')).toBe('no option --backwards of events');
});
