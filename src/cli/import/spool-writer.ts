import { closeSync, fsyncSync, writeFileSync } from 'node:fs';
import { encodeSpoolRecord } from '../../domain/spool/spool-record.ts';
import { openPrivately } from '../../platform/private-file.ts';
import type { HistoryEntry } from './history-entry.ts';

/** So many commands are held as bytes at a time. */
const BATCH = 1_000;

/**
 * Writes old commands the way shells do, as finished records of a session, so that they are masked,
 * rated and counted like any other. They are on disk when it returns.
 *
 * @param endMs stands in for the time of the last entry where the history has none; earlier ones
 *   lie 1 ms apart before it
 */
export function writeEntries(path: string, entries: readonly HistoryEntry[], endMs: number): void {
  const descriptor = openPrivately(path, 'wx');
  try {
    for (let begin = 0; begin < entries.length; begin += BATCH) {
      const records = entries.slice(begin, begin + BATCH).map((entry, index) => {
        const command = begin + index;
        return encoded(entry, command, entry.startMs ?? endMs - (entries.length - command));
      });
      writeFileSync(descriptor, Buffer.concat(records));
    }
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function encoded({ text, durationMs, exitCode, cwd }: HistoryEntry, command: number, startMs: number): Buffer {
  return encodeSpoolRecord({
    type: 'both',
    command,
    startedAt: startMs * 1_000,
    granularity: 1_000_000,
    text,
    ...(durationMs === null ? {} : { durationMs }),
    ...(exitCode === null ? {} : { status: exitCode }),
    ...(cwd === null ? {} : { cwd }),
  });
}
