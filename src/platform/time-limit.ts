import { createContext, Script } from 'node:vm';

const CALL = new Script('run()');

/**
 * Runs a synchronous function and ends it after `limitMs`, wherever it is: a second thread of the
 * runtime watches the time. What it was changing is then left half done, so nothing may use it.
 *
 * @returns null if the time was over
 * @throws what `run` throws
 */
export function withinTime<T>(run: () => T, limitMs: number): { readonly value: T } | null {
  let result: { readonly value: T } | null = null;
  const context = createContext({
    run: () => {
      result = { value: run() };
    },
  });
  try {
    CALL.runInContext(context, { timeout: Math.max(1, Math.ceil(limitMs)) });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return null;
    throw error;
  }
  return result;
}
