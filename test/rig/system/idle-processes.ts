import { spawn } from 'node:child_process';

export interface IdleProcesses {
  readonly pids: readonly number[];
  readonly end: () => void;
}

/**
 * Living processes that do nothing: each stands for a shell whose records the test writes itself.
 */
export function idleProcesses(count: number): IdleProcesses {
  const children = Array.from({ length: count }, () =>
    // Ends by itself with its standard input, should the test be killed.
    spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] }),
  );
  return {
    pids: children.map(({ pid }) => pid ?? 0),
    end: () => {
      for (const child of children) child.kill('SIGKILL');
    },
  };
}
