import { closeSync, fsyncSync, writeFileSync } from 'node:fs';
import { encodeSpoolRecord } from '../../domain/spool/spool-record.ts';
import { openPrivately } from '../../platform/private-file.ts';
import type { HistoryEntry } from './history-entry.ts';

/** Number of commands encoded at a time. */
const BATCH = 1_000;

/**
 * Writes old commands as shells do, as finished records of a session, so that they are masked,
 * rated and counted like any other. They are on disk when it returns.
 *
 * @param endMs time of the last entry if the history has no times; each earlier one is 1 ms before
 *   the next
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
