import type { QueryResult, QueryTarget, WithheldRule } from '../../../domain/answers/query.ts';
import { naturalOrder } from '../../../domain/natural-order.ts';
import { TARGET_STATES, type TargetState } from '../../../domain/policy/trust.ts';
import type { Context } from '../../context.ts';
import { duration, harmless, localTime, paint, type Style, say } from '../output.ts';
import { type Column, sayTable } from '../table.ts';
import { answerLines } from './answer-lines.ts';
import { type CellRow, cellRows, WITHHELD } from './cell-rows.ts';

const STYLES: Readonly<Record<TargetState, Style>> = {
  answered: 'green',
  no_data: 'dim',
  access_denied: 'yellow',
  no_response: 'red',
  skewed: 'red',
  error: 'red',
  suppressed: 'yellow',
};

/**
 * Prints a query result: every target with its state, then the sum. `floor` is
 * `privacy.min_contributors`.
 */
export async function sayQueryResult(context: Context, result: QueryResult, floor: number): Promise<void> {
  const { type, since, until, elapsedMs } = result;
  const targets = result.targets.toSorted((a, b) => naturalOrder(a.name ?? a.id, b.name ?? b.id));
  say(context, paint(context, 'bold', `${type}, ${localTime(since)} to ${localTime(until)}`));
  say(context);
  if (targets.length === 0) {
    say(
      context,
      'There is no node to ask: none has a trust level of its own (caro trust set ID LEVEL) or from a roster in force (caro org status)',
    );
    return;
  }
  await sayTargets(context, targets);
  say(context);
  say(context, `${countsText(result)}, in ${duration(elapsedMs)}`);
  saySilence(context, targets);
  for (const target of targets) sayAnswer(context, target);
  say(context);
  await sayAggregate(context, result, floor);
}

async function sayTargets(context: Context, targets: readonly QueryTarget[]): Promise<void> {
  await sayTable(
    context,
    [
      { title: 'NODE', text: (target) => target.name ?? target.id },
      {
        title: 'STATE',
        text: ({ state, silence }) => (silence === undefined ? state : `${state} (${silence})`),
        paint: (target, text) => paint(context, STYLES[target.state], text),
      },
      { title: 'TOOK', align: 'right', text: (target) => duration(target.elapsedMs) },
    ],
    targets,
  );
}

function saySilence(context: Context, targets: readonly QueryTarget[]): void {
  if (targets.some(({ silence }) => silence === 'slow'))
    say(context, 'slow: it works, but needs more time; ask again with a longer --timeout');
  if (targets.some(({ silence }) => silence === 'frozen'))
    say(context, 'frozen: it is connected, but its service does not react');
}

function countsText({ targets, counts }: QueryResult): string {
  const states = TARGET_STATES.filter((state) => counts[state] > 0).map((state) => `${counts[state]} ${state}`);
  return `${targets.length} asked: ${states.join(', ')}`;
}

/** Only nodes that trust this one as a peer send figures of their own. */
function sayAnswer(context: Context, { id, name, summary }: QueryTarget): void {
  if (!summary) return;
  say(context);
  say(context, paint(context, 'bold', harmless(name ?? id)));
  for (const line of answerLines(summary)) say(context, `  ${harmless(line)}`);
}

async function sayAggregate(context: Context, result: QueryResult, floor: number): Promise<void> {
  const { aggregate, contributors, withheld, withheldBy, counts } = result;
  const nodes = contributors === 1 ? '1 node' : `${contributors} nodes`;
  if (aggregate === null || withheld !== null) {
    say(context, paint(context, 'yellow', `No sum is shown: it would cover ${nodes}.`));
    say(
      context,
      `A sum needs ${floor} nodes (privacy.min_contributors), and aggregate-only answers need as many among themselves: ` +
        'with fewer it could reveal a single person.',
    );
    return;
  }
  say(context, paint(context, 'bold', `Sum over ${nodes}`));
  const { titles, rows, zeros } = cellRows(aggregate, withheldBy);
  if (rows.length > 0) await sayTable(context, columnsOf(context, titles), rows);
  if (zeros > 0) say(context, paint(context, 'dim', `${zeros} more ${zeros === 1 ? 'is' : 'are'} 0`));
  for (const rule of new Set(Object.values(withheldBy))) say(context, `${WITHHELD}${rule}: ${MEANS[rule](floor)}`);
  if (counts.suppressed > 0)
    say(context, 'suppressed: its answer is in no sum, because too few others hide it or it was asked too often');
}

const MEANS: Readonly<Record<WithheldRule, (floor: number) => string>> = {
  floor: (floor) => `fewer than ${floor} nodes contributed`,
  companion: () => 'with it, one that too few nodes contributed to could be computed from the total',
  group: () => 'one of the two, or their total, or another author of that level; to say which would reveal a figure',
};

function columnsOf(context: Context, titles: readonly string[]): readonly Column<CellRow>[] {
  const [first = '', ...others] = titles;
  const measure = (title: string, index: number): Column<CellRow> => ({
    title,
    align: 'right',
    text: ({ values }) => values[index] ?? '',
    paint: ({ values }, text) => (values[index]?.startsWith(WITHHELD) ? paint(context, 'yellow', text) : text),
  });
  return [{ title: first, text: ({ name }) => name }, ...others.map(measure)];
}
