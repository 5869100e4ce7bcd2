/**
 * A strict reader of ArcSight's Common Event Format, written from its grammar and not from our
 * writer.
 */
export interface CefLine {
  /** Vendor, product, version, signature, name, severity. */
  readonly header: readonly string[];
  readonly extension: Readonly<Record<string, string>>;
}

const HEADER_FIELDS = 7;

/** @throws Error for anything that the grammar does not allow */
export function parseCef(line: string): CefLine {
  if (/[\r\n]/.test(line)) throw new Error('a line break within a record');
  if (!line.startsWith('CEF:0|')) throw new Error('no CEF:0 at the beginning');
  const { fields, rest } = splitHeader(line);
  const severity = Number(fields.at(-1));
  if (!Number.isInteger(severity) || severity < 0 || severity > 10) throw new Error('a severity outside of 0 to 10');
  return { header: fields.slice(1), extension: parseExtension(rest) };
}

function splitHeader(line: string): { readonly fields: readonly string[]; readonly rest: string } {
  const fields: string[] = [];
  let field = '';
  for (let at = 0; at < line.length; at += 1) {
    const character = line.charAt(at);
    if (character === '\\') {
      at += 1;
      if (!['\\', '|'].includes(line.charAt(at))) throw new Error(`an unknown escape in the header at ${at}`);
      field += line.charAt(at);
    } else if (character === '|') {
      fields.push(field);
      field = '';
      if (fields.length === HEADER_FIELDS) return { fields, rest: line.slice(at + 1) };
    } else field += character;
  }
  throw new Error(`${fields.length} header fields`);
}

/**
 * A value goes on until the last space before the next unescaped `=`; keys are letters, digits and
 * underscores.
 */
function parseExtension(text: string): Readonly<Record<string, string>> {
  const extension: Record<string, string> = {};
  let rest = text;
  while (rest !== '') {
    const key = /^([A-Za-z0-9_]+)=/.exec(rest)?.[1];
    if (key === undefined) throw new Error(`no key at the beginning of ${JSON.stringify(rest)}`);
    if (key in extension) throw new Error(`the key ${key} twice`);
    const { value, length } = readValue(rest.slice(key.length + 1));
    extension[key] = value;
    rest = rest.slice(key.length + 1 + length);
  }
  return extension;
}

function readValue(text: string): { readonly value: string; readonly length: number } {
  let value = '';
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === ' ' && /^ [A-Za-z0-9_]+=/.test(text.slice(at))) return { value, length: at + 1 };
    if (character === '=') throw new Error('an unescaped = in a value');
    if (character === '\\') {
      at += 1;
      const meaning = { '\\': '\\', '=': '=', n: '\n', r: '\r' }[text.charAt(at)];
      if (meaning === undefined) throw new Error(`an unknown escape in a value at ${at}`);
      value += meaning;
    } else value += character;
  }
  return { value, length: text.length };
}
