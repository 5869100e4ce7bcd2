import { closeSync, fstatSync, openSync, readSync, statSync, watch } from 'node:fs';
import { dirname } from 'node:path';

const CHUNK = 65_536;

export interface LastLines {
  readonly lines: readonly string[];
  /** Where the file ended, in bytes. */
  readonly end: number;
}

/** The last `count` lines of a file; none where there is no file. */
export function lastLines(path: string, count: number): LastLines {
  const size = sizeOf(path);
  let begin = size;
  let bytes = '';
  while (begin > 0 && bytes.split('\n').length <= count + 1) {
    const from = Math.max(0, begin - CHUNK);
    bytes = readRange(path, from, begin) + bytes;
    begin = from;
  }
  const lines = bytes.split('\n').filter((line) => line !== '');
  return { lines: lines.slice(-count).map(decoded), end: size };
}

/**
 * Lines that are added after `end`, until `signal`. After a rotation the new file is read from its
 * start.
 */
export async function* newLines(path: string, end: number, signal: AbortSignal): AsyncGenerator<string> {
  let wake = (): void => undefined;
  let changes = 0;
  const watcher = watch(dirname(path));
  const look = (): void => {
    changes += 1;
    wake();
  };
  watcher.on('change', look);
  signal.addEventListener('abort', look);
  let position = end;
  let rest = '';
  try {
    while (!signal.aborted) {
      const seen = changes;
      const size = sizeOf(path);
      if (size < position) position = 0;
      const lines = (rest + readRange(path, position, size)).split('\n');
      position = size;
      rest = lines.pop() ?? '';
      yield* lines.map(decoded);
      if (seen === changes) await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    signal.removeEventListener('abort', look);
    watcher.close();
  }
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

/**
 * Returns bytes as latin1, because a range may begin or end within a character; whole lines are
 * decoded later.
 */
function readRange(path: string, begin: number, end: number): string {
  if (end <= begin) return '';
  const descriptor = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(Math.max(0, Math.min(end, fstatSync(descriptor).size) - begin));
    return buffer.toString('latin1', 0, readSync(descriptor, buffer, 0, buffer.length, begin));
  } finally {
    closeSync(descriptor);
  }
}

const decoded = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('utf8');
