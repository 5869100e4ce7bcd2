import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { QueryProgress, QueryResult, SpanHours, TimeLimitMs } from '../../../domain/answers/query.ts';
import type { QueryType } from '../../../domain/policy/trust.ts';
import { ApiError, lines } from './api.ts';
import type { QueryLine } from './contract.ts';

export interface Question {
  readonly isAsking: boolean;
  /** States of the targets that have ended; null before the first. */
  readonly progress: QueryProgress | null;
  readonly result: QueryResult | null;
  readonly trouble: string | null;
  /** Number of answered queries. */
  readonly turn: number;
  readonly ask: (type: QueryType, spanHours: SpanHours, timeoutMs: TimeLimitMs) => void;
}

type Answer = Omit<Question, 'ask' | 'turn'>;
const SILENT: Answer = { isAsking: false, progress: null, result: null, trouble: null };

/**
 * Asks the mesh on request only, because every query is in the audit log of every node that
 * receives it.
 */
export function useQuestion(onLocked: () => void): Question {
  const [answer, setAnswer] = useState<Answer>(SILENT);
  const [turn, setTurn] = useState(0);
  const run = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => run.current?.abort(), []);
  const ask = useCallback(
    (type: QueryType, spanHours: SpanHours, timeoutMs: TimeLimitMs) => {
      run.current?.abort();
      const current = new AbortController();
      run.current = current;
      setAnswer({ ...SILENT, isAsking: true });
      follow({ type, spanHours, timeoutMs }, current.signal, (part) => setAnswer((old) => ({ ...old, ...part })))
        .catch((error: unknown) => {
          if (current.signal.aborted) return;
          if (error instanceof ApiError && error.code === 'not_logged_in') onLocked();
          const trouble = error instanceof Error ? error.message : 'The service does not answer.';
          setAnswer({ ...SILENT, trouble });
        })
        .finally(() => setTurn((before) => before + 1));
    },
    [onLocked],
  );
  return { ...answer, turn, ask };
}

async function follow(
  question: { readonly type: QueryType; readonly spanHours: SpanHours; readonly timeoutMs: TimeLimitMs },
  signal: AbortSignal,
  tell: (part: Partial<Answer>) => void,
): Promise<void> {
  for await (const { progress, result, error } of lines<QueryLine>('/api/mesh/query', question, signal)) {
    if (progress) tell({ progress });
    if (result) tell({ result, isAsking: false });
    if (error) tell({ trouble: error.message, isAsking: false });
  }
}
