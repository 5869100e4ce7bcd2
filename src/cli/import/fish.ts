import { bytesToText } from '../../domain/spool/lossless-utf8.ts';
import { entry, type HistoryEntry } from './history-entry.ts';

/**
 * Parses fish's `fish_history`. It looks like YAML but is its own format; the only escapes are `\n`
 * and `\\`.
 */
export function parseFishHistory(bytes: Buffer): readonly HistoryEntry[] {
  const entries: HistoryEntry[] = [];
  for (const line of bytesToText(bytes).split('\n')) {
    const text = /^- cmd: (.*)$/.exec(line)?.[1];
    if (text !== undefined) entries.push(entry(unescaped(text)));
    const seconds = /^ {2}when: (-?\d+)$/.exec(line)?.[1];
    const last = entries.at(-1);
    if (seconds !== undefined && last) entries[entries.length - 1] = { ...last, startMs: Number(seconds) * 1_000 };
  }
  return entries.filter(({ text }) => text.trim() !== '');
}

const unescaped = (text: string): string =>
  text.replace(/\\([\\n])/g, (_all, letter: string) => (letter === 'n' ? '\n' : '\\'));
