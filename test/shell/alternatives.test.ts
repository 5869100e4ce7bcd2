import { describe, expect, test } from '@jest/globals';
import { analyse } from '../../src/shell/analyse.ts';

/** What each `rm` of the line would be given. */
const removes = (command: string): readonly string[] =>
  analyse(command, 'bash')
    .invocations.filter(({ tool }) => tool === 'rm')
    .map(({ args }) => args.map(({ text }) => text).join(' '));

describe('a variable has all values that its assignments may have left', () => {
  test.each<[string, readonly string[]]>([
    ['x=/a; [ "$c" ] && x=/b; rm $x', ['/b', '/a']],
    ['x=/a; [ "$c" ] || x=/b; rm $x', ['/b', '/a']],
    ['x=/a; if [ "$c" ]; then x=/b; fi; rm "$x"', ['/b', '/a']],
    ['if [ "$c" ]; then x=/a; elif [ "$d" ]; then x=/b; else x=/c; fi; rm $x', ['/c', '/a', '/b']],
    ['case $c in a) x=/a ;; *) x=/b ;; esac; rm $x', ['/b', '/a']],
    ['x=/a; for i in 1 2; do x=/b; done; rm $x', ['/b', '/a']],
    ['x=/a; [ "$c" ] && x=/b; [ "$d" ] && x=/c; rm $x', ['/c', '/b', '/a']],
    ['x=/a; if [ "$c" ]; then [ "$d" ] && x=/b; fi; rm $x', ['/b', '/a']],
    ['x=~/a; [ "$c" ] && x=/b; rm $x', ['/b', '~/a']],
    ['x=/a; [ "$c" ] && x=$y; rm $x', ['$x', '/a']],
    ['x=/a y=/1; [ "$c" ] && x=/b && y=/2; rm $x$y', ['/b/2', '/a/2', '/a/1', '/b/1']],
    ['x=/a; [ "$c" ] && x=/b; rm $x; x=/c; rm $x', ['/b', '/a', '/c']],
    ['x=/a; [ "$c" ] && x=/b; cat > $x; rm $x', ['/b', '/a']],
    ['f() { x=/b; }; x=/a; [ "$c" ] && f; rm $x', ['/b', '/a']],
    // What is assigned from such a variable.
    ['x=/a; [ "$c" ] && x=/b; y=$x; rm $y', ['/a', '/b']],
    ['x=/a; [ "$c" ] && x=/b; y=$x/d z=1; rm "$y"', ['/a/d', '/b/d']],
    ['x=/a; [ "$c" ] && x=/b; export y=$x; rm $y', ['/a', '/b']],
    ['x=/a; [ "$c" ] && x=/b; y=$x; z=$y; rm $z', ['/b', '/a']],
    // A default, where the line does not tell the variable before it.
    ['x=${c:-/a}; rm $x', ['$x', '/a']],
    ['x=${c-/a}/b; rm $x', ['$x', '/a/b']],
    ['x=${c:=/a}; rm $x', ['/a', '$x']],
    ['x=${1:-/a}; rm $x', ['$x', '/a']],
    ['x=${c:-~/a}; rm $x', ['$x', '~/a']],
    ['export x=${c:-/a}; rm $x', ['$x', '/a']],
    ['x=${c:-/a}; y=$x/b; rm $y', ['/a/b', '$y']],
    [': ${x:=/a}; rm $x', ['$x', '/a']],
  ])('%s', (command, expected) => {
    expect(removes(command)).toEqual(expected);
  });
});

describe('a variable has only its last value', () => {
  test.each<[string, readonly string[]]>([
    ['where the assignment has run', ['x=/a; x=/b; rm $x']],
    ['on the same list', ['x=/a; mkdir d && x=/b && rm $x']],
    ['in the same branch', ['x=/a; if [ "$c" ]; then x=/b; rm $x; fi']],
    ['where it is assigned once more', ['x=/a; [ "$c" ] && x=/c; x=/b; rm $x']],
    ['where the first command of a list assigns it', ['x=/a; x=/b && [ "$c" ]; rm $x']],
    ['where both are equal', ['x=/b; [ "$c" ] && x=/b; rm $x']],
    ['where the line tells that there is no need of a default', ['c=/b; x=${c:-/a}; rm $x']],
    ['where the line tells that there is need of it', ['unset c; x=${c:-/b}; rm $x']],
    ['where it sets one that is not empty', ['x=/b; : ${x:=/a}; rm $x']],
  ])('%s', (_, [command = '']) => {
    expect(removes(command)).toEqual(['/b']);
  });
});

test.each([['x=${c:-}; rm $x'], ['x=${c:+/a}; rm $x'], ['x=$c; rm $x'], [': ${x:=}; rm $x']])(
  'nothing is known of the value in %s',
  (command) => expect(removes(command)).toEqual(['$x']),
);

test('further values do not make a tool count twice', () => {
  const { tools } = analyse('x=a; [ "$c" ] && x=b; cat $x | wc -l', 'bash');
  expect(tools).toEqual(['[', 'cat', 'wc']);
});

test('many values of many variables are bounded', () => {
  const names = Array.from({ length: 12 }, (_, at) => `v${at}`);
  const sets = names.flatMap((name) => Array.from({ length: 6 }, (_, value) => `[ "$c" ] && ${name}=/${value}`));
  const { tools, invocations, truncated } = analyse(
    `${sets.join('; ')}; rm ${names.map((name) => `$${name}`).join(' ')}`,
    'bash',
  );
  expect(invocations.length - tools.length).toBe(64);
  expect(truncated).toBe(false);
});
