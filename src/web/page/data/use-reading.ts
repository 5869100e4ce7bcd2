import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import { ApiError, read } from './api.ts';
import { takeEarly } from './early.ts';

/** What the panels of the posture view read. */
export interface TrendParameters {
  readonly days: number;
  readonly block?: string;
  readonly name?: string;
}

export interface Reading<T> {
  readonly data: T | null;
  readonly trouble: string | null;
  /** What `trouble` is about; null without one, or where no answer came. */
  readonly code: string | null;
}

/** After a service that did not answer. */
const RETRY_MS = 3_000;

/**
 * Reads one resource of the API, again when `parameters` or `turn` change, and until the service
 * answers. The last result stays until then.
 */
export function useReading<T>(
  path: string,
  parameters: Readonly<Record<string, string | number | undefined>>,
  onLocked: () => void,
  turn = 0,
): Reading<T> {
  const [reading, setReading] = useState<Reading<T>>({ data: null, trouble: null, code: null });
  const [retries, setRetries] = useState(0);
  const key = JSON.stringify(parameters);
  // Before the paint, so that the figures load meanwhile.
  useLayoutEffect(() => {
    const run = new AbortController();
    (takeEarly<T>(path, parameters) ?? read<T>(path, parameters, run.signal)).then(
      (data) => {
        if (!run.signal.aborted) setReading({ data, trouble: null, code: null });
      },
      (error: unknown) => {
        if (run.signal.aborted) return;
        if (error instanceof ApiError && error.code === 'not_logged_in') onLocked();
        else
          setReading({
            data: null,
            trouble: error instanceof Error ? error.message : 'The service does not answer.',
            code: error instanceof ApiError ? error.code : null,
          });
      },
    );
    return () => run.abort();
  }, [path, key, onLocked, turn, retries]);
  const isLost = reading.code === 'unreachable';
  useEffect(() => {
    if (!isLost) return;
    const again = (): void => {
      if (document.visibilityState === 'visible') setRetries((count) => count + 1);
    };
    const timer = setInterval(again, RETRY_MS);
    return () => clearInterval(timer);
  }, [isLost]);
  return reading;
}
