import { closeSync, fsyncSync, writeFileSync } from 'node:fs';
import { encodeSpoolRecord } from '../../domain/spool/spool-record.ts';
import { openPrivately } from '../../platform/files/private-file.ts';
import { datedHistory } from './checked-history.ts';
import type { HistoryEntry } from './history-entry.ts';

/** Number of commands encoded at a time. */
const BATCH = 1_000;

/**
 * Writes old commands as shells do, as finished records of a session, so that they are masked,
 * rated and counted like any other. They are on disk when it returns.
 *
 * @param endMs time of the last entry if the history has no times
 * @param isKept whether retention counts from the import on
 */
export function writeEntries(path: string, all: readonly HistoryEntry[], endMs: number, isKept: boolean): void {
  const entries = datedHistory(all, endMs);
  const descriptor = openPrivately(path, 'wx');
  try {
    for (let begin = 0; begin < entries.length; begin += BATCH) {
      const records = entries
        .slice(begin, begin + BATCH)
        .map((entry, index) => encoded(entry, begin + index, entry.startMs, isKept));
      writeFileSync(descriptor, Buffer.concat(records));
    }
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function encoded(
  { text, durationMs, exitCode, cwd }: HistoryEntry,
  command: number,
  startMs: number,
  isKept: boolean,
): Buffer {
  return encodeSpoolRecord({
    type: 'both',
    command,
    startedAt: startMs * 1_000,
    granularity: 1_000_000,
    text,
    ...(durationMs === null ? {} : { durationMs }),
    ...(exitCode === null ? {} : { status: exitCode }),
    ...(cwd === null ? {} : { cwd }),
    ...(isKept ? { kept: true } : {}),
  });
}
