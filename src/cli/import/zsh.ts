import { bytesToText } from '../../domain/spool/lossless-utf8.ts';
import { entry, type HistoryEntry } from './history-entry.ts';

/**
 * zsh writes its special bytes as this one and the byte with bit 5 flipped ("metafication").
 */
const META = 0x83;

/**
 * Parses zsh's history file, plain or with EXTENDED_HISTORY (`: start:seconds;command`). A
 * backslash before a line end continues the command.
 */
export function parseZshHistory(bytes: Buffer): readonly HistoryEntry[] {
  // Splits lines before it decodes escapes, as zsh does: an escape may decode to a line feed.
  const lines = bytes
    .toString('latin1')
    .split('\n')
    .map((line) => bytesToText(unmetafied(Buffer.from(line, 'latin1'))));
  const entries: HistoryEntry[] = [];
  let open: string[] = [];
  for (const line of lines) {
    const continues = line.endsWith('\\');
    open.push(continues ? line.slice(0, -1) : line);
    if (continues) continue;
    entries.push(toEntry(open.join('\n')));
    open = [];
  }
  if (open.length > 0) entries.push(toEntry(open.join('\n')));
  return entries.filter(({ text }) => text.trim() !== '');
}

function toEntry(text: string): HistoryEntry {
  const [head = '', start, seconds] = /^: *(-?\d+):(-?\d+);/.exec(text) ?? [];
  // zsh adds a space after a backslash that ends a command, so that it does not continue the line.
  const command = text.slice(head.length).replace(/(\\ *) $/, '$1');
  // 0 is what zsh writes where it does not know the duration, as with INC_APPEND_HISTORY.
  const durationMs = Number(seconds) * 1_000;
  return head === '' ? entry(command) : entry(command, Number(start) * 1_000, durationMs === 0 ? null : durationMs);
}

function unmetafied(bytes: Buffer): Buffer {
  const plain = Buffer.alloc(bytes.length);
  let length = 0;
  for (let index = 0; index < bytes.length; index += 1) {
    const isMeta = bytes[index] === META && index + 1 < bytes.length;
    if (isMeta) index += 1;
    plain[length] = (bytes[index] ?? 0) ^ (isMeta ? 0x20 : 0);
    length += 1;
  }
  return plain.subarray(0, length);
}
