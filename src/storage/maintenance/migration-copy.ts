import { CaroError } from '../../domain/errors.ts';
import type { Log } from '../../domain/log.ts';
import { type BeforeMigration, isDiskFull } from '../database.ts';
import { copyBeforeMigration } from './backup.ts';

/**
 * Copies the database to `backups` before a migration. Without room for a copy the service migrates
 * all the same: not to observe would be worse than not to be able to go back.
 */
export function copyIfRoom(backups: string, log: Log): BeforeMigration {
  return (database, version) => {
    try {
      return copyBeforeMigration(database, version, backups, Date.now());
    } catch (error) {
      if (!isDiskFull(error) && !(error instanceof CaroError && error.code === 'disk_full')) throw error;
      log.error({ err: error, version }, 'database migrated without a copy');
      return null;
    }
  };
}
