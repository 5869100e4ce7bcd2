import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { lastLines, newLines } from '../log-file.ts';
import { harmless, localTime, paint, say } from '../output/output.ts';

interface Options {
  readonly lines: number;
  readonly follow?: true;
  readonly json?: true;
}

export function addLogs(service: Command, context: Context, parseCount: (text: string) => number): void {
  service
    .command('logs')
    .description('print the service log')
    .option('--lines <count>', 'number of lines', parseCount, 50)
    .option('--follow', 'keep printing new lines until interrupted')
    .option('--json', 'print the raw JSON lines')
    .action((options: Options) => logs(context, options));
}

async function logs(context: Context, options: Options): Promise<void> {
  const { log } = context.places();
  const { lines, end } = lastLines(log, options.lines);
  const print = (line: string): void => say(context, options.json ? line : readable(context, line));
  for (const line of lines) print(line);
  if (lines.length === 0) context.stderr.write(`${log}: nothing yet\n`);
  if (options.follow) for await (const line of newLines(log, end, context.interrupted)) print(line);
}

/** Numbers of pino. */
const LEVELS: Readonly<Record<number, string>> = { 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' };

/** Shown separately or left out. */
const SHOWN: ReadonlySet<string> = new Set(['level', 'time', 'msg', 'pid']);

function readable(context: Context, line: string): string {
  let entry: Readonly<Record<string, unknown>>;
  try {
    entry = JSON.parse(line) as Readonly<Record<string, unknown>>;
  } catch {
    return harmless(line);
  }
  const { level, time, msg } = entry;
  const name = LEVELS[Number(level)] ?? '';
  const style = name === 'error' || name === 'fatal' ? 'red' : name === 'warn' ? 'yellow' : 'dim';
  const facts = Object.entries(entry).filter(([key]) => !SHOWN.has(key));
  const rest = facts.map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  const when = typeof time === 'string' ? localTime(time) : '';
  return [
    when,
    paint(context, style, name.padEnd(5)),
    harmless([typeof msg === 'string' ? msg : '', ...rest].join('  ')),
  ].join('  ');
}
