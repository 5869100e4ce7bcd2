import { type Profiler, Session } from 'node:inspector';

/**
 * Which blocks of `src/` ran, and how often, since it was asked last: V8's own counters, so nothing
 * has to be instrumented.
 */
export interface Coverage {
  /** Forgets what ran so far. */
  readonly reset: () => void;
  /** One key for each block that ran. */
  readonly blocks: () => ReadonlySet<string>;
  /** How often blocks ran, all together: work that no clock has to measure. */
  readonly work: () => number;
  readonly stop: () => void;
}

export function startCoverage(): Coverage {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  const take = (): readonly Profiler.ScriptCoverage[] => {
    let taken: readonly Profiler.ScriptCoverage[] = [];
    // Sessions of the own thread answer before `post` returns.
    session.post('Profiler.takePreciseCoverage', (error, answer) => {
      if (error) throw error;
      taken = answer.result.filter(({ url }) => url.includes('/src/'));
    });
    return taken;
  };
  const ran = (): readonly (readonly [key: string, count: number])[] =>
    take().flatMap(({ scriptId, functions }) =>
      functions.flatMap(({ ranges }) =>
        ranges
          .filter(({ count }) => count > 0)
          .map(({ startOffset, endOffset, count }) => [`${scriptId}:${startOffset}-${endOffset}`, count] as const),
      ),
    );
  return {
    reset: () => void take(),
    blocks: () => new Set(ran().map(([key]) => key)),
    work: () => ran().reduce((sum, [, count]) => sum + count, 0),
    stop: () => {
      session.post('Profiler.stopPreciseCoverage');
      session.disconnect();
    },
  };
}
