import { CaroError } from '../domain/errors.ts';

/**
 * Settles as `work` does or, if that takes longer than `deadlineMs`, with what `late` returns or
 * throws. `work` is not cancelled.
 */
export async function beforeDeadline<T, L>(work: Promise<T>, deadlineMs: number, late: () => L): Promise<T | L> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, deadlineMs);
  }).then(late);
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Settles as `work` does.
 * @param step completes "expected …", e.g. `collector to stop`
 * @throws CaroError `deadline_exceeded` if it takes longer than `timeoutMs`
 */
export const within = <T>(timeoutMs: number, step: string, work: Promise<T>): Promise<T> =>
  beforeDeadline(work, timeoutMs, () => {
    throw new CaroError('deadline_exceeded', `expected ${step} within ${timeoutMs} ms`);
  });
