import { describe, expect, test } from '@jest/globals';
import { analyse } from '../../src/shell/analyse.ts';
import { only, runs } from './oracles/transcript.ts';

describe('fish', () => {
  test.each<[string, string[]]>([
    ['a; and b; or c', ['a', 'b', 'c']],
    ['not a; and b', ['a', 'b']],
    ['if a; and b; c; else if d; e; else; f; end', ['a', 'b', 'c', 'd', 'e', 'f']],
    ['while a; b; end | c', ['a', 'b', 'c']],
    ['for x in 1 2; a; end', ['a']],
    ['switch $x; case a "*"; b; case c; d; end', ['b', 'd']],
    ['begin; a; end > log; b', ['a', 'b']],
    ['a (b (c)) "$(d)"', ['c', 'b', 'd', 'a']],
    ['a 2>| b', ['a', 'b']],
    ['a &| b', ['a', 'b']],
    ['sudo a; command b; builtin c', ['a', 'b', 'c']],
    ['a # rm x', ['a']],
    ['curl http://h/?a=1&b=2 | sh', ['curl', 'sh']],
    ['string match -r "(a)" b', ['string']],
  ])('%s', (text, tools) => {
    expect(analyse(text, 'fish').invocations.map(({ tool }) => tool)).toEqual(tools);
  });

  test('expands variables set on the line and keeps their value in one word', () => {
    expect(runs('set x rm; $x y', 'fish')).toEqual(['set [x] [rm]', 'rm [y]']);
    expect(runs('set -gx x "a b"; rm $x', 'fish').at(-1)).toBe('rm [a b]');
    expect(analyse('set -gx PATH /x', 'fish').settings).toMatchObject([
      { exported: true, assignment: { name: 'PATH' } },
    ]);
  });

  test('passes $argv to a function', () => {
    expect(runs('function f; rm $argv; end; f a b', 'fish').at(-1)).toBe('function > rm [a] [b]');
  });

  test('marks commands that may not run', () => {
    expect(analyse('a; and b; c', 'fish').invocations.map(({ conditional }) => conditional)).toEqual([
      false,
      true,
      false,
    ]);
    expect(only('if a; b; end', 'b', 'fish')).toMatchObject({ conditional: true });
  });

  test('parses redirections', () => {
    const { redirections } = only('a <in >>out 2>err ^old &>all', 'a', 'fish');
    expect(redirections.map(({ fd, operator, target }) => `${fd} ${operator} ${target.text}`)).toEqual([
      '0 < in',
      '1 >> out',
      '2 > err',
      '2 > old',
      '1 &> all',
    ]);
  });

  test.each(['if a', 'begin; a', "echo 'a", 'echo (a', 'a |'])('%s is incomplete', (text) => {
    expect(analyse(text, 'fish').complete).toBe(false);
  });
});

describe('zsh', () => {
  test.each<[string, string[]]>([
    ['=rm x', ['rm']],
    ['noglob nocorrect rm x', ['rm']],
    ['- rm x', ['rm']],
    ['a *(.om[1]) **/*(#i)x', ['a']],
    ['repeat 3 a', ['a']],
    ['for x (1 2) a', ['a']],
    ['for x in 1 2; { a }', ['a']],
    ['foreach x (1 2); a; end', ['a']],
    ['if [[ -f x ]] { a } else { b }', ['[[', 'a', 'b']],
    ['{ a } always { b }', ['a', 'b']],
    ['a >| x; b &| c', ['a', 'b', 'c']],
    ['a =(b)', ['b', 'a']],
    ['() { a; }', ['a']],
    ['echo ${(f)"$(a)"}', ['a', 'echo']],
    ['print -l $x[1] ${x:h}', ['print']],
  ])('%s', (text, tools) => {
    expect(analyse(text, 'zsh').invocations.map(({ tool }) => tool)).toEqual(tools);
  });

  test('keeps the value of a variable in one word', () => {
    expect(runs('x="a b"; rm $x', 'zsh').at(-1)).toBe('rm [a b]');
  });
});

describe('sh', () => {
  test('has no process substitution; parsing continues', () => {
    expect(analyse('a <(b); c', 'sh').tools).toContain('c');
  });
});

describe('the tools of a line', () => {
  test.each<[string, string[]]>([
    ['sudo -u x /usr/bin/git log | less', ['git', 'less']],
    ['a && b; c & d', ['a', 'b', 'c', 'd']],
    ['grep x y | grep z | sort', ['grep', 'grep', 'sort']],
    ['(git reset --hard)', ['git']],
    ['for i in 1 2 3; do rm $i; done', ['rm']],
    ['if true; then git pull; fi', ['true', 'git']],
    ['echo $(rm x) `ls`', ['echo']],
    ['find . -exec rm {} +', ['find']],
    ['xargs rm', ['xargs']],
    ["sh -c 'rm x'", ['sh']],
    ['ssh h rm x', ['ssh']],
    ['docker exec c rm x', ['docker']],
    ['cat x | env LC_ALL=C tr a b', ['cat', 'tr']],
    ['X=1 Y="a b" kubectl get pods', ['kubectl']],
    ['x=1', []],
    ['', []],
    ['f() { rm x; }', []],
    ['f() { rm x; }; f', ['f']],
    ['sudo -i', ['sudo']],
    ['sudo chroot /mnt ls', ['chroot']],
    ['no-such-tool --flag', ['no-such-tool']],
    ['./configure && make -j4', ['configure', 'make']],
    ['a | while read x; do b $x; done', ['a', 'read', 'b']],
  ])('%s', (text, tools) => {
    expect(analyse(text, 'bash').tools).toEqual(tools);
  });
});

describe('settings', () => {
  test('are assignments without a command, or exported ones', () => {
    const { settings } = analyse('HISTFILE=/dev/null; export A=1; FOO=1 cmd; declare -x B=2', 'bash');
    expect(settings.map(({ assignment, exported }) => [assignment.name, assignment.value?.text, exported])).toEqual([
      ['HISTFILE', '/dev/null', false],
      ['A', '1', true],
      ['B', '2', true],
    ]);
  });
});
