import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

const PIECE_BYTES = 2 ** 22;

/**
 * Names of the patterns that are in the memory of a process of this user, or of its threads: heap,
 * stacks and whatever was freed and not written to again. Linux only (proc(5)).
 */
export function memoryHolds(pid: number, patterns: ReadonlyMap<string, Buffer>): readonly string[] {
  const found = new Set<string>();
  const overlap = Math.max(...[...patterns.values()].map(({ length }) => length));
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  try {
    for (const { start, end } of present(pid))
      for (let at = start; at < end; at += PIECE_BYTES - overlap) {
        const piece = readAt(memory, at, Math.min(PIECE_BYTES, end - at));
        for (const [name, pattern] of patterns) if (piece.includes(pattern)) found.add(name);
      }
  } finally {
    closeSync(memory);
  }
  return [...found];
}

/** Whether this system lets a test read the memory of a process that it has started. */
export function canReadMemory(): boolean {
  try {
    closeSync(openSync(`/proc/${process.pid}/mem`, 'r'));
    return true;
  } catch {
    return false;
  }
}

/** Mappings that can be written to, and have been. */
function present(pid: number): readonly { readonly start: number; readonly end: number }[] {
  const maps = readFileSync(`/proc/${pid}/smaps`, 'utf8');
  const mapping = /^([0-9a-f]+)-([0-9a-f]+) rw.*\n(?:[A-Z].*\n)*?Rss: +[1-9]/gm;
  return [...maps.matchAll(mapping)].map(([, start = '', end = '']) => ({
    start: Number.parseInt(start, 16),
    end: Number.parseInt(end, 16),
  }));
}

/** Nothing where the pages are gone or cannot be read. */
function readAt(memory: number, at: number, length: number): Buffer {
  const piece = Buffer.alloc(length);
  try {
    return piece.subarray(0, readSync(memory, piece, 0, length, at));
  } catch {
    return Buffer.alloc(0);
  }
}
