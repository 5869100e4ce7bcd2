import { bytesToText } from '../../domain/spool/lossless-utf8.ts';
import { entry, type HistoryEntry } from './history-entry.ts';

/**
 * Parses bash's history file. With HISTTIMEFORMAT, a `#seconds` line precedes each command, and all
 * lines up to the next one belong to it. Without it, each line is a command.
 */
export function parseBashHistory(bytes: Buffer): readonly HistoryEntry[] {
  const entries: HistoryEntry[] = [];
  let startMs: number | null = null;
  let lines: string[] = [];
  const close = (): void => {
    if (lines.length > 0) entries.push(entry(lines.join('\n'), startMs));
    lines = [];
  };
  for (const line of bytesToText(bytes).split('\n')) {
    const seconds = /^#(-?\d+)$/.exec(line)?.[1];
    if (seconds !== undefined) {
      close();
      startMs = Number(seconds) * 1_000;
    } else if (line.includes('\0')) {
      // What a crash left of a line. It must not take the commands around it along.
      close();
      entries.push(entry(line));
      startMs = null;
    } else if (startMs !== null || line !== '') {
      lines.push(line);
      if (startMs === null) close();
    }
  }
  // The empty string after the last line feed is not part of the command.
  if (lines.at(-1) === '') lines.pop();
  close();
  return entries.filter(({ text }) => text.trim() !== '');
}
