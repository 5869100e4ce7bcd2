import { type Command, Option } from 'commander';
import { callAdmin, followAdmin } from '../../admin/client.ts';
import type { EventFilter, TerminalEvent } from '../../domain/events/event.ts';
import { RISK_LEVELS, type RiskLevel, riskRank } from '../../domain/events/risk-level.ts';
import { readIdentity } from '../../identity/identity.ts';
import { VERSION } from '../../version.ts';
import type { Context } from '../context.ts';
import { parseCount, parseSince } from '../input/options.ts';
import { duration, localTime, paintRisk, say, sayJson, terminalWidth } from '../output/output.ts';
import { newestOf } from '../output/pages.ts';
import { clipped } from '../output/text-width.ts';
import { addDelete } from './events-delete.ts';
import { sayEvents } from './events-table.ts';

/** Limits without `--limit`: a screenful on a terminal, practically everything for scripts. */
const MAX_SHOWN = 50;
const MAX_PRINTED = 100_000;

interface Options {
  readonly since?: string;
  readonly risk?: RiskLevel;
  readonly tool?: string;
  readonly limit?: number;
  readonly follow?: true;
  readonly json?: true;
  readonly ocsf?: true;
}

export function addEvents(program: Command, context: Context): void {
  const events = program
    .command('events')
    .description('the commands that were observed, newest last; they never leave this machine')
    .option('--since <time>', 'only since then: 1h, 7d, 2026-01-31T09:00', parseSince(context.now()))
    .addOption(new Option('--risk <level>', 'only commands of at least this risk').choices(RISK_LEVELS))
    .option('--tool <name>', 'only commands that use this tool')
    .option('--limit <count>', `print only this many of the newest (default on a terminal: ${MAX_SHOWN})`, parseCount)
    .option('--follow', 'keep printing new commands as they end, until interrupted')
    .option('--json', 'print JSON lines')
    .addOption(
      new Option('--ocsf', 'print JSON lines: Process Activity of OCSF 1.8.0, with the text of commands').conflicts([
        'json',
        'follow',
      ]),
    )
    .action((options: Options) => (options.follow ? follow(context, options) : list(context, options)));
  addDelete(events, context);
}

async function list(context: Context, options: Options): Promise<void> {
  const limit =
    options.limit ?? (context.stdout.isTTY === true && !options.json && !options.ocsf ? MAX_SHOWN : MAX_PRINTED);
  const { socket } = context.places();
  const ask = (page: EventFilter) => callAdmin(socket, 'events.list', { ...filterOf(options), ...page });
  const events = await newestOf(ask, ({ id }) => id, limit);
  if (options.ocsf) await sayOcsf(context, events);
  else if (options.json) for (const event of events) sayJson(context, event);
  else if (events.length > 0) await sayEvents(context, events);
  else say(context, 'No commands match. If no command ever shows up, run: caro doctor');
}

/** For the owner's own tools. The node is the device; its id is not secret. */
async function sayOcsf(context: Context, events: readonly TerminalEvent[]): Promise<void> {
  const { ocsfProcess } = await import('../../audit/ocsf.ts');
  const exporter = { node: readIdentity(context.places().identityKey).id, version: VERSION };
  for (const event of events) sayJson(context, ocsfProcess(event, exporter));
}

const filterOf = ({ since, risk, tool }: Options): EventFilter => ({
  ...(since === undefined ? {} : { since }),
  ...(risk === undefined ? {} : { risk }),
  ...(tool === undefined ? {} : { tool }),
});

/**
 * Prints each command once, after it has ended, so that a reader need not join two lines.
 */
async function follow(context: Context, options: Options): Promise<void> {
  const notices = followAdmin(context.places().socket, ['event'], context.interrupted);
  for await (const { params } of notices) {
    const event = params as TerminalEvent;
    if (event.running || !matches(event, options)) continue;
    if (options.json) sayJson(context, event);
    else say(context, await eventLine(context, event));
  }
}

const matches = (event: TerminalEvent, { risk, tool, since }: Options): boolean =>
  (risk === undefined || riskRank(event.risk) >= riskRank(risk)) &&
  (tool === undefined || event.tools.includes(tool)) &&
  (since === undefined || event.time >= since);

async function eventLine(context: Context, event: TerminalEvent): Promise<string> {
  const took = event.durationMs === null ? '-' : duration(event.durationMs);
  const head = [
    localTime(event.time),
    event.shell.padEnd(4),
    String(event.exitCode ?? '-').padStart(3),
    took.padStart(8),
  ];
  const width = context.stdout.isTTY === true ? Math.max(10, terminalWidth(context) - 52) : Number.MAX_SAFE_INTEGER;
  const risk = paintRisk(context, event.risk, event.risk.padEnd(8));
  return `${head.join('  ')}  ${risk}  ${await clipped(event.command, width)}`;
}
