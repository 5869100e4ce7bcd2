import { type Command, InvalidArgumentError, Option } from 'commander';
import { callAdmin } from '../../admin/client.ts';
import { noTotalText } from '../../domain/blind/report-outcome.ts';
import { EVERYBODY } from '../../domain/blind/total-floor.ts';
import {
  dayText,
  type TotalAnswer,
  type TotalSeries,
  WINDOWS,
  type WindowDays,
  windowSums,
} from '../../domain/blind/total-series.ts';
import { CaroError } from '../../domain/errors.ts';
import { DAY_MS } from '../../domain/time/period.ts';
import type { Context } from '../context.ts';
import { parseCount } from '../input/options.ts';
import { paint, say, sayJson } from '../output/output.ts';
import { writeLines } from '../output/output-file.ts';
import { sayTable } from '../output/table.ts';

const MAX_DAYS = 400;

interface TotalsOptions {
  readonly task?: string;
  readonly block: string;
  readonly cells?: string;
  readonly days: number;
  readonly sum?: `${WindowDays}`;
  readonly csv?: true;
  readonly json?: true;
}

/** `caro blind totals`: released totals over time, at the leader. */
export function addBlindTotals(blind: Command, context: Context): void {
  blind
    .command('totals')
    .description('as leader: released totals by day, or sums over 7 and 30 days')
    .option('--task <name>', 'name or id of the task (default: the one with the newest total)')
    .option('--block <name>', 'a unit instead of everybody', EVERYBODY)
    .option('--cells <prefix>', 'only cells whose name begins so, e.g. levels. or techniques.', parsePrefix)
    .option('--days <count>', `number of days, at most ${MAX_DAYS}`, parseDays, 30)
    .addOption(new Option('--sum <days>', 'sums over so many days that end with each day').choices(WINDOWS.map(String)))
    .option('--csv', 'print comma-separated values, one line for each day and cell')
    .option('--json', 'print one JSON object')
    .action((options: TotalsOptions) => totals(context, options));
}

function parsePrefix(text: string): string {
  if (/^[A-Za-z0-9._-]{0,64}$/.test(text)) return text;
  throw new InvalidArgumentError("Expected the beginning of a cell's name, such as levels. or techniques.");
}

function parseDays(text: string): number {
  const days = parseCount(text);
  if (days > MAX_DAYS) throw new InvalidArgumentError(`Expected at most ${MAX_DAYS} days.`);
  return days;
}

/** Days before the first one that is shown, which its sum needs. */
const before = ({ sum }: TotalsOptions): number => (sum === undefined ? 0 : Number(sum) - 1);

async function totals(context: Context, options: TotalsOptions): Promise<void> {
  const { socket } = context.places();
  const series = seriesFor(await callAdmin(socket, 'totals.list', {}), options);
  const answer = await callAdmin(socket, 'totals.read', {
    task: series.task,
    block: options.block,
    ...(options.cells === undefined ? {} : { prefix: options.cells }),
    until: dayText(context.now().getTime() - DAY_MS),
    days: Math.min(MAX_DAYS, options.days + before(options)),
  });
  if (answer.cells.length === 0)
    throw new CaroError('not_found', `expected the beginning of a cell's name, got ${JSON.stringify(options.cells)}`);
  const rows = rowsOf(answer, options);
  if (options.json)
    sayJson(context, {
      task: series.task,
      name: series.name,
      block: options.block,
      floor: series.floor,
      ...shownOf(answer, options, rows),
    });
  else if (options.csv) await writeLines(context.stdout, csvLines(answer, rows));
  else await sayTotals(context, series, answer, rows, options);
}

function seriesFor(all: readonly TotalSeries[], { task, block }: TotalsOptions): TotalSeries {
  const series = all.find(({ name, task: id }) => task === undefined || name === task || id === task);
  if (!series)
    throw new CaroError(
      'not_found',
      'expected a task of which a day was released, this node has none; what is open: caro blind roles',
    );
  if (series.blocks.length === 0 || series.blocks.includes(block)) return series;
  throw new CaroError(
    'not_found',
    `expected one of the blocks ${series.blocks.join(', ')}, got ${JSON.stringify(block)}`,
  );
}

/** One cell of one day; `known` of the days of a sum. */
interface Row {
  readonly day: string;
  readonly contributors: number | null;
  readonly code: string | null;
  readonly values: readonly { readonly value: number | null; readonly known: number | null }[];
}

function rowsOf({ days }: TotalAnswer, options: TotalsOptions): readonly Row[] {
  const sums = options.sum === undefined ? null : windowSums(days, options.sum === '7' ? 7 : 30);
  const rows = days.map(({ day, contributors, code, values }, index) => ({
    day,
    contributors,
    code,
    values: sums
      ? (sums[index] ?? []).map(({ sum, known }) => ({ value: sum, known }))
      : values.map((value) => ({ value, known: null })),
  }));
  return rows.slice(-options.days);
}

const shownOf = ({ cells }: TotalAnswer, { sum }: TotalsOptions, rows: readonly Row[]) => ({
  cells,
  sum: sum === undefined ? null : Number(sum),
  days: rows.map(({ values, ...row }) => ({
    ...row,
    values: values.map(({ value }) => value),
    ...(sum === undefined ? {} : { known: values.map(({ known }) => known) }),
  })),
});

function* csvLines({ cells }: TotalAnswer, rows: readonly Row[]): Generator<string> {
  yield 'day,contributors,code,cell,value,known_days';
  for (const { day, contributors, code, values } of rows)
    for (const [place, { value, known }] of values.entries())
      yield [day, contributors ?? '', code ?? '', cells[place] ?? '', value ?? '', known ?? ''].join(',');
}

/** The newest day; other days are for programs. */
async function sayTotals(
  context: Context,
  { name, floor }: TotalSeries,
  { cells }: TotalAnswer,
  rows: readonly Row[],
  { block, sum }: TotalsOptions,
): Promise<void> {
  const released = rows.filter(({ contributors }) => contributors !== null);
  say(context, paint(context, 'bold', `${name}, ${block}: ${released.length} of ${rows.length} days have totals`));
  for (const { day, code } of rows) if (code !== null) say(context, `${day}: ${noTotalText(code)}`);
  const last = released.at(-1);
  if (!last) return;
  const nodes = `${last.contributors ?? 0} nodes`;
  say(
    context,
    sum === undefined ? `${last.day}, ${nodes}:` : `the ${sum} days until ${last.day}, ${nodes} on the last:`,
  );
  const shown = cells
    .map((cell, place) => ({ cell, ...(last.values[place] ?? { value: null, known: null }) }))
    .filter(({ value }) => value !== 0);
  if (shown.length === 0) {
    say(context, 'every cell is 0');
    return;
  }
  await sayTable(
    context,
    [
      { title: 'CELL', text: ({ cell }) => cell },
      { title: 'TOTAL', align: 'right', text: ({ value }) => (value === null ? 'withheld' : String(value)) },
      ...(sum === undefined
        ? []
        : [
            { title: 'DAYS', align: 'right' as const, text: ({ known }: (typeof shown)[number]) => String(known ?? 0) },
          ]),
    ],
    shown,
  );
  say(context, `withheld: fewer than ${floor} nodes, or it would reveal such a cell. Cells that are 0 are left out.`);
}
