/** A program in a pseudo-terminal made by script(1), so that no package is needed. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { alwaysQuoted } from '../shell-setup/shell-quote.ts';

type Env = Readonly<Record<string, string | undefined>>;

export interface Terminal {
  /** Everything shown so far. */
  readonly shown: () => string;
  readonly type: (text: string) => void;
  readonly hasEnded: () => boolean;
  /** Ends the program, whatever it does. */
  readonly end: () => void;
}

/** What the program asks the terminal about itself, and the answer; some wait for it. */
const ANSWERS: readonly (readonly [question: string, answer: string])[] = [
  ['\x1b[c', '\x1b[?62;c'],
  ['\x1b[0c', '\x1b[?62;c'],
  ['\x1b[6n', '\x1b[1;1R'],
];

/** Undefined if there is no script(1). `pidMark` begins the line with the program's process id. */
export function openTerminal(command: readonly string[], env: Env, pidMark: string): Terminal | undefined {
  const args = scriptArguments(command, env, pidMark);
  if (args === undefined) return undefined;
  // In a session of its own, it cannot take over this terminal. script(1) starts $SHELL.
  const child = spawn('script', args, {
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
    env: { TERM: 'xterm', ...env, SHELL: '/bin/sh' },
  });
  let shown = '';
  let ended = false;
  child.once('error', () => (ended = true));
  child.once('close', () => (ended = true));
  // The program may end while text is on its way to it.
  child.stdin.on('error', () => undefined);
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
    for (const [question, answer] of ANSWERS) child.stdin.write(answer.repeat(text.split(question).length - 1));
  });
  return {
    shown: () => shown,
    type: (text) => void child.stdin.write(text),
    hasEnded: () => ended,
    end: () => endAll(child, Number(new RegExp(`^${pidMark}(\\d+)`, 'm').exec(shown)?.[1])),
  };
}

function scriptArguments(command: readonly string[], env: Env, pidMark: string): string[] | undefined {
  const shell = env['SHELL'] ?? '/bin/sh';
  const words = command.map((word) => alwaysQuoted('sh', word)).join(' ');
  const line = `echo ${pidMark}$$; SHELL=${alwaysQuoted('sh', shell)} exec ${words}`;
  const { error, stdout } = spawnSync('script', ['--version'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...env },
  });
  if (error) return undefined;
  // The form of util-linux and busybox, and the form of BSD and macOS.
  if (/util-linux/.test(stdout) || process.platform === 'linux') return ['-q', '-c', line, '/dev/null'];
  return ['-q', '/dev/null', '/bin/sh', '-c', line];
}

/** The program leads a session of its own, so both groups are ended. */
function endAll(child: ChildProcess, program: number): void {
  for (const pid of [program, child.pid ?? Number.NaN]) {
    try {
      if (pid > 1) process.kill(-pid, 'SIGKILL');
    } catch {
      // It has already ended.
    }
  }
  child.stdin?.destroy();
  child.stdout?.destroy();
  child.unref();
}
