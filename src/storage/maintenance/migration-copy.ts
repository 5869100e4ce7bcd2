import type { Places } from '../../config/places.ts';
import { CaroError } from '../../domain/errors.ts';
import type { ServiceLog } from '../../platform/service-log.ts';
import { type BeforeMigration, isDiskFull } from '../database.ts';
import { copyBeforeMigration } from './backup.ts';

/**
 * Where there is no room for a copy the service goes on without it: not to observe would be worse
 * than not to be able to go back.
 */
export function copyIfRoom({ backups }: Places, log: ServiceLog): BeforeMigration {
  return (database, version) => {
    try {
      return copyBeforeMigration(database, version, backups, Date.now());
    } catch (error) {
      if (!isDiskFull(error) && !(error instanceof CaroError && error.code === 'disk_full')) throw error;
      log.error({ err: error, version }, 'the database is migrated without a copy of the one before');
      return null;
    }
  };
}
