import { requireShell } from '../support/require-shell.ts';
import { everyday } from './everyday.ts';

requireShell('ksh')('ksh', () => {
  everyday({
    kind: 'sh',
    shell: 'ksh',
    loop: { typed: ['for i in 1 2', 'do echo $i', 'done'], text: 'for i in 1 2\ndo echo $i\ndone' },
    statusLine: 'echo $?',
    fail7: '(exit 7)',
    starts: false,
    timeless: true,
  });
});
