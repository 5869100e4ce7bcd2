/**
 * Settings that a user changes in a running shell: the hook continues, and the terminal shows the
 * same as without a hook.
 */

import { expect, test } from '@jest/globals';
import type { ShellName } from '../../rig/programs/pty.ts';
import { requireShell } from '../../rig/programs/require-shell.ts';
import { until } from '../../rig/until.ts';
import { ALL_SHELLS, opener } from '../everyday.ts';

interface Setting {
  readonly name: string;
  readonly typed: readonly string[];
  readonly not?: readonly ShellName[];
}

const EVERYWHERE: readonly Setting[] = [
  {
    name: 'a directory that is gone',
    typed: ['mkdir gone', 'cd gone', 'rmdir ../gone', 'echo on', 'cd /', 'echo off'],
  },
];
const IN_SH: readonly Setting[] = [
  { name: 'set -e', typed: ['set -e', 'echo on', 'true | false | true', 'set +e', 'echo off'] },
  { name: 'set -u', typed: ['set -u', 'echo on', 'echo ${never_set-none}', 'set +u'] },
  { name: 'set -x', typed: ['set -x', 'echo on', 'echo $((1 + 1))', '(exit 3)', 'echo $?', 'set +x', 'echo off'] },
  { name: 'pipefail', typed: ['set -o pipefail', 'false | true', 'echo $?'], not: ['dash'] },
  { name: 'set -f', typed: ['set -f', 'echo /usr/*', 'echo on'] },
  { name: 'set -C', typed: ['set -C', 'echo on', 'echo off'] },
  { name: 'set -a', typed: ['set -a', 'echo on', 'set +a', 'echo off'] },
  { name: 'another IFS', typed: ["IFS='0123456789.:/'", 'echo $((10 + 1))', 'x=1.2; echo $x', 'cd /usr', 'echo on'] },
  { name: 'no IFS', typed: ["IFS=''", 'echo on', 'unset IFS', 'echo off'] },
  { name: 'another locale', typed: ['export LC_ALL=C', 'echo on', 'export LC_ALL=C.UTF-8', 'echo off'] },
  { name: 'no PATH', typed: ['PATH=', 'echo on', 'cd /', 'echo off'] },
  { name: 'no HOME', typed: ['unset HOME', 'echo on', 'cd /', 'echo off'] },
  { name: 'a dumb terminal', typed: ['export TERM=dumb', 'echo on', 'echo off'] },
  ...EVERYWHERE,
];
const IN_FISH: readonly Setting[] = [
  { name: 'another locale', typed: ['set -gx LC_ALL C', 'echo on', 'set -gx LC_ALL C.UTF-8', 'echo off'] },
  { name: 'no PATH', typed: ['set PATH', 'echo on', 'cd /', 'echo off'] },
  { name: 'no HOME', typed: ['set -e HOME', 'echo on', 'cd /', 'echo off'] },
  { name: 'a trace', typed: ['set fish_trace 1', 'echo on', 'set -e fish_trace', 'echo off'] },
  ...EVERYWHERE,
];

for (const [shell, kind] of ALL_SHELLS) {
  requireShell(shell)(`${shell} continues to record, without visible effect, under`, () => {
    const open = opener(kind, shell);
    test.each((shell === 'fish' ? IN_FISH : IN_SH).filter(({ not }) => !not?.includes(shell)))(
      '$name',
      async ({ typed }) => {
        const seen: string[] = [];
        for (const env of [{ CARO_OFF: '1' }, {}]) {
          const { shell: session, texts } = await open({ env });
          for (const line of typed) await session.run(line);
          seen.push(session.screen().replaceAll(session.home, 'HOME'));
          if ('CARO_OFF' in env) continue;
          await until(
            () => ({ commands: texts(), screen: session.screen() }),
            ({ commands }) => commands.length === typed.length,
          );
          expect(texts()).toEqual(typed);
        }
        // mksh shows the call of a function before the function can turn that off.
        const quiet = shell === 'mksh' ? seen[1]?.replace(/^\+ _caro_ksh .*\n\+ set \+x\n/gm, '') : seen[1];
        expect(quiet).not.toContain('_caro');
        if (shell === 'ksh') expect(tracedIn(seen[1])).toEqual(tracedIn(seen[0]));
        else expect(quiet).toBe(seen[0]);
      },
    );
  });
}

/** Text typed ahead of ksh's prompt may appear anywhere, so only whole lines can be compared. */
const tracedIn = (screen = ''): readonly string[] => screen.split('\n').filter((line) => /^\+|ksh:/.test(line));
