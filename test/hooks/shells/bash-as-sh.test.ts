import { expect, test } from '@jest/globals';
import { requireShell } from '../../rig/programs/require-shell.ts';
import { ended, everyday, opener } from '../everyday.ts';

requireShell('bash')('bash running as sh', () => {
  everyday({
    kind: 'sh',
    shell: 'bash',
    args: ['--posix'],
    loop: { typed: ['for i in 1 2', 'do echo $i', 'done'], text: 'for i in 1 2; do echo $i; done' },
    statusLine: 'echo $?',
    fail7: '(exit 7)',
    starts: true,
  });

  const open = opener('sh', 'bash', ['--posix']);

  test('its sessions are recorded as sh', async () => {
    const { shell, spool } = await open();
    await shell.run('echo one');
    await ended(spool, 1);
    expect(spool.files().map((name) => name.split('.')[0])).toEqual(['sh']);
  });
});
