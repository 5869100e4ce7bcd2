import { requireShell } from '../../rig/programs/require-shell.ts';
import { everyday } from '../everyday.ts';

requireShell('dash')('dash', () => {
  everyday({
    kind: 'sh',
    shell: 'dash',
    loop: { typed: ['for i in 1 2', 'do echo $i', 'done'], text: 'for i in 1 2\ndo echo $i\ndone' },
    statusLine: 'echo $?',
    fail7: '(exit 7)',
    starts: true,
  });
});
