import { followAdmin } from '../../admin/client.ts';
import type { QueryProgress, QueryResult } from '../../domain/answers/query.ts';
import { TARGET_STATES } from '../../domain/policy/trust.ts';
import type { Context } from '../context.ts';
import { terminalWidth } from './output.ts';
import { clipped } from './text-width.ts';

const CLEAR_LINE = '\r\u001b[K';

/**
 * Shows on one line of the terminal how many targets ended in which state while `ask` puts the
 * query of that id; the line is gone afterwards.
 */
export async function sayStatesWhile(
  context: Context,
  query: string,
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
  let isShown = false;
  try {
    const until = AbortSignal.any([over.signal, context.interrupted]);
    for await (const { params } of followAdmin(context.places().socket, ['query.partial'], until, begin)) {
      const progress = params as QueryProgress;
      // The dashboard, or another terminal, may ask at the same time.
      if (progress.query !== query) continue;
      isShown = true;
      const line = await clipped(stateLine(progress), terminalWidth(context) - 1);
      context.stdout.write(`${CLEAR_LINE}${line}`);
    }
  } finally {
    if (isShown) context.stdout.write(CLEAR_LINE);
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
