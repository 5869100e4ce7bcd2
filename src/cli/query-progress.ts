import { followAdmin } from '../admin/client.ts';
import type { QueryProgress, QueryResult } from '../domain/query.ts';
import { type QueryType, TARGET_STATES } from '../domain/trust.ts';
import type { Context } from './context.ts';
import { clipped, terminalWidth } from './output.ts';

const CLEAR_LINE = '\r\u001b[K';

/** Shows on one line of the terminal how many targets ended in which state while `ask` runs; the line is gone afterwards. */
export async function sayStatesWhile(
  context: Context,
  type: QueryType,
  ask: () => Promise<QueryResult>,
): Promise<QueryResult> {
  const over = new AbortController();
  let answer: Promise<QueryResult> | undefined;
  // Nothing is missed: the question is put once the notices come.
  const begin = (): void => {
    answer = ask().finally(() => over.abort());
    // Looked at below; until then a refusal must not end the process.
    answer.catch(() => undefined);
  };
  let query: string | undefined;
  try {
    const until = AbortSignal.any([over.signal, context.interrupted]);
    for await (const { params } of followAdmin(context.places().socket, ['query.partial'], until, begin)) {
      const progress = params as QueryProgress;
      // The dashboard may ask at the same time; the first query that begins after we follow is taken for ours.
      if (progress.type === type && progress.targets.length === 1) query ??= progress.query;
      if (query !== progress.query) continue;
      const line = clipped(stateLine(progress), terminalWidth(context) - 1);
      context.stdout.write(`${CLEAR_LINE}${line}`);
    }
  } finally {
    if (query !== undefined) context.stdout.write(CLEAR_LINE);
  }
  return answer ?? ask();
}

function stateLine({ pending, targets }: QueryProgress): string {
  const counts = TARGET_STATES.map((state) => ({
    state,
    count: targets.filter((target) => target.state === state).length,
  })).filter(({ count }) => count > 0);
  const ended = counts.map(({ state, count }) => `${count} ${state}`).join(', ');
  return `${targets.length} of ${targets.length + pending}: ${ended}`;
}
