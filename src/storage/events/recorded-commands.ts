import type { ShellKind } from '../../domain/events/shell-kind.ts';
import { SLOT_MS } from '../../domain/time/period.ts';
import type { Database } from '../database.ts';

export interface RecordedCommand {
  readonly startMs: number;
  /** As it is stored: secrets are masked. */
  readonly text: string;
}

/** Every stored command of a shell (null: of any), oldest first, one row at a time. */
export function* recordedCommands(database: Database, shell: ShellKind | null): Generator<RecordedCommand> {
  const rows = database
    .prepare('SELECT time_ms, command FROM event WHERE ? IS NULL OR shell = ? ORDER BY time_ms, id')
    .raw()
    .iterate(shell, shell) as IterableIterator<[number, string]>;
  for (const [startMs, text] of rows) yield { startMs, text };
}

/** Number of observed commands per slot, also of those that are no longer stored. */
export function observedSlots(database: Database, shell: ShellKind | null): ReadonlyMap<number, number> {
  const rows = database
    .prepare(
      `SELECT slot, sum(observed) FROM rollup_coverage WHERE ? IS NULL OR shell = ?
       GROUP BY slot HAVING sum(observed) > 0`,
    )
    .raw()
    .all(shell, shell) as [number, number][];
  return new Map(rows.map(([slot, observed]) => [slot * SLOT_MS, observed]));
}

/** Spool file → bytes of it that are committed. */
export function committedOffsets(database: Database): ReadonlyMap<string, number> {
  const rows = database.prepare('SELECT file, offset FROM spool').raw().all() as [string, number][];
  return new Map(rows);
}
