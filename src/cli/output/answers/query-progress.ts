import { followAdmin } from '../../../admin/client.ts';
import type { QueryProgress, QueryResult } from '../../../domain/answers/query.ts';
import { TARGET_STATES } from '../../../domain/policy/trust.ts';
import type { Context } from '../../context.ts';
import { terminalWidth } from '../output.ts';
import { clipped } from '../text-width.ts';

const CLEAR_LINE = '\r\u001b[K';

/**
 * While `ask` sends the query with this id, shows on one line of the terminal how many targets
 * ended in which state. Clears the line afterwards.
 */
export async function sayStatesWhile(
  context: Context,
  query: string,
  ask: () => Promise<QueryResult>,
): Promise<QueryResult> {
  const over = new AbortController();
  let answer: Promise<QueryResult> | undefined;
  // Asks once the subscription is active, so that no notice is missed.
  const begin = (): void => {
    answer = ask().finally(() => over.abort());
    // Awaited below; until then a rejection must not end the process.
    answer.catch(() => undefined);
  };
  let isShown = false;
  try {
    const until = AbortSignal.any([over.signal, context.interrupted]);
    for await (const { params } of followAdmin(context.places().socket, ['query.partial'], until, begin)) {
      const progress = params as QueryProgress;
      // The dashboard or another terminal may query at the same time.
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
