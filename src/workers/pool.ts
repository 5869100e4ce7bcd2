import { Piscina } from 'piscina';
import { CaroError, ERRORS, type ErrorCode } from '../domain/errors.ts';
import type * as tasks from './worker.ts';

type Tasks = typeof tasks;
type Outcome<K extends keyof Tasks> = Awaited<ReturnType<Tasks[K]>>;

interface RunOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Threads for work that would block the event loop. They end when they have been idle for 1 s. */
export interface Pool {
  /**
   * Runs a task in a thread.
   * @throws CaroError `worker_failed` when the thread crashed, was cancelled, or took longer than
   *   `timeoutMs` and was ended; `not_running` when the pool was closed meanwhile, so the task may
   *   be run again later; a `CaroError` of the task itself
   */
  readonly run: <K extends keyof Tasks>(
    name: K,
    input: Parameters<Tasks[K]>[0],
    options?: RunOptions,
  ) => Promise<Outcome<K>>;
  readonly close: () => Promise<void>;
}

const IDLE_MS = 1_000;
const DEFAULT_TIMEOUT_MS = 60_000;

/** @param filename built `worker.js`, a CommonJS module that exports the tasks. */
export function openPool(filename: string): Pool {
  // A built file needs nothing that this process was told to load for itself (`--import`). A thread
  // looks for the task `name` when it starts: without one it loads the file a second time, as an
  // ES module, for which Node.js loads its loader of ES modules.
  const name: keyof Tasks = 'measureDay';
  const piscina = new Piscina({ filename, name, minThreads: 0, maxThreads: 2, idleTimeout: IDLE_MS, execArgv: [] });
  let isClosed = false;
  /** Piscina would start threads again. */
  const assertOpen = (name: string): void => {
    if (isClosed) throw new CaroError('not_running', `expected the task "${name}" to finish, the service stops`);
  };
  const running = new Set<AbortController>();
  // A thread that ends before it has taken a task, because memory is short or its file is being
  // replaced, is reported here and to no task.
  piscina.on('error', (error: Error) => {
    for (const task of running) task.abort(error);
  });
  return {
    run: async <K extends keyof Tasks>(
      name: K,
      input: Parameters<Tasks[K]>[0],
      options: RunOptions = {},
    ): Promise<Outcome<K>> => {
      assertOpen(name);
      const { timeoutMs = DEFAULT_TIMEOUT_MS, signal } = options;
      const limit = AbortSignal.timeout(timeoutMs);
      const broken = new AbortController();
      running.add(broken);
      try {
        const any = AbortSignal.any([limit, broken.signal, ...(signal ? [signal] : [])]);
        const reply: unknown = await piscina.run(input, { name, signal: any });
        return reply as Outcome<K>;
      } catch (error) {
        assertOpen(name);
        throw failure(name, error, limit.aborted ? `it took longer than ${timeoutMs} ms` : null);
      } finally {
        running.delete(broken);
      }
    },
    close: () => {
      isClosed = true;
      return piscina.destroy();
    },
  };
}

/** `worker.ts` gives the code of an error of ours as its cause. */
function failure(name: string, error: unknown, reason: string | null): CaroError {
  const { cause, message } = Object(error) as Partial<Error>;
  const { code = '' } = Object(cause) as { readonly code?: string };
  if (reason === null && message !== undefined && Object.hasOwn(ERRORS, code))
    return new CaroError(code as ErrorCode, message);
  return new CaroError('worker_failed', `expected the task "${name}" to finish, ${reason ?? 'its thread failed'}`, {
    cause: error,
  });
}
