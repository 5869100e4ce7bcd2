import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { callAdmin } from '../../admin/client.ts';
import { preparePlaces } from '../../config/places.ts';
import { CaroError } from '../../domain/errors.ts';
import type { Context } from '../context.ts';
import type { Salvaged } from '../database/repair.ts';
import { asking, type Consent, isConfirmed } from '../input/confirmation.ts';
import { say, sayJson } from '../output/output.ts';

const BACKUP_MS = 600_000;
const STOP_FIRST = 'stop the service first: caro service stop';

interface Json {
  readonly json?: true;
}

export function addDb(program: Command, context: Context): void {
  const db = program.command('db').description('check, repair, back up and restore the database');
  const command = (name: string, description: string): Command =>
    db.command(name).description(description).option('--json', 'print one JSON object');
  command('check', 'read the whole database and check its integrity').action((options: Json) =>
    check(context, options),
  );
  command('repair', `recover what can be read from a damaged database; ${STOP_FIRST}`).action((options: Json) =>
    repair(context, options),
  );
  command('backup', 'copy the database; works while the service runs').action((options: Json) =>
    backup(context, options),
  );
  command('restore', `replace the database with a backup and keep the old one; ${STOP_FIRST}`)
    .argument('<file>', 'backup file')
    .action((file: string, options: Json) => restore(context, resolve(file), options));
  asking(command('reset', `start with an empty database and keep the old one; ${STOP_FIRST}`), context).action(
    (options: Json & Consent) => reset(context, options),
  );
}

async function check(context: Context, { json }: Json): Promise<void> {
  const { database: file } = context.places();
  if (!existsSync(file)) throw new CaroError('not_found', `${file}: expected the database, found none`);
  const { damageOf, setAsideFiles } = await import('../../storage/database.ts');
  const damage = damageOf(file, 'whole');
  const setAside = setAsideFiles(file);
  if (damage !== null) context.failed();
  if (json) {
    sayJson(context, { ok: damage === null, file, damage, setAside });
    return;
  }
  say(context, damage === null ? `${file}: intact` : `${file}: ${damage}; recover what can be read: caro db repair`);
  for (const other of setAside)
    say(context, `${other}: moved aside as damaged; recover what can be read: caro db repair`);
}

async function repair(context: Context, { json }: Json): Promise<void> {
  const places = context.places();
  preparePlaces(places);
  const work = await import('../database/repair.ts');
  const salvaged = await work.alone(places, () => work.repair(places, context.now()));
  if (json) sayJson(context, { file: places.database, salvaged });
  else if (salvaged.length === 0) say(context, 'No damaged database was found.');
  for (const found of json ? [] : salvaged) saySalvaged(context, found);
}

function saySalvaged(context: Context, found: Salvaged): void {
  const { file, events, known, summaries, egress, gaps, auditFile, auditRecords, auditFirstBad } = found;
  const rest = known === 0 ? '' : `, ${known} commands were already present`;
  say(
    context,
    `${file}: recovered ${events} commands, ${summaries} summaries and ${egress} egress ledger entries${rest}; ${gaps} parts could not be read`,
  );
  if (auditFile !== null) say(context, `  saved ${auditRecords} audit records to ${auditFile}`);
  if (auditFirstBad) say(context, `  the first invalid record is ${auditFirstBad.seq}: ${auditFirstBad.reason}`);
}

async function backup(context: Context, { json }: Json): Promise<void> {
  const result = await backupFile(context);
  if (json) sayJson(context, result);
  else say(context, `copied to ${result.file}`);
}

async function backupFile(context: Context): Promise<{ readonly file: string }> {
  const places = context.places();
  try {
    return await callAdmin(places.socket, 'database.backup', {}, BACKUP_MS);
  } catch (error) {
    if (!(error instanceof CaroError) || error.code !== 'not_running') throw error;
  }
  if (!existsSync(places.database))
    throw new CaroError('not_found', `${places.database}: expected the database, found none`);
  preparePlaces(places);
  const [{ alone }, { backupDatabase }] = await Promise.all([
    import('../database/repair.ts'),
    import('../../storage/maintenance/backup.ts'),
  ]);
  return alone(places, async () => ({
    file: await backupDatabase(places.database, places.backups, context.now().getTime()),
  }));
}

async function restore(context: Context, file: string, { json }: Json): Promise<void> {
  const places = context.places();
  preparePlaces(places);
  const work = await import('../database/repair.ts');
  const before = await work.alone(places, () => work.restore(places, file, context.now()));
  sayReplaced(context, json, `Restored ${file}.`, before);
}

async function reset(context: Context, { json, yes }: Json & Consent): Promise<void> {
  const places = context.places();
  if (!(await isConfirmed(context, 'Replace the database with an empty one?', { yes }))) return;
  preparePlaces(places);
  const work = await import('../database/repair.ts');
  const before = await work.alone(places, () => work.reset(places, context.now()));
  sayReplaced(context, json, 'Created an empty database.', before);
}

function sayReplaced(context: Context, json: true | undefined, text: string, before: string | null): void {
  if (json) sayJson(context, { file: context.places().database, before });
  else say(context, before === null ? text : `${text} The previous one is kept: ${before}`);
}
