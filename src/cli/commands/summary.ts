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
  const summary = program.command('summary').description('signed summaries of a period, as sent to other nodes');
  addPreview(summary, context);
  addList(summary, context);
}

function addPreview(summary: Command, context: Context): void {
  summary
    .command('preview')
    .description('print the exact bytes that would be sent at sharing level 1')
    .addOption(new Option('--period <kind>', 'kind of period').choices(PERIOD_KINDS).default('daily'))
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

/** Writes to stderr, so that stdout holds only the bytes. */
function explain({ stderr }: Context, document: Envelope, payload: string, closed: boolean): void {
  const { period } = JSON.parse(payload) as NodeSummary;
  const key = document.signatures[0]?.keyid ?? 'none';
  stderr.write(
    `# ${document.payloadType}, ${byteSize(Buffer.byteLength(payload))}, signed by the key ${key}\n` +
      `# ${period.kind}, ${localTime(period.start)} to ${localTime(period.end)}${closed ? '' : ': not over yet, so incomplete'}\n`,
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
    .description('print summaries that were made here or received from a peer, newest last')
    .option('--from <peer>', 'print only those received from this node (id or name)')
    .option('--limit <count>', 'print only this many of the newest', parseCount, 50)
    .option('--json', 'print JSON lines')
    .action(async (options: ListOptions) => {
      const lines = await listed(context, options);
      if (options.json) for (const line of lines) sayJson(context, line);
      else if (lines.length > 0) await sayLines(context, lines);
      else if (options.from !== undefined) say(context, 'No summaries from this node.');
      else
        say(
          context,
          'No summaries yet: the first is made at the end of the first hour. To see one now: caro summary preview',
        );
    });
}

/** Oldest first. */
async function listed(context: Context, { limit, from }: ListOptions): Promise<readonly SummaryLine[]> {
  const places = context.places();
  const { configuration } = loadConfiguration(places, context.hostname);
  const node = from === undefined ? null : await nodeIdOf(context, from, configuration);
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
