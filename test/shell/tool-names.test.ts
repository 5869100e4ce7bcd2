/** The name under which a program counts, however its command word is spelled. */
import { expect, test } from '@jest/globals';
import { analyse } from '../../src/shell/analyse.ts';

const toolOf = (command: string): string | undefined => analyse(command, 'bash').tools[0];

test.each([
  ['/usr/bin/git log', 'git'],
  ['./git log', 'git'],
  ['~/bin/tool x', 'tool'],
  ['/srv/bin/ x', '/srv/bin/'],
  ['$SHELL -c x', 'sh'],
  ['"$SHELL" -c x', 'sh'],
  ['$SHELL/own x', 'own'],
  ['$own x', '$own'],
  ['$own/git x', 'git'],
  ['r$@m x', 'rm'],
  ['r$*m x', 'rm'],
  ['un$@known x', 'unknown'],
  ['un$*known x', 'unknown'],
  ['un${@:1}known x', 'un${@:1}known'],
  ['/usr/bin/c$own""at x', 'cat'],
  ['${own:-rm} x', 'rm'],
  ['${own-rm} x', 'rm'],
  ['${own:=rm} x', 'rm'],
  ['${own:+rm} x', '${own:+rm}'],
  ['${own%rm} x', '${own%rm}'],
  ['r[m] x', 'rm'],
  ['r[mv] x', 'r[mv]'],
  ['c$own""at x', 'cat'],
  ['own$x x', 'own$x'],
  ['g$(own)it x', 'git'],
  ['own$(own) x', 'own$(own)'],
  ['$SHELL$own x', '$SHELL$own'],
  ['own$SHELL x', 'own$SHELL'],
  ['$@ x', '$@'],
  ['${own:-} x', '${own:-}'],
  ['~/r$@m x', 'rm'],
  ['r[m]a[n] x', 'rman'],
  ['a[bc] x', 'a[bc]'],
  ['r[!m] x', 'r[!m]'],
  ['${own:?rm} x', '${own:?rm}'],
  ['${own#-} x', '${own#-}'],
  ['${own:-$other} x', '${own:-$other}'],
  ['c${own:-x}at x', 'cxat'],
  ['c${own%x}at x', 'c${own%x}at'],
  ['c$((1))at x', 'c$((1))at'],
])('%s: %s', (command, tool) => {
  expect(toolOf(command)).toBe(tool);
});

test.each([
  ['/bin/r? x', 'rm'],
  ['/bin/c?t x', 'cat'],
  ['/sbin/c?t x', 'cat'],
  ['/usr/bin/c?t x', 'cat'],
  ['/usr/sbin/c?t x', 'cat'],
  ['/bin/c**t x', 'cat'],
  ['/bin/c${own:-a}? x', 'cat'],
  ['/bin/c$own? x', 'c$own?'],
  ['/bin/x/c?t x', 'c?t'],
  ['/own/bin/c?t x', 'c?t'],
  ['/bin/$own x', '$own'],
  ['/sbin/mkf? x', 'mkfs'],
  ['/usr/bin/p*3 x', 'python3'],
  ['/usr/sbin/b[a]s? x', 'bash'],
  ['/???/b??h x', 'bash'],
  ['/u?r/bin/wg* x', 'wget'],
  ['/?sr/bin/wg* x', 'wget'],
])('a pattern for a program: %s is %s', (command, tool) => {
  expect(toolOf(command)).toBe(tool);
});

test.each(['/bin/zz? x', '/opt/r? x', '/srv/bin/r? x', 'bin/r? x', 'r? x', '/bin/r[ x', `/bin/${'?'.repeat(80)} x`])(
  'a pattern that may be anything stays as written: %.20s',
  (command) => {
    const name = command.split(' ')[0] ?? '';
    expect(toolOf(command)).toBe(name.slice(name.lastIndexOf('/') + 1));
  },
);
