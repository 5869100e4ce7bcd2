import { existsSync } from 'node:fs';
import { text as readAll } from 'node:stream/consumers';
import { type Command, Option } from 'commander';
import { CaroError } from '../../domain/errors.ts';
import { RISK_LEVELS, type RiskLevel } from '../../domain/events/risk-level.ts';
import { isoTime } from '../../domain/time/iso-time.ts';
import type { Database } from '../../storage/database.ts';
import type { CommandHistory, HistoryScope, PastCommand } from '../../storage/events/command-history.ts';
import type { Context } from '../context.ts';
import { parseCount } from '../input/options.ts';
import { localTime, paint, paintRisk, say, sayJson } from '../output/output.ts';
import { sayTable } from '../output/table.ts';
import { placeChoices, projectOf } from '../search/scopes.ts';
import { waitingCommands } from '../search/waiting-commands.ts';

interface Options {
  readonly here?: true;
  readonly project?: true;
  readonly projectName?: string;
  readonly shell?: number;
  readonly author?: string;
  readonly failed?: true;
  readonly succeeded?: true;
  readonly risk?: RiskLevel;
  readonly limit: number;
  readonly interactive?: true;
  readonly json?: true;
}

const SHOWN = 50;
/** A line that is being edited. */
const MAX_TYPED = 10_000;

export function addSearch(program: Command, context: Context): void {
  program
    .command('search')
    .description('search the commands of this node, newest first; each text is shown once')
    .argument('[text...]', 'words, or letters of words in their order')
    .option('--here', 'only commands typed in this directory')
    .option('--project', 'only commands typed in this git work tree')
    .option('--project-name <name>', 'only commands typed in the Git repository of this name')
    .option('--shell <pid>', 'only commands of the shell with this process id', parseCount)
    .option('--author <who>', 'only commands of human, agents, or one agent by its name')
    .option('--failed', 'only commands that failed')
    .option('--succeeded', 'only commands that succeeded')
    .addOption(new Option('--risk <level>', 'only commands of at least this risk').choices(RISK_LEVELS))
    .option('--limit <count>', 'print at most this many', parseCount, SHOWN)
    .option('--interactive', 'search while typing and print what is chosen; a text to begin with comes from a pipe')
    .option('--json', 'print JSON lines')
    .action((words: readonly string[], options: Options) => search(context, words, options));
}

async function search(context: Context, words: readonly string[], options: Options): Promise<void> {
  const { database: file } = context.places();
  if (!existsSync(file))
    throw new CaroError('not_found', 'expected recorded commands, there are none yet; see: caro init');
  const { openReadOnly } = await import('../../storage/database.ts');
  const database = openReadOnly(file);
  try {
    if (options.interactive) await choose(context, database, options);
    else await list(context, database, words.join(' '), options);
  } finally {
    database.close();
  }
}

async function list(context: Context, database: Database, typed: string, options: Options): Promise<void> {
  const [{ CommandHistory }, { Results }] = await Promise.all([
    import('../../storage/events/command-history.ts'),
    import('../search/results.ts'),
  ]);
  const waiting = await waitingCommands(context, database);
  const history: CommandHistory = new CommandHistory(database, scopeOf(options), waiting);
  const results = new Results(history);
  results.search(typed);
  for (let isMore = true; isMore && results.exact < options.limit; ) {
    isMore = history.more();
    while (results.follow());
  }
  const found = Array.from({ length: Math.min(options.limit, results.count) }, (_, place) => results.at(place)).filter(
    (one) => one !== undefined,
  );
  if (options.json) for (const { timeMs, ...one } of found) sayJson(context, { time: isoTime(timeMs), ...one });
  else if (found.length === 0) say(context, 'No command fits.');
  else await sayFound(context, found);
}

const sayFound = (context: Context, found: readonly PastCommand[]): Promise<void> =>
  sayTable(
    context,
    [
      { title: 'TIME', text: ({ timeMs }) => localTime(isoTime(timeMs)) },
      {
        title: 'EXIT',
        align: 'right',
        text: ({ exitCode }) => String(exitCode ?? '-'),
        paint: ({ exitCode }, text) => (exitCode === 0 || exitCode === null ? text : paint(context, 'red', text)),
      },
      { title: 'RISK', text: ({ risk }) => risk, paint: ({ risk }, text) => paintRisk(context, risk, text) },
      { title: 'COMMAND', text: ({ text }) => text },
    ],
    found,
  );

function scopeOf({ here, project, projectName, shell, author, failed, succeeded, risk }: Options): HistoryScope {
  if (failed && succeeded) throw new CaroError('usage', 'expected --failed or --succeeded, got both');
  const cwd = process.cwd();
  const root = project ? projectOf(cwd) : null;
  if (project && root === null) throw new CaroError('usage', 'expected a directory in a git work tree for --project');
  return {
    ...(here ? { directory: cwd } : {}),
    ...(root === null ? {} : { below: root }),
    ...(projectName === undefined ? {} : { project: projectName }),
    ...(shell === undefined ? {} : { shellPid: shell }),
    ...(author === undefined ? {} : { author }),
    ...(failed ? { outcome: 'failed' as const } : succeeded ? { outcome: 'ok' as const } : {}),
    ...(risk === undefined ? {} : { risk }),
  };
}

/** Prints the chosen command, which a shell puts on the line that is being edited. */
async function choose(context: Context, database: Database, { shell }: Options): Promise<void> {
  const [{ searchOnTerminal }, { AUTHOR_CHOICES, OUTCOME_CHOICES, RISK_CHOICES }] = await Promise.all([
    import('../search/interactive.ts'),
    import('../search/scopes.ts'),
  ]);
  const typed = context.stdin.isTTY === true ? '' : (await readAll(context.stdin)).slice(0, MAX_TYPED);
  const chosen = await searchOnTerminal({
    database,
    waiting: await waitingCommands(context, database),
    typed: typed.replace(/\n$/, ''),
    limits: [placeChoices(process.cwd(), shell), OUTCOME_CHOICES, RISK_CHOICES, AUTHOR_CHOICES],
    // The list is on the terminal, also where the standard output is not.
    hasColours: (context.env['NO_COLOR'] ?? '') === '',
    advice: adviceFor,
  });
  if (chosen === null) context.failed();
  else context.stdout.write(`${chosen}\n`);
}

async function adviceFor({ rules }: PastCommand): Promise<string> {
  const { describeRules } = await import('../../risk/describe.ts');
  const [known] = describeRules(rules);
  return known === undefined ? '' : `${known.reason} ${known.safer}`;
}
