import type { BusClient } from '../../bus/bus.ts';
import type { CopyFailure, EventsDeleted } from '../../domain/events/deleted.ts';
import { sessionOf } from '../../domain/spool/observation.ts';
import { parseSpoolName } from '../../domain/spool/spool-record.ts';
import type { EventKey } from '../../storage/events/event-removal.ts';
import type { EventStore } from '../../storage/events/event-store.ts';
import type { SpoolFolder } from '../../storage/spool/spool-folder.ts';

export interface DeletionPorts {
  readonly bus: BusClient;
  readonly spool: Pick<SpoolFolder, 'names' | 'blank'>;
  readonly store: Pick<EventStore, 'offsetOf'>;
  readonly removal: {
    readonly find: (ids: readonly number[]) => {
      readonly events: readonly EventKey[];
      readonly sessions: readonly string[];
    };
    readonly remove: (events: readonly EventKey[]) => number;
    /** False while a reader still needs the write-ahead log. */
    readonly scrub: () => boolean;
    /** Every copy of the database; `isBusy` while another one is being made. */
    readonly copies: () => { readonly files: readonly string[]; readonly isBusy: boolean };
    readonly removeFromCopies: (
      files: readonly string[],
      events: readonly EventKey[],
    ) => Promise<readonly CopyFailure[]>;
  };
}

/**
 * Deletes commands wherever they are: the database with its rollups and write-ahead log, the spool,
 * and copies of the database.
 */
export class Deletion {
  /** What a copy that is being made, or the write-ahead log, may still hold. */
  #left: readonly EventKey[] = [];

  constructor(private readonly ports: DeletionPorts) {}

  /** The audit log records how many before they are deleted, and never which. */
  async delete(ids: readonly number[]): Promise<EventsDeleted> {
    const { removal, bus } = this.ports;
    const { events, sessions } = removal.find([...new Set(ids)]);
    if (events.length === 0) return { deleted: 0, pending: false, copies: [] };
    await bus.request('audit.append', { type: 'events.deleted', details: { count: events.length } });
    const refused = this.#blank(new Set(sessions));
    const deleted = removal.remove(events);
    const copies = await this.#clean(events);
    return { deleted, pending: this.#left.length > 0, copies: [...refused, ...copies] };
  }

  /** To be called every quarter of an hour. */
  async retry(): Promise<void> {
    if (this.#left.length === 0) return;
    const events = this.#left;
    this.#left = [];
    await this.#clean(events);
  }

  async #clean(events: readonly EventKey[]): Promise<readonly CopyFailure[]> {
    const { removal } = this.ports;
    const { files, isBusy } = removal.copies();
    if (!removal.scrub() || isBusy) this.#left = [...this.#left, ...events];
    return files.length === 0 ? [] : await removal.removeFromCopies(files, events);
  }

  /**
   * A shell that still runs keeps its last records in the spool. All that is committed of the
   * session is overwritten: a record may hold several commands.
   */
  #blank(sessions: ReadonlySet<string>): readonly CopyFailure[] {
    const { spool, store } = this.ports;
    return spool.names().flatMap((name) => {
      const parsed = parseSpoolName(name);
      if (!parsed || !sessions.has(sessionOf(parsed))) return [];
      const isDone = spool.blank(name, store.offsetOf(name));
      return isDone ? [] : [{ file: name, reason: 'it is not a regular file of this user' }];
    });
  }
}
