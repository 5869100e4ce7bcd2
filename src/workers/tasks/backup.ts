import { backupDatabase } from '../../storage/maintenance/backup.ts';

export interface BackupInput {
  readonly databaseFile: string;
  readonly folder: string;
  readonly nowMs: number;
}

/** Copies the database while the service uses it; resolves with the path of the copy. */
export const backup = ({ databaseFile, folder, nowMs }: BackupInput): Promise<string> =>
  backupDatabase(databaseFile, folder, nowMs);
