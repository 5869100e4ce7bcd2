import type { Command } from 'commander';
import { callAdmin } from '../../admin/client.ts';
import { loadConfiguration } from '../../config/loader.ts';
import type { Witness, WitnessedLog, WitnessStatus } from '../../domain/audit/tlog.ts';
import type { Context } from '../context.ts';
import { nodeIdOf, nodeNames } from '../input/peer-names.ts';
import { localTime, paint, say, sayJson } from '../output/output.ts';
import { sayTable } from '../output/table.ts';

/** `caro audit witness`: cosignatures of this node's log, and logs that this node cosigns. */
export function addWitness(audit: Command, context: Context): void {
  const witness = audit.command('witness').description('cosignatures of this log, and logs that this node cosigns');
  const { socket } = context.places();
  const json = ['--json', 'print one JSON object'] as const;
  const print = async (status: WitnessStatus, options: { readonly json?: true }): Promise<void> => {
    if (status.logs.some(({ fault }) => fault !== null) || status.witnesses.some(isDisputed)) context.failed();
    if (options.json) sayJson(context, status);
    else await sayStatus(context, status);
  };
  witness
    .command('status', { isDefault: true })
    .description('print who has cosigned what; exits with 1 if a log has lost records or has a second history')
    .option(...json)
    .action(async (options: { readonly json?: true }) => print(await callAdmin(socket, 'witness.status', {}), options));
  witness
    .command('ask')
    .description('ask all witnesses now, instead of every quarter of an hour')
    .option(...json)
    .action(async (options: { readonly json?: true }) => print(await callAdmin(socket, 'witness.ask', {}), options));
  witness
    .command('forget')
    .description("forget what was cosigned of a node's logs, e.g. after it has lost its database")
    .argument('<node>', 'id or name of the node')
    .action(async (node: string) => {
      const { configuration } = loadConfiguration(context.places(), context.hostname);
      await callAdmin(socket, 'witness.forget', { id: await nodeIdOf(context, node, configuration) });
      say(context, 'forgotten: the next head of its log is cosigned on trust');
    });
}

const isDisputed = ({ last }: Witness): boolean =>
  last === 'truncated' || last === 'inconsistent' || last === 'conflict';

const LAST: Readonly<Record<NonNullable<Witness['last']>, string>> = {
  cosigned: 'cosigned',
  unwilling: 'does not cosign: its owner must set witness = true under [audit] and name this node',
  unreachable: 'not reached',
  truncated: 'REFUSED: it has cosigned more records than this log has',
  inconsistent: 'REFUSED: this log does not continue what it has cosigned',
  conflict: 'REFUSED: this log does not continue what it has cosigned',
};

async function sayStatus(context: Context, { size, witnesses, willing, logs }: WitnessStatus): Promise<void> {
  const name = await nodeNames(context, loadConfiguration(context.places(), context.hostname).configuration);
  say(
    context,
    size === null ? 'The log of this node is not signed yet.' : `This log: ${size} records in its signed tree`,
  );
  if (witnesses.length === 0) say(context, 'Nobody is asked to cosign it: name nodes as witnesses under [audit].');
  else
    await sayTable(
      context,
      [
        { title: 'WITNESS', text: ({ node }) => name(node), isWhole: true },
        { title: 'LOG', text: ({ log }) => log },
        { title: 'COSIGNED', align: 'right', text: (witness) => (witness.size === null ? '-' : String(witness.size)) },
        { title: 'AT', text: ({ time }) => (time === null ? '-' : localTime(time)) },
        {
          title: 'LAST',
          text: ({ last }) => (last === null ? 'not asked since the start' : LAST[last]),
          paint: (witness, text) => (isDisputed(witness) ? paint(context, 'red', text) : text),
        },
      ],
      witnesses,
    );
  say(context);
  say(
    context,
    willing
      ? 'This node cosigns the logs of named nodes.'
      : 'This node cosigns no logs (witness under [audit] is off).',
  );
  if (logs.length > 0) await sayLogs(context, name, logs);
}

const sayLogs = (context: Context, name: (id: string) => string, logs: readonly WitnessedLog[]): Promise<void> =>
  sayTable(
    context,
    [
      { title: 'NODE', text: ({ node }) => name(node), isWhole: true },
      { title: 'LOG', text: ({ log }) => log },
      { title: 'COSIGNED', align: 'right', text: ({ size }) => String(size) },
      { title: 'AT', text: ({ time }) => localTime(time) },
      {
        title: 'FOUND',
        text: faultText,
        paint: ({ fault }, text) => (fault === null ? text : paint(context, 'red', text)),
      },
    ],
    logs,
  );

function faultText({ fault }: WitnessedLog): string {
  if (fault === null) return 'consistent';
  const what =
    fault.kind === 'truncated'
      ? `TRUNCATED: it signed a head of ${fault.size} records later`
      : `FORKED: its head of ${fault.size} records does not continue the one that was cosigned`;
  return `${what} (${localTime(fault.time)})`;
}
