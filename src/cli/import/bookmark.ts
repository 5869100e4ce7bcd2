import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replacePrivately } from '../../platform/files/private-file.ts';
import type { HistoryEntry } from './history-entry.ts';

/**
 * How far a history was imported, identified by its last entries, because shells cut histories at
 * the beginning.
 */
export interface Bookmark {
  readonly mark: string;
  readonly lastMs: number | null;
}

/** Number of entries in a mark. A single entry is repeated too often to identify a position. */
const SPAN = 8;

/** The entries after `bookmark`; 'lost' if neither the mark nor the times identify them. */
export function entriesAfter(
  entries: readonly HistoryEntry[],
  bookmark: Bookmark | undefined,
): readonly HistoryEntry[] | 'lost' {
  if (!bookmark) return entries;
  for (let index = entries.length - 1; index >= 0; index -= 1) {
    if (markAt(entries, index) === bookmark.mark) return entries.slice(index + 1);
  }
  const { lastMs } = bookmark;
  if (lastMs === null || entries.some(({ startMs }) => startMs === null)) return 'lost';
  return entries.filter(({ startMs }) => startMs !== null && startMs > lastMs);
}

export function bookmarkOf(entries: readonly HistoryEntry[]): Bookmark {
  return { mark: markAt(entries, entries.length - 1), lastMs: entries.at(-1)?.startMs ?? null };
}

/** A hash, so that the file contains no command. */
function markAt(entries: readonly HistoryEntry[], index: number): string {
  const span = entries.slice(Math.max(0, index - SPAN + 1), index + 1).map(({ text, startMs }) => [text, startMs]);
  return createHash('sha256').update(JSON.stringify(span)).digest('hex');
}

const FILE = 'imports.json';
type Bookmarks = Readonly<Record<string, Bookmark>>;

export function readBookmarks(data: string): Bookmarks {
  try {
    return JSON.parse(readFileSync(join(data, FILE), 'utf8')) as Bookmarks;
  } catch {
    return {};
  }
}

export function writeBookmarks(data: string, bookmarks: Bookmarks): void {
  replacePrivately(join(data, FILE), `${JSON.stringify(bookmarks, null, 2)}\n`);
}
