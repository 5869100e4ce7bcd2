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
])('%s: %s', (command, tool) => {
  expect(toolOf(command)).toBe(tool);
});

test.each([
  ['/bin/r? x', 'rm'],
  ['/bin/c?t x', 'cat'],
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
