import { requireShell } from '../support/require-shell.ts';
import { everyday } from './everyday.ts';

requireShell('bash')('bash', () => {
  everyday({
    kind: 'bash',
    shell: 'bash',
    loop: { typed: ['for i in 1 2', 'do echo $i', 'done'], text: 'for i in 1 2; do echo $i; done' },
    statusLine: 'echo $?',
    fail7: '(exit 7)',
    starts: true,
  });
});
