import { CaroError } from '../../domain/errors.ts';
import type { HistoryEntry } from './history-entry.ts';

interface Row {
  readonly command: string;
  /** Nanoseconds since the epoch. */
  readonly timestamp: bigint;
  /** Nanoseconds; -1 while it runs. */
  readonly duration: bigint;
  readonly exit: bigint;
  readonly cwd: string;
}

/**
 * Reads Atuin's SQLite history, oldest first, without deleted entries. Opens the file read-only.
 */
export async function readAtuinHistory(file: string): Promise<readonly HistoryEntry[]> {
  const { openReadOnly } = await import('../../storage/database.ts');
  try {
    const database = openReadOnly(file);
    try {
      const rows = database
        .prepare(
          'SELECT command, timestamp, duration, exit, cwd FROM history WHERE deleted_at IS NULL ORDER BY timestamp',
        )
        .safeIntegers()
        .all() as readonly Row[];
      return rows.map(toEntry).filter(({ text }) => text.trim() !== '');
    } finally {
      database.close();
    }
  } catch (error) {
    throw new CaroError('usage', `${file}: expected Atuin's history database, got something else`, { cause: error });
  }
}

const RUNNING = -1n;

const toEntry = ({ command, timestamp, duration, exit, cwd }: Row): HistoryEntry => ({
  text: command,
  startMs: Number(timestamp / 1_000_000n),
  durationMs: duration === RUNNING ? null : duration < 0n ? -1 : Number(duration / 1_000_000n),
  exitCode: exit >= 0n && exit <= 255n ? Number(exit) : null,
  cwd: cwd === '' || cwd === 'unknown' ? null : cwd,
});
