import type { Bus } from '../bus/bus.ts';
import type { Places } from '../config/places.ts';
import type { Configuration } from '../domain/configuration.ts';
import type { Identity } from '../identity/identity.ts';
import type { OwnKeys } from '../keys/own-keys.ts';
import type { PeerKeys } from '../keys/peer-keys.ts';
import type { ServiceLog } from '../platform/service-log.ts';
import type { Database } from '../storage/database.ts';
import type { StorageHealth } from '../storage/maintenance/storage-health.ts';
import type { RosterStore } from '../storage/mesh/roster-store.ts';
import type { SpoolFolder } from '../storage/spool/spool-folder.ts';
import type { Pool } from '../workers/pool.ts';

/** What the parts of the service share. */
export interface ServiceContext {
  readonly places: Places;
  /** The current one: a rotation replaces it, so do not keep it. */
  readonly identity: Identity;
  readonly ownKeys: OwnKeys;
  readonly peerKeys: PeerKeys;
  readonly database: Database;
  readonly log: ServiceLog;
  readonly health: StorageHealth;
  readonly bus: Bus;
  readonly pool: Pool;
  readonly spool: SpoolFolder;
  /** The current one: the settings actor replaces it. */
  readonly configuration: () => Configuration;
  readonly roster: RosterStore;
  /** For the settings actor only. */
  readonly adopt: (next: Configuration) => void;
}
