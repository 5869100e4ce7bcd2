import { join } from 'node:path';
import type { Bus } from '../bus/bus.ts';
import type { Places } from '../config/places.ts';
import type { Configuration } from '../domain/configuration.ts';
import type { Identity } from '../identity/identity.ts';
import type { OwnKeys } from '../keys/own-keys.ts';
import type { PeerKeys } from '../keys/peer-keys.ts';
import type { ServiceLog } from '../platform/service-log.ts';
import type { Database } from '../storage/database.ts';
import type { SpoolFolder } from '../storage/events/spool-folder.ts';
import type { StorageHealth } from '../storage/maintenance/storage-health.ts';
import type { Pool } from '../workers/pool.ts';

/** What every part of the service is made from. */
export interface ServiceContext {
  readonly places: Places;
  /** As it is now; a rotation puts another in its place, so do not keep it. */
  readonly identity: Identity;
  readonly ownKeys: OwnKeys;
  readonly peerKeys: PeerKeys;
  readonly database: Database;
  readonly log: ServiceLog;
  readonly health: StorageHealth;
  readonly bus: Bus;
  readonly pool: Pool;
  readonly spool: SpoolFolder;
  /** As it is now; a reload puts another in its place. */
  readonly configuration: () => Configuration;
  /** Takes over what the configuration files say now; tells whether anything changed. */
  readonly reload: () => Promise<boolean>;
}

/**
 * A pool that reads Piscina's code when the first task comes, and costs an idle service nothing
 * before.
 */
export function lazyPool(): Pool {
  let opened: Promise<Pool> | undefined;
  const open = (): Promise<Pool> => {
    opened ??= import('../workers/pool.ts').then(({ openPool }) => openPool(join(__dirname, 'worker.js')));
    return opened;
  };
  return {
    run: (name, input, options) => open().then((pool) => pool.run(name, input, options)),
    close: async () => {
      if (opened) await (await opened).close();
    },
  };
}
