/** The real service as a process of its own, on a home of its own. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';

/**
 * `bin/caro.js` of this tree, or of an installation that a benchmark measures under another
 * Node.js.
 */
export const CARO = process.env['CARO_TEST_ENTRY'] ?? resolve(__dirname, '../../bin/caro.js');

export interface CommandOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface TestService {
  readonly home: string;
  readonly ready: Readonly<Record<string, unknown>> & { readonly dashboard: string };
  readonly process: ChildProcess;
  /** SIGKILL, and waits for the end. */
  readonly kill: () => Promise<void>;
  /** SIGTERM, and waits for the end; resolves with the exit code. */
  readonly stop: () => Promise<number | null>;
  readonly log: () => string;
}

/**
 * Environment in which every command of one home runs; nothing of the developer's own node gets in.
 */
export const homeEnvironment = (home: string): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  HOME: home,
  CARO_HOME: home,
  LANG: 'C.UTF-8',
  SHELL: '/bin/bash',
});

/** Writes `caro.toml`; without text, one with a free dashboard port. */
export async function configure(home: string, text?: string): Promise<void> {
  mkdirSync(join(home, 'config'), { recursive: true, mode: 0o700 });
  const port = await freePort();
  writeFileSync(join(home, 'config', 'caro.toml'), text ?? `[dashboard]\nport = ${port}\n`, { mode: 0o600 });
}

/**
 * Starts `caro service run` and waits for its ready line. `prefix` is a command that runs it, such
 * as a network namespace's; `options` stand behind it.
 */
export async function startService(
  home: string,
  prefix: readonly string[] = [],
  options: readonly string[] = [],
): Promise<TestService> {
  const [file = CARO, ...args] = [...prefix, CARO, 'service', 'run', ...options];
  const child = spawn(file, args, {
    env: homeEnvironment(home),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let shown = '';
  child.stderr.on('data', (chunk: Buffer) => {
    shown += chunk.toString();
  });
  const line = await new Promise<string>((done, failed) => {
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('\n')) done(text.slice(0, text.indexOf('\n')));
    });
    child.once('exit', (code) => failed(new Error(`the service ended with ${code} before it was ready: ${shown}`)));
  });
  const ended = new Promise<number | null>((done) => child.once('exit', done));
  const end = (signal: NodeJS.Signals) => async (): Promise<number | null> => {
    child.kill(signal);
    return ended;
  };
  const killed = end('SIGKILL');
  return {
    home,
    ready: JSON.parse(line) as TestService['ready'],
    process: child,
    kill: async () => {
      await killed();
    },
    stop: end('SIGTERM'),
    log: () => shown,
  };
}

/** Runs `caro …` to its end. */
export const caro = (home: string, ...args: readonly string[]): Promise<CommandOutcome> =>
  caroBehind([], home, ...args);

/** As `caro`, behind a command such as that of a clock. */
export async function caroBehind(
  prefix: readonly string[],
  home: string,
  ...args: readonly string[]
): Promise<CommandOutcome> {
  const [file = CARO, ...rest] = [...prefix, CARO, ...args];
  return new Promise((done) => {
    execFile(
      file,
      rest,
      { env: homeEnvironment(home), encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => done({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr }),
    );
  });
}

/**
 * What `caro … --json` prints: one value a line. Throws with the error text where the command
 * fails.
 */
export async function caroJson<T>(home: string, ...args: readonly string[]): Promise<T[]> {
  const { code, stdout, stderr } = await caro(home, ...args, '--json');
  if (code !== 0) throw new Error(`caro ${args.join(' ')} ended with ${code}: ${stderr}`);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

const handedOut = new Set<number>();

/**
 * A port that nobody listens on, each time another one. Below the range from which the system gives
 * ports to outgoing connections: one of these could take it before it is listened on.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 22_000);
    if (handedOut.has(port) || !(await isFree(port))) continue;
    handedOut.add(port);
    return port;
  }
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((done) => {
    server.once('error', () => done(false));
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)));
  });
}
