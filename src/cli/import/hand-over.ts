import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Places } from '../../config/places.ts';
import { encodeImportNote, type ImportNote, importNoteName } from '../../domain/events/import-note.ts';
import type { ShellKind } from '../../domain/events/shell-kind.ts';
import { IMPORT_PID } from '../../domain/spool/spool-record.ts';
import { replacePrivately, syncDirectory } from '../../platform/files/private-file.ts';
import { type Bookmark, readBookmarks, writeBookmarks } from './bookmark.ts';
import type { HistoryEntry } from './history-entry.ts';
import { writeEntries } from './spool-writer.ts';

type ImportPlaces = Pick<Places, 'data' | 'spool'>;

/**
 * An import whose commands are on disk, and its remaining steps. Each step may be repeated, so that
 * the import can continue after a kill.
 */
interface Pending {
  /** Identifies the history, as in the bookmarks. */
  readonly key: string;
  readonly bookmark: Bookmark;
  readonly note: ImportNote;
  /** Names in the spool: the current one, and the one that the collector accepts. */
  readonly draft: string;
  readonly target: string;
}

export interface Import {
  readonly key: string;
  readonly bookmark: Bookmark;
  readonly source: ImportNote['source'];
  readonly shell: ShellKind;
  readonly entries: readonly HistoryEntry[];
  readonly skipped: number;
  readonly nowMs: number;
  /** Time of the last entry if the history has no times. */
  readonly endMs: number;
  /** Whether retention counts from the import on. */
  readonly kept: boolean;
}

const draftOf = (id: string): string => `import.${id}.new`;
const DRAFT = /^import[.-].*\.new$/;

/**
 * Passes the commands of a history to the collector and moves the bookmark, both or neither, even
 * if this process is killed. First the commands are written under a name that the collector
 * ignores. Then the pending steps are written, which commits the import. Then they are done. MUST
 * be called under the lock of imports, after `finishImport`.
 */
export function handOver(places: ImportPlaces, one: Import): void {
  const id = randomBytes(6).toString('hex');
  const pending: Pending = {
    key: one.key,
    bookmark: one.bookmark,
    note: { id, source: one.source, count: one.entries.length, skipped: one.skipped },
    draft: draftOf(id),
    target: freeName(places.spool, one.shell, one.nowMs * 1_000),
  };
  writeEntries(join(places.spool, pending.draft), one.entries, one.endMs, one.kept);
  syncDirectory(places.spool);
  replacePrivately(pendingFile(places), JSON.stringify(pending));
  complete(places, pending);
}

/**
 * Completes an import that was killed after its commit, and removes the files of one that was
 * killed before it. Returns what was handed over now.
 */
export function finishImport(places: ImportPlaces): { readonly key: string; readonly count: number } | null {
  const pending = existsSync(pendingFile(places))
    ? (JSON.parse(readFileSync(pendingFile(places), 'utf8')) as Pending)
    : null;
  if (pending) complete(places, pending);
  for (const name of readdirSync(places.spool).filter((one) => DRAFT.test(one)))
    rmSync(join(places.spool, name), { force: true });
  return pending && { key: pending.key, count: pending.note.count };
}

function complete(places: ImportPlaces, { key, bookmark, note, draft, target }: Pending): void {
  const from = join(places.spool, draft);
  if (existsSync(from)) {
    renameSync(from, join(places.spool, target));
    syncDirectory(places.spool);
  }
  replacePrivately(join(places.spool, importNoteName(note.id)), encodeImportNote(note));
  writeBookmarks(places.data, { ...readBookmarks(places.data), [key]: bookmark });
  rmSync(pendingFile(places));
  syncDirectory(places.data);
}

const pendingFile = ({ data }: ImportPlaces): string => join(data, 'import-pending.json');

/** A session name that no file in the spool has. */
function freeName(folder: string, shell: ShellKind, startUs: number): string {
  const name = `${shell}.${IMPORT_PID}.${startUs}.0`;
  return existsSync(join(folder, name)) ? freeName(folder, shell, startUs + 1) : name;
}
