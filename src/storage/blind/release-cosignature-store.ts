import type { ReleaseLogName } from '../../domain/audit/tlog.ts';
import type { StoredCosignature } from '../audit/tlog-store.ts';
import type { Database } from '../database.ts';

/** The newest cosignature of each witness under a release log of this node. */
export interface ReleaseCosignatureStore {
  readonly find: (log: ReleaseLogName, witness: string) => StoredCosignature | undefined;
  /** Replaces the one before of the same witness. */
  readonly keep: (log: ReleaseLogName, cosignature: StoredCosignature) => void;
}

export const createReleaseCosignatureStore = (database: Database): ReleaseCosignatureStore => ({
  find: (log, witness) =>
    database
      .prepare('SELECT size, key, witness, time, signature FROM release_cosignature WHERE log = ? AND witness = ?')
      .get(log, witness) as StoredCosignature | undefined,
  keep: (log, cosignature) => {
    database
      .prepare('INSERT OR REPLACE INTO release_cosignature VALUES (@log, @witness, @size, @key, @time, @signature)')
      .run({ log, ...cosignature });
  },
});
