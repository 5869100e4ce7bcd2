import type { CopyFailure } from '../../domain/events/deleted.ts';
import { damageOf, setAsideFiles } from '../database.ts';
import { type EventKey, removeEvents, scrubJournal } from '../events/event-removal.ts';
import { MIGRATIONS } from '../schema.ts';
import { Sqlite } from '../sqlite.ts';
import { listBackups } from './backup.ts';

/** Every copy of the database: backups, and databases that were moved aside. */
export const copiesOf = (places: { readonly database: string; readonly backups: string }): readonly string[] => [
  ...listBackups(places.backups),
  ...setAsideFiles(places.database, 'damaged'),
  ...setAsideFiles(places.database, 'replaced'),
];

/**
 * Deletes events from copies of the database. A copy that cannot be changed is named, so that its
 * owner can remove it.
 */
export const removeFromCopies = (files: readonly string[], events: readonly EventKey[]): readonly CopyFailure[] =>
  files.flatMap((file) => {
    const reason = removeFromCopy(file, events);
    return reason === null ? [] : [{ file, reason }];
  });

/** Why it failed, or null. */
function removeFromCopy(file: string, events: readonly EventKey[]): string | null {
  try {
    const damage = damageOf(file);
    if (damage !== null) return damage;
    const database = new Sqlite(file, { fileMustExist: true, timeout: 1_000 });
    try {
      database.pragma('trusted_schema = off');
      removeEvents(database, events, database.pragma('user_version', { simple: true }) === MIGRATIONS.length);
      return scrubJournal(database) ? null : 'another program has it open';
    } finally {
      database.close();
    }
  } catch (error) {
    return error instanceof Error ? error.message : 'it could not be changed';
  }
}
