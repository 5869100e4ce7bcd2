import { type Command, Option } from 'commander';
import { REPORT_PERIODS, type ReportPeriod } from '../../domain/reports/period.ts';
import { readReport } from '../../domain/reports/read-report.ts';
import { REPORT_FORMATS, type ReportFormat, renderReport } from '../../domain/reports/render.ts';
import type { Report } from '../../domain/reports/report.ts';
import { techniqueOf } from '../../risk/techniques.ts';
import { VERSION } from '../../version.ts';
import type { Context } from '../context.ts';
import { withAnalystReader } from '../input/analyst-reader.ts';
import { say } from '../output/output.ts';
import { writeLines, writePrivateFile } from '../output/output-file.ts';

interface Options {
  readonly period: ReportPeriod;
  readonly format: ReportFormat;
  readonly source?: string;
  readonly block?: string;
  readonly rolling?: true;
  readonly out?: string;
}

const HELP = `
A period is the last one that is over: a week from Monday, a month or a quarter, in UTC. With --rolling it is the last
7, 28 or 91 days, as on the page. The report names no node.`;

/** Reads the database, whether the service runs or not. */
export function addReport(program: Command, context: Context): void {
  program
    .command('report')
    .description('a page for a board: coverage, trend, kinds of risk, ATT&CK techniques, method and limits')
    .addOption(new Option('--period <period>', 'what it is about').choices(REPORT_PERIODS).default('month'))
    .addOption(new Option('--format <format>', 'output format').choices(REPORT_FORMATS).default('html'))
    .option('--source <name>', 'name of the totals, or "answers" (default: the one with the newest day)')
    .option('--block <name>', 'a unit instead of everybody')
    .option('--rolling', 'the days that end with the newest figures, as on the page')
    .option('--out <file>', 'write to this file instead, readable by you only')
    .addHelpText('after', HELP)
    .action(async (options: Options) => {
      const lines = renderReport(await reportFrom(context, options), options.format);
      if (options.out === undefined) {
        await writeLines(context.stdout, lines);
        return;
      }
      await writePrivateFile(options.out, lines);
      say(context, `written to ${options.out}`);
    });
}

function reportFrom(context: Context, { period, source, block, rolling }: Options): Promise<Report> {
  const question = {
    period,
    isRolling: rolling === true,
    ...(source === undefined ? {} : { name: source }),
    ...(block === undefined ? {} : { block }),
  };
  const facts = { generatedAt: context.now().toISOString(), version: VERSION, techniqueOf };
  return withAnalystReader(context, (reader) => readReport(reader, question, facts));
}
