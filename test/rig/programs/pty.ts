/** Real shells under a pseudo-terminal. Waits for what the shell shows, never for time to pass. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from '@lydell/node-pty';

export type ShellName = 'bash' | 'zsh' | 'fish' | 'dash' | 'busybox' | 'ksh' | 'mksh';

export interface ShellOptions {
  readonly shell: ShellName;
  /** Beside the harness's own arguments, for instance `--posix` or `-r`. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Content of the shell's start file (`.bashrc`, `.zshrc`, `config.fish`, the file named by
   * `ENV`). The prompt is set after it.
   */
  readonly rc?: string;
  readonly cwd?: string;
  /** A command that runs the shell, such as a network namespace's. */
  readonly prefix?: readonly string[];
  /** Reuse another session's home; otherwise a new temporary one is made and removed by `close`. */
  readonly home?: string;
  /** Answers where the cursor is, for programs that show nothing before they know (ble.sh). */
  readonly cursor?: boolean;
}

export interface ShellSession {
  readonly pid: number;
  readonly home: string;
  /** Sends text as typed, without Enter. */
  send(text: string): void;
  /** Types a line and Enter. */
  type(line: string): void;
  /**
   * Types a line and Enter and waits for the next prompt; resolves with what was shown in between,
   * escapes removed.
   */
  run(line: string): Promise<string>;
  /** Pastes text as a terminal with bracketed paste does, without Enter. */
  paste(text: string): void;
  /** Makes the terminal wider or narrower. */
  resize(columns: number, rows: number): void;
  /** Waits until the text shown since the last wait contains this; resolves with that text. */
  waitFor(wanted: string | RegExp): Promise<string>;
  waitForPrompt(): Promise<string>;
  /** ^C */
  interrupt(): void;
  /** ^Z */
  suspend(): void;
  /** ^D */
  endOfFile(): void;
  /** Everything shown so far, escape sequences removed. */
  screen(): string;
  /** Waits until the shell has ended; resolves with its exit code. */
  ended(): Promise<number>;
  /** Ends the shell and removes its home if this session made it. */
  close(): Promise<void>;
}

/** How long any wait may take. */
const PATIENCE_MS = 60_000;

/** What every prompt of a session shows. */
export const PROMPT = 'caro-test> ';

interface Start {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Starts an interactive shell and waits for its first prompt. */
export async function openShell(options: ShellOptions): Promise<ShellSession> {
  const session = startShell(options);
  try {
    await session.waitForPrompt();
  } catch (error) {
    // Nobody else can end it, or remove its home.
    await session.close();
    throw error;
  }
  return session;
}

/** Starts an interactive shell without waiting. */
export function startShell(options: ShellOptions): ShellSession {
  const made = options.home === undefined;
  const home = options.home ?? mkdtempSync(join(tmpdir(), 'caro-shell-'));
  const start = startOf(options, home);
  const [file = start.file, ...args] = [
    ...(options.prefix ?? otherRoot(options.cwd ?? home)),
    start.file,
    ...argumentsOf(start.args, options.args ?? []),
  ];
  const child = spawn(file, args, {
    name: 'xterm',
    cols: 160,
    rows: 50,
    cwd: options.cwd ?? home,
    env: {
      PATH: process.env['PATH'] ?? '/usr/bin:/bin',
      HOME: home,
      LANG: 'C.UTF-8',
      SHELL: '/bin/sh',
      ...start.env,
      ...options.env,
    },
  });
  let shown = '';
  let seen = 0;
  let exitCode: number | undefined;
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const check of [...waiting]) check();
  };
  child.onData((data) => {
    shown += data;
    // fish 4 asks the terminal what it is and waits for the answer.
    if (data.includes(ASKS_KIND)) child.write(`${ESC}[?62;c`);
    if (options.cursor === true) child.write(`${ESC}[5;3R`.repeat(data.split(ASKS_CURSOR).length - 1));
    wake();
  });
  child.onExit((event) => {
    exitCode = event.exitCode;
    wake();
  });

  /**
   * Resolves with the first defined value of `probe`, asked again whenever the shell showed
   * something or ended.
   */
  function until<T>(what: string, probe: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void): void => {
        clearTimeout(timer);
        waiting.delete(check);
        act();
      };
      const check = (): void => {
        const value = probe();
        if (value !== undefined) settle(() => resolve(value));
        else if (exitCode !== undefined) settle(() => reject(new Error(`shell ended before ${what}: ${tail()}`)));
      };
      const timer = setTimeout(() => settle(() => reject(new Error(`no ${what} in time: ${tail()}`))), PATIENCE_MS);
      waiting.add(check);
      check();
    });
  }
  const tail = (): string => JSON.stringify(shown.slice(-600));
  const waitFor = (wanted: string | RegExp): Promise<string> =>
    until(`sign of ${String(wanted)}`, () => {
      const text = shown.slice(seen);
      const found = typeof wanted === 'string' ? text.indexOf(wanted) : text.search(wanted);
      if (found === -1) return undefined;
      const length = typeof wanted === 'string' ? wanted.length : (wanted.exec(text)?.[0].length ?? 0);
      seen += found + length;
      return plain(text.slice(0, found));
    });
  const newPrompt = options.shell === 'fish' ? new RegExp(`${ESC}\\]777;prompt${BEL}[^]*?${PROMPT}`) : PROMPT;
  const ended = (): Promise<number> => until('end', () => exitCode);

  return {
    pid: child.pid,
    home,
    send: (text) => child.write(text),
    type: (line) => child.write(`${line}\r`),
    run: async (line) => {
      seen = shown.length;
      child.write(`${line}\r`);
      return await waitFor(newPrompt);
    },
    paste: (text) => child.write(`\x1b[200~${text}\x1b[201~`),
    resize: (columns, rows) => child.resize(columns, rows),
    waitFor,
    waitForPrompt: () => waitFor(newPrompt),
    interrupt: () => child.write('\x03'),
    suspend: () => child.write('\x1a'),
    endOfFile: () => child.write('\x04'),
    screen: () => plain(shown),
    ended,
    close: async () => {
      if (exitCode === undefined) {
        child.kill('SIGKILL');
        await ended();
      }
      // Programs that the shell started may still write there.
      if (made) rmSync(home, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

const [ASKS_KIND, ASKS_CURSOR] = ['\u001b[0c', '\u001b[6n'];
const [ESC, BEL, SHIFT_IN] = ['\u001b', '\u0007', '\u000f'];
const ESCAPES = new RegExp(
  `${ESC}(?:\\[[0-9;?>=]*[a-zA-Z]|\\][^${BEL}${ESC}]*(?:${BEL}|${ESC}\\\\)|[()][A-Z0-9]|[=>78])|${SHIFT_IN}`,
  'g',
);

/** Without escape sequences, carriage returns and backspaces. */
const plain = (text: string): string => text.replace(ESCAPES, '').replace(/[\r\b]/g, '');

/**
 * Runs the shells of another system's root instead of this one's, where `scripts/shell-versions.sh`
 * asks for it.
 */
export function otherRoot(cwd: string): readonly string[] {
  const root = process.env['CARO_TEST_SHELL_ROOT'];
  return root === undefined ? [] : ['chroot', root, 'env', '-C', cwd];
}

/** bash takes long options before short ones only. */
const argumentsOf = (own: readonly string[], more: readonly string[]): string[] => [
  ...more.filter((arg) => arg.startsWith('--')),
  ...own,
  ...more.filter((arg) => !arg.startsWith('--')),
];

/** Writes the start file and says how to make the shell read it and nothing else. */
function startOf(options: ShellOptions, home: string): Start {
  const rc = options.rc ?? '';
  const place = (path: string, content: string): string => {
    const file = join(home, path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, content);
    chmodSync(file, 0o600);
    return file;
  };
  switch (options.shell) {
    case 'bash': {
      const file = place('.bashrc', `${rc}\nPS1='${PROMPT}'\n`);
      // In POSIX mode bash reads the file named by ENV instead.
      return {
        file: 'bash',
        args: options.args?.includes('--posix') ? ['-i'] : ['--rcfile', file, '-i'],
        env: { ENV: file },
      };
    }
    case 'zsh':
      place('.zshrc', `${rc}\nPS1='${PROMPT}'\n`);
      return { file: 'zsh', args: ['-d', '-i'], env: { ZDOTDIR: home } };
    case 'fish':
      place(
        '.config/fish/config.fish',
        [
          rc,
          // fish draws a prompt again whenever it likes; a mark tells the first time. Of ^C at the
          // prompt fish 4 shows nothing.
          'function _test_new --on-event fish_prompt --on-event fish_preexec; set -g _test_new; end',
          `function fish_prompt; set -q _test_new; and printf '\\e]777;prompt\\a' >/dev/tty; set -e _test_new; echo -n '${PROMPT}'; end`,
          "function _test_cancel --on-event fish_cancel; printf '^C'; end",
          'function fish_greeting; end',
          'function fish_title; end\n',
        ].join('\n'),
      );
      // At its first start fish would read all manual pages in the background, for completions.
      for (const folder of ['.data', '.cache'])
        mkdirSync(join(home, folder, 'fish/generated_completions'), { recursive: true });
      return {
        file: 'fish',
        args: ['-i'],
        env: { XDG_CONFIG_HOME: join(home, '.config'), XDG_DATA_HOME: join(home, '.data') },
      };
    case 'dash':
    case 'ksh':
    case 'mksh':
    case 'busybox': {
      const file = place('.shrc', `PS1='${PROMPT}'\n${rc}\n`);
      return { file: options.shell, args: options.shell === 'busybox' ? ['ash', '-i'] : ['-i'], env: { ENV: file } };
    }
  }
}
