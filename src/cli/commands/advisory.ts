import { type Command, InvalidArgumentError, Option } from 'commander';
import { callAdmin } from '../../admin/client.ts';
import { loadConfiguration } from '../../config/loader.ts';
import { type AdvisoryLine, endOf, MAX_DAYS, PRIORITIES, type Priority } from '../../domain/advisories/advisory.ts';
import { counted } from '../../domain/counted.ts';
import { CaroError } from '../../domain/errors.ts';
import { DAY_MS } from '../../domain/time/period.ts';
import type { Context } from '../context.ts';
import { nodeNames } from '../input/peer-names.ts';
import { harmless, localTime, paint, say, sayJson } from '../output/output.ts';

interface SendOptions {
  readonly rule?: string;
  readonly family?: string;
  readonly priority: Priority;
  readonly until: string;
  readonly json?: true;
}

export function addAdvisory(program: Command, context: Context): void {
  const advisory = program
    .command('advisory')
    .description('what analysts ask owners to look at: a risk rule or a family of rules, without free text');
  advisory
    .command('send')
    .description('as analyst: send an advisory to every node, now or when it connects')
    .option('--rule <id>', 'a built-in risk rule, e.g. git.push-force')
    .option('--family <name>', 'a family of risk rules, e.g. git')
    .addOption(new Option('--priority <word>', 'how urgent it is').choices(PRIORITIES).default('attention'))
    .requiredOption(
      '--until <day>',
      `last day: 14d, or 2026-01-31, at most ${MAX_DAYS} days from now`,
      parseDay(context),
    )
    .option('--json', 'print one JSON object')
    .action((options: SendOptions) => send(context, options));
  advisory
    .command('list', { isDefault: true })
    .description('advisories in force, with your own matching commands of 30 days and the safer alternative')
    .option('--all', 'also those that are hidden')
    .option('--json', 'print JSON lines')
    .action((options: { readonly all?: true; readonly json?: true }) => list(context, options));
  advisory
    .command('hide')
    .description('do not show an advisory any more, which nobody learns; one of your own is not sent any further')
    .argument('<id>', 'its id, or the first digits')
    .option('--json', 'print one JSON object')
    .action((id: string, options: { readonly json?: true }) => hide(context, id, options));
}

/** `14d`, or a date. */
const parseDay =
  (context: Context) =>
  (text: string): string => {
    const [, days] = /^(\d{1,3})d$/.exec(text) ?? [];
    const day =
      days === undefined ? text : new Date(context.now().getTime() + Number(days) * DAY_MS).toISOString().slice(0, 10);
    if (!/^\d{4}-\d\d-\d\d$/.test(day) || Number.isNaN(endOf(day)))
      throw new InvalidArgumentError('Expected a number of days such as 14d, or a date such as 2026-01-31.');
    return day;
  };

/** Commands under an advisory. `--json` and the page have more of them. */
const SHOWN = 3;

async function send(context: Context, { rule, family, priority, until, json }: SendOptions): Promise<void> {
  const named = [
    ...(rule === undefined ? [] : [{ kind: 'rule' as const, name: rule }]),
    ...(family === undefined ? [] : [{ kind: 'family' as const, name: family }]),
  ];
  const [subject] = named;
  if (subject === undefined || named.length > 1)
    throw new CaroError('usage', `expected either --rule or --family, got ${named.length === 0 ? 'neither' : 'both'}`);
  const { id, delivered } = await callAdmin(context.places().socket, 'advisories.send', { subject, priority, until });
  if (json) sayJson(context, { id, delivered });
  else
    say(
      context,
      `Advisory ${id.slice(0, 8)} on the ${subject.kind} ${subject.name} until ${until}: ${counted(delivered, 'node')} ${delivered === 1 ? 'has' : 'have'} it, the others get it when they connect.`,
    );
}

const advisories = (context: Context, hidden: boolean): Promise<readonly AdvisoryLine[]> =>
  callAdmin(context.places().socket, 'advisories.list', hidden ? { hidden } : {});

async function list(context: Context, { all, json }: { readonly all?: true; readonly json?: true }): Promise<void> {
  const lines = await advisories(context, all === true);
  if (json) for (const line of lines) sayJson(context, line);
  else if (lines.length === 0) say(context, 'No advisories are in force.');
  else {
    const nameOf = await nodeNames(context, loadConfiguration(context.places(), context.hostname).configuration);
    for (const line of lines) sayAdvisory(context, line, nameOf);
  }
}

const NO_MATCH = 'None of your commands of the last 30 days matched.';

function sayAdvisory(context: Context, line: AdvisoryLine, nameOf: (id: string) => string): void {
  const { id, author, subject, priority, until, issuedAt, isHidden, delivered, rules, commands } = line;
  const from = delivered === null ? `from ${nameOf(author)}` : `by you, on ${counted(delivered, 'node')}`;
  say(
    context,
    `${paint(context, 'bold', `${priority}: ${subject.kind} ${subject.name}`)}${isHidden ? ' (hidden)' : ''}`,
  );
  say(context, `  ${id.slice(0, 8)}, ${from}, ${localTime(issuedAt)}, until ${until}`);
  if (rules.length === 0) say(context, `  ${NO_MATCH}`);
  for (const { id: rule, reason, safer, matches } of rules) {
    say(context, `  ${rule}: ${reason} ${matches === 0 ? NO_MATCH : `${matches} of your commands in 30 days.`}`);
    say(context, `    Safer: ${safer}`);
  }
  for (const { time, command } of commands.slice(0, SHOWN))
    say(context, `    ${localTime(time)}  ${harmless(command)}`);
}

async function hide(context: Context, start: string, { json }: { readonly json?: true }): Promise<void> {
  const found = (await advisories(context, true)).filter(({ id }) => id.startsWith(start));
  const [one] = found;
  if (one === undefined || found.length > 1)
    throw new CaroError(
      'not_found',
      `expected the id of one advisory, ${found.length} begin with "${start.slice(0, 32)}"; list them: caro advisory list --all`,
    );
  await callAdmin(context.places().socket, 'advisories.hide', { id: one.id });
  if (json) sayJson(context, { id: one.id });
  else say(context, `Advisory ${one.id.slice(0, 8)} is hidden.`);
}
