import { describe, expect, test } from '@jest/globals';
import { analyse } from '../../src/shell/analyse.ts';
import type { Word } from '../../src/shell/model.ts';
import { only, runs } from './oracles/transcript.ts';

const firstArgument = (text: string): Word | undefined => analyse(text, 'bash').invocations.at(-1)?.args[0];

describe('a word', () => {
  test.each([
    ["echo 'a b'", 'a b'],
    ['echo "a \'b\' c"', "a 'b' c"],
    ['echo a\\ b', 'a b'],
    ['echo "a\\$b\\`c\\"d\\\\e\\f"', 'a$b`c"d\\e\\f'],
    ["echo $'tab\\there\\x21\\041\\u0041'", 'tab\there!!A'],
    ['echo $"translated"', 'translated'],
    ['echo a"b"\'c\'d', 'abcd'],
    ["echo ''", ''],
    ['echo a\\\nb', 'ab'],
    ['echo a#b', 'a#b'],
    ['echo --x=[1', '--x=[1'],
  ])('%s has an exact value', (text, value) => {
    expect(firstArgument(text)?.value).toBe(value);
  });

  test.each([
    ['rm $x', '$x'],
    ['rm "${HOME:?}/a"', '${HOME:?}/a'],
    ['rm *.c', '*.c'],
    ['rm ~/a', '~/a'],
    ['rm a[0-9]', 'a[0-9]'],
    ['rm $(pwd)/x', '$(pwd)/x'],
    ['rm `pwd`', '`pwd`'],
    ['rm $((1+1))', '$((1+1))'],
    ['rm !(a|b)', '!(a|b)'],
  ])('of %s keeps the unknown part as written and has no exact value', (text, shown) => {
    expect(firstArgument(text)).toMatchObject({ value: null, text: shown });
  });

  test('has parts, each with its position', () => {
    const text = 'rm ~/a"$b c"*${d:-/}';
    const word = firstArgument(text);
    expect(word?.parts.map(({ kind, start, end }) => [kind, text.slice(start, end)])).toEqual([
      ['tilde', '~'],
      ['literal', '/a'],
      ['variable', '$b'],
      ['literal', ' c'],
      ['glob', '*'],
      ['variable', '${d:-/}'],
    ]);
    expect(word?.parts.at(-1)).toMatchObject({ name: 'd', operator: ':-', quoted: false, argument: { text: '/' } });
    expect(word?.parts[2]).toMatchObject({ quoted: true });
  });

  test('treats a tilde inside quotes or a word as a plain character', () => {
    expect(only('rm "~" a~b', 'rm').args.map(({ value }) => value)).toEqual(['~', 'a~b']);
  });
});

describe('a tool is recognized', () => {
  test.each(['\\git', 'g"it"', "'git'", '"git"', "$'\\x67it'", '/usr/bin/git', 'gi\\t', "g''it", '~/bin/git', './git'])(
    'written as %s',
    (name) => {
      expect(analyse(`${name} status`, 'bash').tools).toEqual(['git']);
    },
  );

  test('by its words, for any span', () => {
    const text = 'ls; sudo "rm" -rf /  # gone';
    const { name, start, end } = only(text, 'rm');
    expect([text.slice(name.start, name.end), text.slice(start, end)]).toEqual(['"rm"', 'sudo "rm" -rf /']);
  });
});

describe('incomplete text', () => {
  test.each([
    "echo 'a",
    'echo "a',
    'echo $(ls',
    'if true; then ls',
    'cat <<EOF\nx',
    'cat <<EOF',
    'echo a\\',
    'ls |',
    '(ls',
    '{ ls',
    'case x in',
  ])('%j is parsed as far as possible and marked incomplete', (text) => {
    expect(analyse(text, 'bash').complete).toBe(false);
  });

  test.each(['ls )', 'fi; ls', 'done', '; ls', '&& ls'])('%j holds a stray word, and the rest is read', (text) => {
    expect(runs(text).filter((line) => line !== 'ls')).toEqual([]);
  });

  test('a complete line is complete', () => {
    expect(analyse('if true; then echo "$(ls)" | cat; fi <<< x', 'bash')).toMatchObject({
      complete: true,
      truncated: false,
    });
  });
});

test('a comment is recorded and not parsed', () => {
  const text = 'ls # rm -rf /\necho a#b';
  const { comments, invocations } = analyse(text, 'bash');
  expect(comments.map(({ start, end }) => text.slice(start, end))).toEqual(['# rm -rf /']);
  expect(invocations.map(({ tool }) => tool)).toEqual(['ls', 'echo']);
});
