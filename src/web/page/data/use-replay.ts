import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { ApiError, post } from './api.ts';
import type { ReplayResult } from './contract.ts';

/** A file of the rule folder, or the text of a rule. */
export type Replayed = { readonly file: string } | { readonly text: string };

export interface Replay {
  readonly isRunning: boolean;
  readonly result: ReplayResult | null;
  readonly trouble: string | null;
  readonly run: (what: Replayed, days: number) => void;
}

type Answer = Omit<Replay, 'run'>;
const SILENT: Answer = { isRunning: false, result: null, trouble: null };

/** Replays a rule on request; a new request ends the one before. */
export function useReplay(onLocked: () => void): Replay {
  const [answer, setAnswer] = useState<Answer>(SILENT);
  const current = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => current.current?.abort(), []);
  const run = useCallback(
    (what: Replayed, days: number) => {
      current.current?.abort();
      current.current = new AbortController();
      const { signal } = current.current;
      setAnswer({ ...SILENT, isRunning: true });
      post<ReplayResult>('/api/rules/replay', { ...what, days }, signal).then(
        (result) => setAnswer({ ...SILENT, result }),
        (error: unknown) => {
          if (signal.aborted) return;
          if (error instanceof ApiError && error.code === 'not_logged_in') onLocked();
          setAnswer({ ...SILENT, trouble: error instanceof Error ? error.message : 'The service does not answer.' });
        },
      );
    },
    [onLocked],
  );
  return { ...answer, run };
}
