import { type Command, Option } from 'commander';
import { callAdmin } from '../../admin/client.ts';
import { loadConfiguration } from '../../config/loader.ts';
import type { Envelope } from '../../domain/identity/signed-envelope.ts';
import type { NodeSummary, SummaryLine } from '../../domain/summaries/summary.ts';
import { PERIOD_KINDS, type PeriodKind } from '../../domain/time/period.ts';
import type { Context } from '../context.ts';
import { parseCount } from '../input/options.ts';
import { nodeIdOf } from '../input/peer-names.ts';
import { byteSize, localTime, say, sayJson } from '../output/output.ts';
import { sayTable } from '../output/table.ts';

export function addSummary(program: Command, context: Context): void {
  const summary = program.command('summary').description('what other nodes may be told about a period');
  addPreview(summary, context);
  addList(summary, context);
}

function addPreview(summary: Command, context: Context): void {
  summary
    .command('preview')
    .description('print exactly the bytes that would leave')
    .addOption(new Option('--period <kind>', 'which').choices(PERIOD_KINDS).default('daily'))
    .option('--json', 'print the signed document as one JSON object')
    .action(async (options: { readonly period: PeriodKind; readonly json?: true }) => {
      const { document, closed } = await callAdmin(context.places().socket, 'summary.preview', {
        period: options.period,
      });
      if (options.json) {
        sayJson(context, document);
        return;
      }
      const payload = Buffer.from(document.payload, 'base64').toString('utf8');
      explain(context, document, payload, closed);
      say(context, payload);
    });
}

/** On stderr, so that stdout holds the bytes and nothing else. */
function explain({ stderr }: Context, document: Envelope, payload: string, closed: boolean): void {
  const { period } = JSON.parse(payload) as NodeSummary;
  const key = document.signatures[0]?.keyid ?? 'none';
  stderr.write(
    `# ${document.payloadType}, ${byteSize(Buffer.byteLength(payload))}, signed by the key ${key}\n` +
      `# ${period.kind}, ${localTime(period.start)} to ${localTime(period.end)}${closed ? '' : ': not over yet, it will still grow'}\n`,
  );
}

interface ListOptions {
  readonly limit: number;
  readonly from?: string;
  readonly json?: true;
}

function addList(summary: Command, context: Context): void {
  summary
    .command('list')
    .description('print the summaries that were made here, or received from a peer, newest last')
    .option('--from <peer>', 'those received from this node: its id or name')
    .option('--limit <count>', 'the newest ones only', parseCount, 50)
    .option('--json', 'print JSON lines')
    .action(async (options: ListOptions) => {
      const lines = await listed(context, options);
      if (options.json) for (const line of lines) sayJson(context, line);
      else if (lines.length > 0) await sayLines(context, lines);
      else if (options.from !== undefined) say(context, 'No summaries from this node.');
      else
        say(
          context,
          'No summaries yet: the first is made when the first hour is over. See one now: caro summary preview',
        );
    });
}

/** Oldest first. */
async function listed(context: Context, { limit, from }: ListOptions): Promise<readonly SummaryLine[]> {
  const places = context.places();
  const node = from === undefined ? null : nodeIdOf(from, loadConfiguration(places, context.hostname).configuration);
  const lines = await callAdmin(places.socket, 'summary.list', { limit, ...(node === null ? {} : { from: node }) });
  return lines.toReversed();
}

async function sayLines(context: Context, lines: readonly SummaryLine[]): Promise<void> {
  await sayTable(
    context,
    [
      { title: 'PERIOD', text: (line) => line.kind },
      { title: 'START', text: (line) => localTime(line.start) },
      { title: 'REVISION', align: 'right', text: (line) => String(line.revision) },
      { title: 'MADE', text: (line) => localTime(line.createdAt) },
      { title: 'SIZE', align: 'right', text: (line) => byteSize(line.bytes) },
      { title: 'ID', text: (line) => line.id },
    ],
    lines,
  );
}
