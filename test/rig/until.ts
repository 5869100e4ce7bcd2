/**
 * Calls `ask` every few milliseconds and resolves with the first answer that `fits`. Rejects after
 * `withinMs` with both functions and the last answer.
 */
export async function until<T>(
  ask: () => T | Promise<T>,
  fits: (answer: T) => boolean = Boolean,
  withinMs = 60_000,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (fits(answer)) return answer;
    if (performance.now() > deadline) throw new Error(failure(ask, fits, withinMs, answer));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function failure<T>(ask: () => unknown, fits: (answer: T) => boolean, withinMs: number, answer: T): string {
  const expected = fits === Boolean ? String(ask) : `${String(ask)} to fit ${String(fits)}`;
  const got = typeof answer === 'string' ? answer : JSON.stringify(answer);
  return `expected within ${withinMs} ms: ${expected}; the last answer was: ${got.slice(0, 2_000)}`;
}
