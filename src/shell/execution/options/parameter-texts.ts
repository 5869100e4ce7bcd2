/**
 * Commands among the parameters of a document that a cloud runs on a machine: `commands=["a","b"]`,
 * `commands=a`, `{"commands":["a","b"]}`, as in `aws ssm send-command --parameters`.
 */

const KEY = /(?:^|[\s{,'"])commands?["']?\s{0,8}[=:]\s{0,8}/gi;
const ITEM = /[\s,]{0,8}(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s,\]"'][^,\]]*))/y;
const MAX_TEXT = 1 << 16;
const MAX_TEXTS = 64;

/** The texts of all commands, as written, without their quotes. */
export function parameterTexts(parameters: string): readonly string[] {
  const text = parameters.slice(0, MAX_TEXT);
  const found: string[] = [];
  for (const { index, 0: key } of text.matchAll(KEY)) {
    const from = index + key.length;
    if (text[from] === '[') addItems(text, from + 1, found);
    else {
      ITEM.lastIndex = from;
      const quoted = ITEM.exec(text);
      found.push(quoted?.[1] ?? quoted?.[2] ?? text.slice(from));
      if (quoted?.[3] !== undefined) break;
    }
    if (found.length >= MAX_TEXTS) break;
  }
  return found.filter((one) => one !== '');
}

/** Adds the items of a list up to its end. */
function addItems(text: string, from: number, found: string[]): void {
  ITEM.lastIndex = from;
  for (let item = ITEM.exec(text); item !== null && found.length < MAX_TEXTS; item = ITEM.exec(text)) {
    found.push(item[1] ?? item[2] ?? item[3] ?? '');
    if (/^\s*\]/.test(text.slice(ITEM.lastIndex, ITEM.lastIndex + 8))) return;
  }
}
