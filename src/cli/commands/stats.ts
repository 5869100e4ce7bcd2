import type { Command } from 'commander';
import { callAdmin } from '../../admin/client.ts';
import { counted } from '../../domain/counted.ts';
import { HUMAN } from '../../domain/events/author.ts';
import { RISK_LEVELS } from '../../domain/events/risk-level.ts';
import type { LocalStatistics } from '../../domain/events/statistics.ts';
import type { NamedUsage } from '../../domain/summaries/summary.ts';
import type { Context } from '../context.ts';
import { parseSince } from '../input/options.ts';
import { duration, localTime, paintRisk, say, sayJson } from '../output/output.ts';
import { sayTable } from '../output/table.ts';

const TOP = 15;
const BAR = 30;

export function addStats(program: Command, context: Context): void {
  program
    .command('stats')
    .description('statistics of your commands: tools, failures, risk')
    .option('--since <time>', 'only since then: 1h, 7d, 2026-01-31T09:00', parseSince(context.now()))
    .option('--json', 'print one JSON object')
    .action(async (options: { readonly since?: string; readonly json?: true }) => {
      const body = options.since === undefined ? {} : { since: options.since };
      const statistics = await callAdmin(context.places().socket, 'stats.read', body);
      if (options.json) sayJson(context, statistics);
      else await sayStatistics(context, statistics);
    });
}

async function sayStatistics(context: Context, statistics: LocalStatistics): Promise<void> {
  const { commands, ended, failures, since, until } = statistics;
  const share = ended === 0 ? '' : ` (${percent(failures, ended)})`;
  const unknown = commands === ended ? '' : `, ${commands - ended} with an unknown exit status`;
  say(
    context,
    `${localTime(since)} to ${localTime(until)}: ${counted(commands, 'command')}, ${failures} failed${share}${unknown}`,
  );
  if (commands === 0) return;
  say(context);
  sayRisk(context, statistics);
  say(context);
  if (statistics.authors.length > 1) await sayAuthors(context, statistics);
  await sayTable(
    context,
    [
      { title: 'TOOL', text: (usage) => usage.name },
      { title: 'COUNT', align: 'right', text: (usage) => String(usage.count) },
      { title: 'FAILED', align: 'right', text: (usage) => percent(usage.failures, usage.ended) },
      { title: 'MEAN TIME', align: 'right', text: meanTime },
    ],
    statistics.tools.toSorted((a, b) => b.count - a.count).slice(0, TOP),
  );
  if (statistics.tools.length > TOP) say(context, `… and ${statistics.tools.length - TOP} more: caro stats --json`);
}

/** People and agents apart; left out where no agent ran anything. */
async function sayAuthors(context: Context, { authors }: LocalStatistics): Promise<void> {
  await sayTable(
    context,
    [
      { title: 'BY', text: ({ author }) => (author === HUMAN ? 'you' : author) },
      { title: 'COUNT', align: 'right', text: ({ commands }) => String(commands) },
      { title: 'FAILED', align: 'right', text: ({ failures, ended }) => percent(failures, ended) },
      { title: 'HIGH', align: 'right', text: ({ levels }) => String(levels.high) },
      { title: 'CRITICAL', align: 'right', text: ({ levels }) => String(levels.critical) },
    ],
    authors,
  );
  say(context);
}

function sayRisk(context: Context, { levels, commands }: LocalStatistics): void {
  for (const level of RISK_LEVELS) {
    const bar = '█'.repeat(Math.ceil((levels[level] / commands) * BAR));
    say(
      context,
      `${level.padEnd(8)}  ${String(levels[level]).padStart(7)}  ${paintRisk(context, level, bar)}`.trimEnd(),
    );
  }
}

/** `-` where the whole is 0: nothing is known then. */
const percent = (part: number, whole: number): string => (whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)}%`);

/** Mean of the measured durations. */
function meanTime({ durationBuckets, durationMsSum }: NamedUsage): string {
  const measured = durationBuckets.reduce((sum, count) => sum + count, 0);
  return measured === 0 ? '-' : duration(durationMsSum / measured);
}
