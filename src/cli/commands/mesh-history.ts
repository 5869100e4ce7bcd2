import { type Command, Option } from 'commander';
import { callAdmin } from '../../admin/client.ts';
import { SPANS_HOURS, type SpanHours } from '../../domain/answers/query.ts';
import {
  answersCsv,
  type CellChange,
  compareCells,
  type SavedAnswer,
  type SavedAnswerLine,
  savedLine,
} from '../../domain/answers/saved-answer.ts';
import { CaroError } from '../../domain/errors.ts';
import { QUERY_TYPES, type QueryType } from '../../domain/policy/trust.ts';
import type { Context } from '../context.ts';
import { parseCount, parseSince } from '../input/options.ts';
import { sayQueryResult } from '../output/answers/query-report.ts';
import { localTime, paint, say, sayJson } from '../output/output.ts';
import { writeLines, writePrivateFile } from '../output/output-file.ts';
import { newestOf } from '../output/pages.ts';
import { type Column, sayTable } from '../output/table.ts';

const SPAN_NAMES: Readonly<Record<SpanHours, string>> = { 24: '24h', 168: '7d', 720: '30d' };
const FORMATS = ['csv', 'json', 'jsonl'] as const;
type Format = (typeof FORMATS)[number];

interface Which {
  readonly type?: QueryType;
  readonly span?: string;
  readonly limit?: number;
  /** ISO 8601 UTC. */
  readonly since?: string;
}

/** `caro mesh history`: sums that were asked for before (docs/queries.md "Saved answers"). */
export function addHistory(mesh: Command, context: Context): void {
  const history = mesh.command('history').description('sums that were asked for before, by people and once a day');
  selecting(history.command('list', { isDefault: true }))
    .description('print saved answers, newest last')
    .option('--json', 'print JSON lines')
    .action((options: Which & { readonly json?: true }) => list(context, options));
  history
    .command('show')
    .description('print a saved answer with the states of the nodes that were asked')
    .argument('<number>', 'number of the answer', parseCount)
    .option('--json', 'print one JSON object')
    .action((seq: number, options: { readonly json?: true }) => show(context, seq, options.json === true));
  history
    .command('compare')
    .description('print two answers to the same question side by side')
    .argument('<number>', 'number of the earlier answer', parseCount)
    .argument('<other>', 'number of the later answer', parseCount)
    .option('--json', 'print one JSON object')
    .action((a: number, b: number, options: { readonly json?: true }) => compare(context, a, b, options.json === true));
  selecting(history.command('export'))
    .description('print saved answers with all cells, for spreadsheets and other programs')
    .addOption(new Option('--format <format>', 'output format').choices(FORMATS).default('csv'))
    .option('--since <time>', 'only answers since then: 1h, 7d, 2026-01-31T09:00', parseSince(context.now()))
    .option('--out <file>', 'write to this file instead, readable by you only')
    .action((options: Which & { readonly format: Format; readonly out?: string }) => exportAnswers(context, options));
}

const selecting = (command: Command): Command =>
  command
    .addOption(new Option('--type <type>', 'only answers to this type of query').choices(QUERY_TYPES))
    .addOption(new Option('--span <span>', 'only answers over this span').choices(Object.values(SPAN_NAMES)))
    .option('--limit <count>', 'only this many of the newest', parseCount);

const DEFAULT_LINES = 50;

const linesOf = (context: Context, { type, span, limit }: Which): Promise<readonly SavedAnswerLine[]> => {
  const spanHours = SPANS_HOURS.find((hours) => SPAN_NAMES[hours] === span);
  const filter = { ...(type === undefined ? {} : { type }), ...(spanHours === undefined ? {} : { spanHours }) };
  return newestOf(
    (page) => callAdmin(context.places().socket, 'answers.list', { ...filter, ...page }),
    ({ seq }) => seq,
    limit ?? DEFAULT_LINES,
  );
};

async function list(context: Context, options: Which & { readonly json?: true }): Promise<void> {
  const lines = await linesOf(context, options);
  if (options.json) for (const line of lines) sayJson(context, line);
  else if (lines.length === 0)
    say(context, 'No saved answers match. A sum that passed the floor is saved when it is asked for: caro mesh query');
  else await sayTable(context, LINE_COLUMNS, lines);
}

const LINE_COLUMNS: readonly Column<SavedAnswerLine>[] = [
  { title: 'NUMBER', align: 'right', text: ({ seq }) => String(seq) },
  { title: 'UNTIL', text: ({ until }) => localTime(until) },
  { title: 'QUERY', text: ({ type }) => type },
  { title: 'SPAN', text: ({ spanHours }) => SPAN_NAMES[spanHours] },
  { title: 'ASKED', align: 'right', text: ({ targets }) => String(targets) },
  { title: 'IN SUM', align: 'right', text: ({ contributors }) => String(contributors) },
  { title: 'BY', text: ({ askedBy }) => askedBy },
];

const answer = (context: Context, seq: number): Promise<SavedAnswer> =>
  callAdmin(context.places().socket, 'answers.show', { seq });

async function show(context: Context, seq: number, json: boolean): Promise<void> {
  const saved = await answer(context, seq);
  if (json) sayJson(context, saved);
  else await sayQueryResult(context, saved.result, saved.floor);
}

async function compare(context: Context, first: number, second: number, json: boolean): Promise<void> {
  const before = await answer(context, first);
  const after = await answer(context, second);
  if (before.result.type !== after.result.type || before.spanHours !== after.spanHours)
    throw new CaroError(
      'usage',
      `expected two answers to the same question, got ${questionOf(before)} and ${questionOf(after)}; list them: caro mesh history`,
    );
  const cells = compareCells(before.result, after.result);
  if (json) {
    sayJson(context, { before: savedLine(before), after: savedLine(after), cells });
    return;
  }
  say(context, paint(context, 'bold', questionOf(after)));
  for (const { seq, result } of [before, after])
    say(
      context,
      `${seq}: ${localTime(result.until)}, a sum over ${result.contributors} of ${result.targets.length} nodes`,
    );
  say(context);
  const shown = cells.filter((cell) => cell.before !== 0 || cell.after !== 0);
  if (shown.length > 0) await sayTable(context, changeColumns(first, second), shown);
  if (shown.length < cells.length)
    say(context, paint(context, 'dim', `${cells.length - shown.length} more are 0 in both`));
  say(context, 'Other nodes may have answered: a sum also changes with the nodes that are in it.');
}

const questionOf = ({ result, spanHours }: SavedAnswer): string => `${result.type} over ${SPAN_NAMES[spanHours]}`;

const figure = (value: number | null): string => (value === null ? 'withheld' : String(value));

const changeColumns = (first: number, second: number): readonly Column<CellChange>[] => [
  { title: 'CELL', text: ({ cell }) => cell },
  { title: `NO. ${first}`, align: 'right', text: ({ before }) => figure(before) },
  { title: `NO. ${second}`, align: 'right', text: ({ after }) => figure(after) },
  {
    title: 'CHANGE',
    align: 'right',
    text: ({ change }) => (change === null ? 'unknown' : `${change > 0 ? '+' : ''}${change}`),
  },
];

async function exportAnswers(
  context: Context,
  { format, out, since, ...which }: Which & { readonly format: Format; readonly out?: string },
): Promise<void> {
  const all = await linesOf(context, { limit: Number.MAX_SAFE_INTEGER, ...which });
  const lines = since === undefined ? all : all.filter(({ until }) => until >= since);
  const answers: SavedAnswer[] = [];
  for (const { seq } of lines) answers.push(await answer(context, seq));
  const texts = EXPORTS[format](answers);
  if (out === undefined) {
    await writeLines(context.stdout, texts);
    return;
  }
  await writePrivateFile(out, texts);
  say(context, `written to ${out}`);
}

const EXPORTS: Readonly<Record<Format, (answers: readonly SavedAnswer[]) => Iterable<string>>> = {
  csv: answersCsv,
  json: (answers) => [JSON.stringify(answers)],
  jsonl: (answers) => answers.map((saved) => JSON.stringify(saved)),
};
