import { requireShell } from '../../rig/programs/require-shell.ts';
import { everyday } from '../everyday.ts';

requireShell('mksh')('mksh', () => {
  everyday({
    kind: 'sh',
    shell: 'mksh',
    loop: { typed: ['for i in 1 2', 'do echo $i', 'done'], text: 'for i in 1 2\ndo echo $i\ndone' },
    statusLine: 'echo $?',
    fail7: '(exit 7)',
    exactHistory: false,
    basicPlane: true,
    starts: false,
    timeless: true,
  });
});
