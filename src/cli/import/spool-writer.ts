import { randomBytes } from 'node:crypto';
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ShellKind } from '../../domain/shell-kind.ts';
import { encodeSpoolRecord } from '../../domain/spool-record.ts';
import type { HistoryEntry } from './history-entry.ts';

/** Commands in one spool file. */
const BATCH = 1_000;

/**
 * Hands old commands to the collector the way shells do: as finished records of a session, so that they are masked, rated and
 * counted like any other, now or when the service starts. A file appears under its name when it is whole.
 *
 * @param endMs stands in for the time of the last entry where the history has none; earlier ones lie 1 ms apart before it
 */
export function spoolEntries(
  folder: string,
  shell: ShellKind,
  entries: readonly HistoryEntry[],
  nowMs: number,
  endMs: number,
): void {
  const session = freeSession(folder, shell, nowMs * 1_000);
  for (let begin = 0, seq = 0; begin < entries.length; begin += BATCH, seq += 1) {
    const records = entries.slice(begin, begin + BATCH).map((entry, index) => {
      const command = begin + index;
      return encoded(entry, command, entry.startMs ?? endMs - (entries.length - command));
    });
    const draft = join(folder, `import-${randomBytes(6).toString('hex')}.new`);
    writeFileSync(draft, Buffer.concat(records), { mode: 0o600 });
    renameSync(draft, join(folder, `${session}.${seq}`));
  }
}

/** The name of a session that no file in the spool has yet. */
function freeSession(folder: string, shell: ShellKind, startUs: number): string {
  const session = `${shell}.${process.pid}.${startUs}`;
  return existsSync(join(folder, `${session}.0`)) ? freeSession(folder, shell, startUs + 1) : session;
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
