import type { Command } from 'commander';
import { callAdmin } from '../../admin/client.ts';
import { CaroError } from '../../domain/errors.ts';
import type { EventsDeleted } from '../../domain/events/deleted.ts';
import type { EventFilter, TerminalEvent } from '../../domain/events/event.ts';
import type { Context } from '../context.ts';
import { asking, type Consent, isConfirmed } from '../input/confirmation.ts';
import { parseCount } from '../input/options.ts';
import { say, sayJson } from '../output/output.ts';
import { newestOf } from '../output/pages.ts';
import { sayEvents } from './events-table.ts';

interface Options extends Consent {
  readonly last?: true;
  readonly match?: string;
  readonly json?: true;
}

/** Maximum number that one command deletes. */
const MOST = 10_000;
/** The newest commands among which the last one is looked for: the others still run. */
const RUNNING = 50;
const DELETE_MS = 120_000;

export function addDelete(events: Command, context: Context): void {
  asking(events.command('delete'), context)
    .description('delete commands that were recorded, from the database, its figures and every backup')
    .argument('[id]', 'id of a command, as printed by caro events --json', parseCount)
    .option('--last', 'the newest command that has ended')
    .option('--match <text>', 'all commands that contain this text, this one included')
    .option('--json', 'print one JSON object')
    // `caro events` has --json, too, and takes it.
    .action((id: number | undefined, _own: Options, command: Command) =>
      remove(context, id, command.optsWithGlobals<Options>()),
    );
}

async function remove(context: Context, id: number | undefined, options: Options): Promise<void> {
  const found = await meant(context, id, options);
  if (found.length === 0) throw new CaroError('not_found', 'expected a command to delete, none is recorded that fits');
  if (found.length > MOST)
    throw new CaroError('usage', `expected at most ${MOST} commands, the text matches more: choose a longer one`);
  if (!options.json) await sayEvents(context, found);
  const what = found.length === 1 ? 'this command' : `these ${found.length} commands`;
  if (!(await isConfirmed(context, `Delete ${what} here and in every backup? It cannot be undone.`, options))) return;
  const ids = found.map((event) => event.id);
  sayResult(context, await callAdmin(context.places().socket, 'events.delete', { ids }, DELETE_MS), options);
}

/** Oldest first. */
async function meant(
  context: Context,
  id: number | undefined,
  { last, match }: Options,
): Promise<readonly TerminalEvent[]> {
  if ([id, last, match].filter((one) => one !== undefined).length !== 1)
    throw new CaroError('usage', 'expected one of: the id of a command, --last, or --match TEXT');
  const { socket } = context.places();
  const list = (filter: EventFilter) => callAdmin(socket, 'events.list', filter);
  if (id !== undefined) return await list({ id });
  if (last) return (await list({ limit: RUNNING })).filter(({ running }) => !running).slice(0, 1);
  if (match === '') throw new CaroError('usage', 'expected a text after --match, got an empty one');
  return await newestOf(
    (page) => list({ text: match as string, ...page }),
    (event) => event.id,
    MOST + 1,
  );
}

function sayResult(context: Context, result: EventsDeleted, { json }: Options): void {
  if (result.copies.length > 0) context.failed();
  if (json) {
    sayJson(context, result);
    return;
  }
  say(context, `Deleted ${result.deleted === 1 ? '1 command' : `${result.deleted} commands`}.`);
  if (result.pending) say(context, 'A backup is being made; they are deleted there within a quarter of an hour.');
  for (const { file, reason } of result.copies)
    say(context, `They are still in ${file} (${reason}): remove that file.`);
}
