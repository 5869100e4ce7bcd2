import type { CopyFailure } from '../../domain/events/deleted.ts';
import type { EventKey } from '../../storage/events/event-removal.ts';
import * as copies from '../../storage/maintenance/copies.ts';

export interface RemovalInput {
  /** Paths of copies of the database. */
  readonly files: readonly string[];
  readonly events: readonly EventKey[];
}

/** Deletes events from copies of the database; resolves with the copies where that failed. */
export const removeFromCopies = ({ files, events }: RemovalInput): readonly CopyFailure[] =>
  copies.removeFromCopies(files, events);
