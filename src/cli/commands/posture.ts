import { type Command, InvalidArgumentError } from 'commander';
import { callAdmin } from '../../admin/client.ts';
import { EVERYBODY } from '../../domain/blind/total-floor.ts';
import { dayText } from '../../domain/blind/total-series.ts';
import { counted } from '../../domain/counted.ts';
import { agentSentence } from '../../domain/trends/agent-share.ts';
import { effectOf } from '../../domain/trends/effect.ts';
import { LABEL_PATTERN, MAX_LABEL } from '../../domain/trends/mark.ts';
import { navigatorLayer } from '../../domain/trends/navigator-layer.ts';
import {
  MAX_TREND_DAYS,
  type PostureAnswer,
  type TrendQuestion,
  type UnitsAnswer,
} from '../../domain/trends/trend-answers.ts';
import type { Context } from '../context.ts';
import { withAnalystReader } from '../input/analyst-reader.ts';
import { parseCount } from '../input/options.ts';
import { againstText, changed, daysText, effectText, known, perThousand } from '../output/answers/trend-text.ts';
import { paint, say, sayJson } from '../output/output.ts';
import { writeLines, writePrivateFile } from '../output/output-file.ts';
import { sayTable } from '../output/table.ts';

interface Which {
  readonly name?: string;
  readonly block?: string;
  readonly until?: string;
  readonly days: number;
  readonly json?: true;
}

/** `caro posture`: risk over all nodes and its course, as the posture view of the page shows it. */
export function addPosture(program: Command, context: Context): void {
  const posture = program
    .command('posture')
    .description('risk over all nodes and its course, from released totals or saved answers');
  selecting(posture.command('show', { isDefault: true }))
    .description('print the rate of risky commands, kinds of risk, and units')
    .option('--json', 'print one JSON object')
    .action((options: Which) => show(context, options));
  selecting(posture.command('layer'))
    .description('print ATT&CK techniques as a layer for the ATT&CK Navigator (format 4.5)')
    .option('--out <file>', 'write to this file instead, readable by you only')
    .action((options: Which & { readonly out?: string }) => layer(context, options));
  posture
    .command('mark')
    .description('mark an event on the time axis, such as a campaign')
    .argument('<label>', `what it was, at most ${MAX_LABEL} characters`, parseLabel)
    .argument('<first>', 'first day, YYYY-MM-DD', parseDay)
    .argument('[last]', 'last day, the first one if absent', parseDay)
    .option('--json', 'print one JSON object')
    .action((label: string, first: string, last: string | undefined, options: { readonly json?: true }) =>
      mark(context, { label, first, last: last ?? first }, options.json === true),
    );
  posture
    .command('marks')
    .description('print the marked events, oldest first')
    .option('--json', 'print JSON lines')
    .action((options: { readonly json?: true }) => marks(context, options.json === true));
  posture
    .command('unmark')
    .description('remove a marked event')
    .argument('<number>', 'its number', parseCount)
    .option('--json', 'print one JSON object')
    .action(async (id: number, options: { readonly json?: true }) => {
      await callAdmin(context.places().socket, 'marks.remove', { id });
      if (options.json) sayJson(context, { removed: id });
      else say(context, `Mark ${id} is removed.`);
    });
}

const selecting = (command: Command): Command =>
  command
    .option('--name <name>', 'name of the totals, or answers (default: the newest totals)')
    .option('--block <name>', 'a unit instead of everybody')
    .option(
      '--days <count>',
      `number of days, at most ${MAX_TREND_DAYS}; the same number before is compared`,
      parseDays,
      91,
    )
    .option('--until <day>', 'last day, YYYY-MM-DD (default: the newest that is known)', parseDay);

function parseDays(text: string): number {
  const days = parseCount(text);
  if (days > MAX_TREND_DAYS) throw new InvalidArgumentError(`Expected at most ${MAX_TREND_DAYS} days.`);
  return days;
}

function parseDay(text: string): string {
  const ms = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms) || dayText(ms) !== text) throw new InvalidArgumentError('Expected a day as YYYY-MM-DD.');
  return text;
}

function parseLabel(text: string): string {
  if (!new RegExp(LABEL_PATTERN, 'u').test(text))
    throw new InvalidArgumentError(`Expected one line of 1 to ${MAX_LABEL} visible characters.`);
  return text;
}

const questionOf = ({ name, block, until, days }: Which): TrendQuestion => ({
  days,
  ...(name === undefined ? {} : { name }),
  ...(block === undefined ? {} : { block }),
  ...(until === undefined ? {} : { until }),
});

async function show(context: Context, options: Which): Promise<void> {
  const question = questionOf(options);
  const { answer, units } = await withAnalystReader(context, ({ trends }) => ({
    answer: trends.posture(question),
    units: trends.units(question),
  }));
  if (options.json) sayJson(context, { ...answer, units: units.units });
  else await sayPosture(context, answer, units);
}

async function sayPosture(context: Context, answer: PostureAnswer, { units }: UnitsAnswer): Promise<void> {
  const { source, posture, block, days, marks: marked } = answer;
  const { risky, gaps, latest, points, previous, first, last } = posture;
  const from = source.source === 'totals' ? `released totals of ${source.name}` : 'saved answers of single days';
  say(
    context,
    paint(context, 'bold', `${block === EVERYBODY ? 'everybody' : block}, ${daysText(first, last)}, from ${from}`),
  );
  if (latest === null) {
    say(context, `No day of this span has figures. There are some from ${source.first} to ${source.last}.`);
    return;
  }
  say(context, againstText(risky, `in the ${counted(days, 'day')} before`));
  const share = agentSentence(posture.agents);
  if (share !== null) say(context, share);
  say(context, `latest: ${latest.day}, ${counted(latest.contributors, 'node')}`);
  say(context);
  await sayTable(
    context,
    [
      {
        title: points.some((point) => point.days > 1) ? 'WEEK' : 'DAY',
        text: (row) => daysText(row.point.first, row.point.last),
      },
      { title: 'PER 1,000', align: 'right', text: (row) => perThousand(row.point.rate) },
      { title: 'BEFORE', align: 'right', text: (row) => perThousand(row.before) },
      { title: 'RISKY', align: 'right', text: (row) => known(row.point.risky) },
      { title: 'COMMANDS', align: 'right', text: (row) => known(row.point.commands) },
      { title: 'NODES', align: 'right', text: (row) => known(row.point.contributors) },
      { title: 'KNOWN', align: 'right', text: (row) => `${row.point.known}/${row.point.days}` },
    ],
    points.map((point, index) => ({ point, before: previous[index]?.rate ?? null })),
  );
  await sayMeasures(
    context,
    'KIND',
    posture.kinds.map(({ family, ...measure }) => ({ name: family, ...measure })),
  );
  await sayUnits(context, units);
  for (const one of marked) {
    const effect = effectText(effectOf([...previous, ...points], one));
    say(context, `${one.label}, ${daysText(one.first, one.last)}: ${effect}`);
  }
  say(
    context,
    `withheld: ${gaps.withheld} of ${gaps.figures} figures, of fewer than ${counted(source.floor, 'node')} or revealing one; ${gaps.days} of ${counted(days, 'day')} without figures`,
  );
}

async function sayUnits(context: Context, units: UnitsAnswer['units']): Promise<void> {
  const compared = units.filter(({ rate }) => rate !== null);
  if (compared.length > 0)
    await sayMeasures(
      context,
      'UNIT',
      compared.map(({ unit, ...measure }) => ({ name: unit, ...measure })),
    );
  if (compared.length < units.length)
    say(context, `not known: ${units.flatMap(({ unit, rate }) => (rate === null ? [unit] : [])).join(', ')}`);
}

async function sayMeasures(
  context: Context,
  title: string,
  rows: readonly {
    readonly name: string;
    readonly rate: number | null;
    readonly before: number | null;
    readonly change: number | null;
  }[],
): Promise<void> {
  say(context);
  await sayTable(
    context,
    [
      { title, text: ({ name }) => name },
      { title: 'PER 1,000', align: 'right', text: ({ rate }) => perThousand(rate) },
      { title: 'BEFORE', align: 'right', text: ({ before }) => perThousand(before) },
      { title: 'CHANGE', align: 'right', text: ({ change }) => changed(change) },
    ],
    rows,
  );
}

async function layer(context: Context, options: Which & { readonly out?: string }): Promise<void> {
  const answer = await withAnalystReader(context, ({ trends }) => trends.heatMap(questionOf(options)));
  const lines = [JSON.stringify(navigatorLayer(answer), null, 2)];
  if (options.out === undefined) await writeLines(context.stdout, lines);
  else await writePrivateFile(options.out, lines);
}

async function mark(
  context: Context,
  given: { readonly label: string; readonly first: string; readonly last: string },
  isJson: boolean,
): Promise<void> {
  const added = await callAdmin(context.places().socket, 'marks.add', given);
  if (isJson) sayJson(context, added);
  else say(context, `Marked as number ${added.id}: ${added.label}, ${daysText(added.first, added.last)}.`);
}

async function marks(context: Context, isJson: boolean): Promise<void> {
  const all = await withAnalystReader(context, (reader) => reader.marks.list());
  if (isJson) for (const one of all) sayJson(context, one);
  else if (all.length === 0)
    say(context, 'No event is marked. Mark one: caro posture mark "awareness week" 2026-09-19 2026-09-25');
  else
    await sayTable(
      context,
      [
        { title: 'NUMBER', align: 'right', text: ({ id }) => String(id) },
        { title: 'DAYS', text: ({ first, last }) => daysText(first, last) },
        { title: 'EVENT', text: ({ label }) => label },
      ],
      all,
    );
}
