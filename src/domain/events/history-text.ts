/** Number, `*` for an edited entry or a space, a space. */
const PREFIX = /^ *(\d+)[ *] /;

/**
 * The entries in what bash's `history COUNT` printed, oldest first, each without its number and its
 * last newline. An entry may span lines, so a further one is taken to begin only where a line
 * carries the next number. Undefined if it is no such output.
 */
export function historyCommands(printed: string, count: number): readonly string[] | undefined {
  const first = PREFIX.exec(printed);
  if (!first) return undefined;
  const text = printed.endsWith('\n') ? printed.slice(0, -1) : printed;
  const entries: string[] = [];
  let from = first[0].length;
  let number = Number(first[1]);
  for (let left = count; left > 1; left -= 1) {
    number += 1;
    const next = new RegExp(`\\n *${String(number)}[ *] `, 'g');
    next.lastIndex = from;
    const found = next.exec(text);
    if (!found) break;
    entries.push(text.slice(from, found.index));
    from = found.index + found[0].length;
  }
  return [...entries, text.slice(from)];
}
