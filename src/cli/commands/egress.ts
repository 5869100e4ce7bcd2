import type { Command } from 'commander';
import { callAdmin } from '../../admin/client.ts';
import { loadConfiguration } from '../../config/loader.ts';
import type { EgressFilter, EgressLine } from '../../domain/audit/egress.ts';
import type { Configuration } from '../../domain/configuration.ts';
import type { Context } from '../context.ts';
import { readKeyChanges } from '../input/key-changes.ts';
import { parseCount } from '../input/options.ts';
import { nodeIdOf, shownName } from '../input/peer-names.ts';
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
  const filter = peer === undefined ? {} : { peer: nodeIdOf(peer, configuration) };
  const ask = (page: EgressFilter) => callAdmin(places.socket, 'egress.list', { ...filter, ...page });
  const lines = await newestOf(ask, ({ seq }) => seq, limit);
  if (json) for (const line of lines) sayJson(context, line);
  else if (lines.length > 0) await sayLines(context, await namesOf(context, configuration), lines);
  else say(context, peer === undefined ? 'Nothing has left this machine.' : 'Nothing has been sent to this node.');
}

async function namesOf(context: Context, configuration: Configuration): Promise<(id: string) => string> {
  const changes = await readKeyChanges(context);
  return (id) => shownName(id, configuration, changes);
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
  context.stderr.write(
    `# ${type}, ${byteSize(size)}, level ${levelText(message)}, sent ${localTime(time)}\n` +
      `# to ${recipient} at ${address}, allowed by ${rule}\n` +
      '# a DSSE envelope: the payload is the signed bytes in base64\n',
  );
  context.stdout.write(bytes);
  if (context.stdout.isTTY === true) context.stderr.write('\n');
}
