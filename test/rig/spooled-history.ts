import { renameSync } from 'node:fs';
import { join } from 'node:path';
import type { HistoryEntry } from '../../src/cli/import/history-entry.ts';
import { writeEntries } from '../../src/cli/import/spool-writer.ts';
import type { ShellKind } from '../../src/domain/events/shell-kind.ts';

/**
 * Hands commands to a service at once, as a session of this process that began at `sessionMs`, a
 * moment that no other call gives.
 */
export function spoolEntries(
  folder: string,
  shell: ShellKind,
  entries: readonly HistoryEntry[],
  sessionMs: number,
  endMs: number,
): void {
  const name = `${shell}.${process.pid}.${sessionMs * 1_000}.0`;
  const draft = join(folder, `${name}.new`);
  writeEntries(draft, entries, endMs, false);
  renameSync(draft, join(folder, name));
}
