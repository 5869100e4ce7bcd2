/** Number, `*` for an edited entry or a space, a space; `fc` prints a tab after the number. */
const PREFIX = /^ *(\d+)(?:[ *] |\t[ *])/;

export interface HistoryEntries {
  /** Number of the first entry; the others follow without a gap. */
  readonly first: number;
  readonly texts: readonly string[];
}

/**
 * The entries in what bash's `history COUNT` or `fc -l` printed, oldest first, each without its
 * number and its last newline. An entry may span lines, so a further one is taken to begin only
 * where a line carries the next number. Undefined if it is no such output.
 */
export function historyEntries(printed: string, count: number): HistoryEntries | undefined {
  const prefix = PREFIX.exec(printed);
  if (!prefix) return undefined;
  const text = printed.endsWith('\n') ? printed.slice(0, -1) : printed;
  const texts: string[] = [];
  const first = Number(prefix[1]);
  let from = prefix[0].length;
  for (let number = first + 1; number < first + count; number += 1) {
    const next = new RegExp(`\\n *${String(number)}(?:[ *] |\\t[ *])`, 'g');
    next.lastIndex = from;
    const found = next.exec(text);
    if (!found) break;
    texts.push(text.slice(from, found.index));
    from = found.index + found[0].length;
  }
  return { first, texts: [...texts, text.slice(from)] };
}
