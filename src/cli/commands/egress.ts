import type { Command } from 'commander';
import { callAdmin } from '../../admin/client.ts';
import { loadConfiguration } from '../../config/loader.ts';
import type { EgressFilter, EgressLine } from '../../domain/audit/egress.ts';
import type { Configuration } from '../../domain/configuration.ts';
import { CaroError } from '../../domain/errors.ts';
import type { Envelope } from '../../domain/identity/signed-envelope.ts';
import type { Context } from '../context.ts';
import { readKeyChanges } from '../input/key-changes.ts';
import { parseCount } from '../input/options.ts';
import { nodeIdOf, nodeNames } from '../input/peer-names.ts';
import { byteSize, localTime, say, sayJson } from '../output/output.ts';
import { newestOf } from '../output/pages.ts';
import { sayTable } from '../output/table.ts';

const DEFAULT_LIMIT = 50;

interface ListOptions {
  readonly peer?: string;
  readonly limit: number;
  readonly show?: number;
  readonly json?: true;
}

export function addEgress(program: Command, context: Context): void {
  const egress = program
    .command('egress')
    .description('messages that left this machine: recipient, rule and exact bytes');
  egress
    .command('list')
    .description('print the messages that left, newest last')
    .option('--peer <id>', 'print only messages to this node (id or name)')
    .option('--limit <count>', 'print only this many of the newest', parseCount, DEFAULT_LIMIT)
    .option('--show <seq>', 'print this message instead, exactly as sent', parseCount)
    .option('--json', 'print JSON lines')
    .action((options: ListOptions) =>
      options.show === undefined ? list(context, options) : show(context, options.show, options),
    );
  egress
    .command('show')
    .description('print one message exactly as sent')
    .argument('<seq>', 'number from caro egress list', parseCount)
    .option('--json', 'print one JSON object')
    .action((seq: number, options: { readonly json?: true }) => show(context, seq, options));
}

async function list(context: Context, { peer, limit, json }: ListOptions): Promise<void> {
  const places = context.places();
  const { configuration } = loadConfiguration(places, context.hostname);
  const filter = peer === undefined ? {} : { peer: await nodeIdOf(context, peer, configuration) };
  const ask = (page: EgressFilter) => callAdmin(places.socket, 'egress.list', { ...filter, ...page });
  const lines = await newestOf(ask, ({ seq }) => seq, limit);
  if (json) for (const line of lines) sayJson(context, line);
  else if (lines.length > 0) await sayLines(context, await namesOf(context, configuration), lines);
  else say(context, peer === undefined ? 'Nothing has left this machine.' : 'Nothing has been sent to this node.');
}

async function namesOf(context: Context, configuration: Configuration): Promise<(id: string) => string> {
  return nodeNames(context, configuration, await readKeyChanges(context));
}

async function sayLines(context: Context, nameOf: (id: string) => string, lines: readonly EgressLine[]): Promise<void> {
  await sayTable(
    context,
    [
      { title: 'SEQ', align: 'right', text: (line) => String(line.seq) },
      { title: 'TIME', text: (line) => localTime(line.time) },
      { title: 'TYPE', text: (line) => line.type },
      { title: 'LEVEL', text: (line) => levelText(line) },
      { title: 'SIZE', align: 'right', text: (line) => byteSize(line.size) },
      { title: 'RULE', text: (line) => line.rule },
      { title: 'TO', text: (line) => `${nameOf(line.recipient)} (${line.address})` },
    ],
    lines,
  );
}

const levelText = ({ level }: EgressLine): string => (level === null ? '-' : `L${level}`);

/**
 * Writes only the bytes to stdout, so that they can be compared. Their description goes to stderr.
 */
async function show(context: Context, seq: number, { json }: { readonly json?: true }): Promise<void> {
  const message = await callAdmin(context.places().socket, 'egress.show', { seq });
  if (json) {
    sayJson(context, message);
    return;
  }
  const { time, type, recipient, address, rule, size, bytes } = message;
  const blind = type === 'blind-report' ? await remade(context, bytes) : [];
  context.stderr.write(
    `# ${type}, ${byteSize(size)}, level ${levelText(message)}, sent ${localTime(time)}\n` +
      `# to ${recipient} at ${address}, allowed by ${rule}\n` +
      '# a DSSE envelope: the payload is the signed bytes in base64\n' +
      blind.map((line) => `# ${line}\n`).join(''),
  );
  context.stdout.write(bytes);
  if (context.stdout.isTTY === true) context.stderr.write('\n');
}

/**
 * A report for blind totals is unreadable by itself. It is made once more from the cells and the
 * randomness that this node has kept, and compared.
 */
async function remade(context: Context, bytes: string): Promise<readonly string[]> {
  const report = reportIn(bytes);
  const { day, role } = headOf(report);
  try {
    const { payload, cells } = await callAdmin(context.places().socket, 'blind.remake', { day, role }, REMAKE_MS);
    const isSame = payload === report.payload;
    const filled = cells.filter(({ value }) => value > 0).map(({ name, value }) => `  ${name}: ${value}`);
    return [
      isSame
        ? `the report about ${day} for the ${role}; made again from these cells, its bytes are the same:`
        : `the report about ${day} for the ${role}; made again from these cells, its bytes DIFFER:`,
      ...filled,
      `  0 in the other ${cells.length - filled.length} cells`,
    ];
  } catch (error) {
    if (!(error instanceof CaroError) || error.code !== 'not_found') throw error;
    return [`the report about ${day} for the ${role}; its cells are not kept any more`];
  }
}

const REMAKE_MS = 60_000;

/** A report is a line of JSON and the bytes of a box. */
function headOf({ payload }: Envelope): { readonly day: string; readonly role: 'leader' | 'trustee' } {
  const [head = ''] = Buffer.from(payload, 'base64').toString('latin1').split('\n', 1);
  return JSON.parse(head) as ReturnType<typeof headOf>;
}

const reportIn = (bytes: string): Envelope =>
  (payloadOf(JSON.parse(bytes) as Envelope) as { readonly body: { readonly report: Envelope } }).body.report;

const payloadOf = ({ payload }: Envelope): unknown => JSON.parse(Buffer.from(payload, 'base64').toString('utf8'));
