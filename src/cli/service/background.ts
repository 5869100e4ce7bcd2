import { spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { callAdmin } from '../../admin/client.ts';
import { CaroError } from '../../domain/errors.ts';
import type { ServiceStatus } from '../../domain/status/status.ts';
import type { Context } from '../context.ts';
import { serviceCommand, serviceEnvironment } from './command.ts';

const START_MS = 15_000;
const STOP_MS = 10_000;
const LOOK_MS = 50;

/** The status of the service of this home; undefined if none runs. */
export async function runningService(context: Context): Promise<ServiceStatus | undefined> {
  try {
    return await callAdmin(context.places().socket, 'service.status', {}, 5_000);
  } catch (error) {
    if (error instanceof CaroError && error.code === 'not_running') return undefined;
    throw error;
  }
}

/**
 * Starts the service detached from this terminal, for systems without a service manager. It runs
 * until `stop` or shutdown.
 */
export async function startBackground(context: Context): Promise<void> {
  const [program, ...args] = serviceCommand();
  const child = spawn(program, args, {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...context.env, ...Object.fromEntries(serviceEnvironment()) },
  });
  // Closed once it runs; later output goes only to its log.
  const said: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString('utf8')));
  const ended = new Promise<never>((_resolve, reject) => {
    child.once('exit', (code) => reject(notStarted(code, said)));
    child.once('error', (error) => reject(error));
  });
  ended.catch(() => undefined);
  const looking = new AbortController();
  try {
    await Promise.race([started(context, looking.signal), ended]);
  } finally {
    looking.abort();
    child.removeAllListeners();
    child.stderr.destroy();
    child.unref();
  }
}

/**
 * Resolves once the service of this home answers.
 * @throws CaroError `deadline_exceeded`, immediately when `signal` is aborted
 */
export async function started(context: Context, signal?: AbortSignal): Promise<ServiceStatus> {
  for (let waited = 0; waited < START_MS && signal?.aborted !== true; waited += LOOK_MS) {
    const status = await runningService(context);
    if (status) return status;
    await pause(LOOK_MS);
  }
  throw new CaroError(
    'deadline_exceeded',
    `expected the service to answer within ${START_MS} ms, got no answer; see: caro service logs`,
  );
}

/**
 * Ends the process that answers on this home, if there is one. @throws CaroError
 * `deadline_exceeded`
 */
export async function stopRunning(context: Context): Promise<boolean> {
  const status = await runningService(context);
  if (!status) return false;
  process.kill(status.service.pid, 'SIGTERM');
  for (let waited = 0; waited < STOP_MS; waited += LOOK_MS) {
    if (!isThere(status.service.pid)) return true;
    await pause(LOOK_MS);
  }
  throw new CaroError(
    'deadline_exceeded',
    `expected process ${status.service.pid} to end within ${STOP_MS} ms, it still runs`,
  );
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** The last line on stderr is the reason why the service did not start. */
function notStarted(code: number | null, said: readonly string[]): CaroError {
  const reason = said
    .join('')
    .trim()
    .split('\n')
    .at(-1)
    ?.replace(/^caro: /, '');
  return new CaroError(
    'not_running',
    `expected the service to start, it ended with ${code ?? 'a signal'}: ${reason ?? ''}`,
  );
}
