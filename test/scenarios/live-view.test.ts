/** `caro events --follow` beside a real shell. */

import { type ChildProcess, spawn } from 'node:child_process';
import { afterEach, expect, test } from '@jest/globals';
import { openShell, type ShellSession } from '../rig/programs/pty.ts';
import { requireShell } from '../rig/programs/require-shell.ts';
import { CARO, caro, configure, homeEnvironment, startService, type TestService } from '../rig/service.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import { until } from '../rig/until.ts';

const folder = temporaryFolders();
const open: { shells: ShellSession[]; services: TestService[]; followers: ChildProcess[] } = {
  shells: [],
  services: [],
  followers: [],
};
afterEach(async () => {
  for (const follower of open.followers.splice(0)) follower.kill('SIGKILL');
  for (const shell of open.shells.splice(0)) await shell.close();
  for (const service of open.services.splice(0)) await service.kill();
});

async function node(): Promise<string> {
  const home = folder();
  await configure(home);
  open.services.push(await startService(home));
  return home;
}

async function bashIn(home: string): Promise<ShellSession> {
  const { stdout } = await caro(home, 'shell', 'init', 'bash');
  const session = await openShell({ shell: 'bash', rc: stdout, cwd: home });
  open.shells.push(session);
  return session;
}

/** `caro events --follow` and the lines it has printed so far. */
function follow(home: string, ...args: readonly string[]) {
  const child = spawn(CARO, ['events', '--follow', ...args], {
    env: homeEnvironment(home),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  open.followers.push(child);
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const ended = new Promise<number | null>((done) => child.once('exit', done));
  return {
    lines: (): Promise<string[]> => Promise.resolve(text.split('\n').slice(0, -1)),
    end: (): Promise<number | null> => {
      child.kill('SIGINT');
      return ended;
    },
  };
}

/** A follower may come late to the first command typed; this types one until it has been seen. */
async function attached(shell: ShellSession, lines: () => Promise<string[]>): Promise<void> {
  await until(
    async () => {
      await shell.run('echo is anybody there');
      return lines();
    },
    (seen) => seen.length > 0,
  );
}

requireShell('bash')('caro events --follow', () => {
  test('prints each command of a real shell while the shell goes on', async () => {
    const home = await node();
    const shell = await bashIn(home);
    const follower = follow(home);
    await attached(shell, follower.lines);
    for (const line of ['echo one', 'false', ' echo private', 'ls /nonexistent-caro']) {
      await shell.run(line);
      if (line.startsWith(' ')) continue;
      const seen = await until(follower.lines, (lines) => lines.at(-1)?.includes(line) === true);
      expect(seen.filter((text) => text.includes(line))).toHaveLength(1);
      expect(seen.at(-1)).toMatch(/ (safe|low|moderate|high|critical) /);
    }
    expect((await follower.lines()).join('\n')).not.toContain('private');
    expect(await follower.end()).toBe(0);
  });
});
