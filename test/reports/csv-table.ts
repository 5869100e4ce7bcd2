/** A strict reader of CSV, written from the grammar of RFC 4180 §2, for what the program writes. */
export function parseCsv(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let at = 0;
  const fail = (what: string): never => {
    throw new Error(`expected ${what} at ${at}`);
  };
  const field = (): string => {
    if (text[at] !== '"') {
      const [plain = ''] = /^[^",\r\n]*/.exec(text.slice(at)) ?? [];
      at += plain.length;
      return plain;
    }
    const [whole, inner = ''] = /^"((?:[^"]|"")*)"/.exec(text.slice(at)) ?? fail('a closing quote');
    at += whole.length;
    return inner.replaceAll('""', '"');
  };
  while (at < text.length) {
    const row = [field()];
    while (text[at] === ',') {
      at += 1;
      row.push(field());
    }
    if (!text.startsWith('\r\n', at)) fail('the end of a line');
    at += 2;
    rows.push(row);
  }
  if (new Set(rows.map(({ length }) => length)).size > 1) fail('as many fields in every line');
  return rows;
}
