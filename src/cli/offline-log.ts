import { existsSync } from 'node:fs';
import type { AuditCheckpoint, AuditRecord } from '../domain/audit-record.ts';
import { CaroError } from '../domain/errors.ts';
import { createAuditStore } from '../storage/audit-store.ts';
import { openReadOnly } from '../storage/database.ts';

export interface OfflineLog {
  /** Oldest first. */
  readonly records: () => Iterable<AuditRecord>;
  readonly checkpoints: () => readonly AuditCheckpoint[];
  readonly close: () => void;
}

/**
 * The audit log straight from the database, whether the service runs or not.
 * @throws CaroError `not_found`, `database_damaged`
 */
export function openAuditLog(file: string): OfflineLog {
  if (!existsSync(file)) {
    throw new CaroError('not_found', `${file}: expected the database, there is none yet; start the service once`);
  }
  try {
    const database = openReadOnly(file);
    const store = createAuditStore(database);
    return { records: store.all, checkpoints: store.checkpoints, close: () => database.close() };
  } catch (error) {
    throw new CaroError('database_damaged', `${file}: expected a database of this service; look at: caro db check`, {
      cause: error,
    });
  }
}
