/** Changes to a JSON text that leave every other byte of it as it is. */

/** A value with its place in the text; `end` is exclusive. */
export interface JsonNode {
  readonly start: number;
  readonly end: number;
  /** Children of an object or array, in order; null for any other value. */
  readonly children: readonly JsonChild[] | null;
  readonly isObject: boolean;
}

export interface JsonChild {
  /** Name of the member; undefined in an array. */
  readonly key: string | undefined;
  /** Where the member begins, with its name. */
  readonly start: number;
  readonly value: JsonNode;
}

/** A text that was put into another one, at a place of the text as it was then. */
export interface Insertion {
  readonly at: number;
  readonly text: string;
}

const BLANK = /[ \t\r\n]*/y;
const BLANK_OR_COMMENT = /(?:[ \t\r\n]|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y;
const STRING = /"(?:[^"\\\n\r\t]|\\.)*"/y;
const SCALAR = /-?\d[-+.0-9eE]*|true|false|null/y;
const MAX_DEPTH = 100;

/**
 * Reads a JSON text, with `//` and `/*` comments and trailing commas where `comments` is set.
 * @throws SyntaxError that names the line, and nothing of the text
 */
export function parseJsonText(text: string, comments = false): JsonNode {
  const scanner = new Scanner(text, comments);
  scanner.skip();
  const root = scanner.value(0);
  scanner.skip();
  if (scanner.at < text.length) throw scanner.error('nothing after the value');
  return root;
}

/**
 * The member of this name; undefined where there is none. @throws RangeError where there are two
 */
export function memberOf(node: JsonNode, key: string): JsonNode | undefined {
  const [found, twice] = (node.isObject ? (node.children ?? []) : []).filter((child) => child.key === key);
  if (twice) throw new RangeError(`expected one member "${key}", got two`);
  return found?.value;
}

/**
 * What adds a child at the end of an object or array; `json` is its text, with lines indented as if
 * it stood at the margin.
 */
export function insertionInto(text: string, node: JsonNode, json: string, comments: boolean): Insertion {
  const own = indentAt(text, node.start);
  const unit = /\n([ \t]+)\S/.exec(text)?.[1] ?? '  ';
  const lines = json.split('\n').map((line) => line.replace(/^(?: {2})+/, (blanks) => unit.repeat(blanks.length / 2)));
  const child = lines.join(`\n${own}${unit}`);
  const last = node.children?.at(-1);
  if (!last) return { at: node.start + 1, text: `\n${own}${unit}${child}\n${own}` };
  const next = new Scanner(text, comments, last.value.end);
  next.skip();
  const hasComma = text[next.at] === ',';
  return {
    at: hasComma ? next.at + 1 : last.value.end,
    text: `${hasComma ? '' : ','}\n${own}${unit}${child}`,
  };
}

export const inserted = (text: string, { at, text: more }: Insertion): string =>
  text.slice(0, at) + more + text.slice(at);

/** The text before an insertion; undefined where the inserted text is not at its place. */
export const withoutInsertion = (text: string, { at, text: more }: Insertion): string | undefined =>
  text.startsWith(more, at) ? text.slice(0, at) + text.slice(at + more.length) : undefined;

/** The text without one child, and without the comma that it needed. */
export function withoutChild(text: string, node: JsonNode, index: number, comments: boolean): string {
  const children = node.children ?? [];
  const [before, child, after] = [children[index - 1], children[index], children[index + 1]];
  if (!child) return text;
  const blanks = /[ \t\r\n]*$/.exec(text.slice(0, child.start))?.[0].length ?? 0;
  const [from, to] = [child.start - blanks, child.value.end];
  const comma = commaAfter(text, after ? to : before?.value.end, comments);
  if (comma === undefined) return text.slice(0, from) + text.slice(to);
  return comma >= to
    ? text.slice(0, from) + text.slice(to, comma) + text.slice(comma + 1)
    : text.slice(0, comma) + text.slice(comma + 1, from) + text.slice(to);
}

function commaAfter(text: string, at: number | undefined, comments: boolean): number | undefined {
  if (at === undefined) return undefined;
  const scanner = new Scanner(text, comments, at);
  scanner.skip();
  return text[scanner.at] === ',' ? scanner.at : undefined;
}

/** White space at the beginning of the line of this place. */
function indentAt(text: string, at: number): string {
  const line = text.slice(text.lastIndexOf('\n', at - 1) + 1, at);
  return /^[ \t]*/.exec(line)?.[0] ?? '';
}

class Scanner {
  constructor(
    private readonly text: string,
    private readonly comments: boolean,
    public at = 0,
  ) {}

  skip(): void {
    this.#take(this.comments ? BLANK_OR_COMMENT : BLANK);
  }

  value(depth: number): JsonNode {
    if (depth > MAX_DEPTH) throw this.error(`at most ${MAX_DEPTH} levels`);
    const start = this.at;
    const open = this.text[start];
    if (open === '{' || open === '[') {
      this.at += 1;
      const children = this.#children(open === '{', depth);
      return { start, end: this.at, children, isObject: open === '{' };
    }
    if (this.#take(STRING) === '' && this.#take(SCALAR) === '') throw this.error('a value');
    return { start, end: this.at, children: null, isObject: false };
  }

  #children(isObject: boolean, depth: number): readonly JsonChild[] {
    const close = isObject ? '}' : ']';
    const children: JsonChild[] = [];
    this.skip();
    while (this.text[this.at] !== close) {
      children.push(this.#child(isObject, depth));
      this.skip();
      if (this.text[this.at] === close) break;
      if (this.text[this.at] !== ',') throw this.error(`a comma or ${close}`);
      this.at += 1;
      this.skip();
      if (this.text[this.at] === close && !this.comments) throw this.error('no comma at the end');
    }
    this.at += 1;
    return children;
  }

  #child(isObject: boolean, depth: number): JsonChild {
    const { at: start } = this;
    if (!isObject) return { key: undefined, start, value: this.value(depth + 1) };
    const name = this.#take(STRING);
    if (name === '') throw this.error('the name of a member');
    this.skip();
    if (this.text[this.at] !== ':') throw this.error('a colon');
    this.at += 1;
    this.skip();
    return { key: this.#nameIn(name), start, value: this.value(depth + 1) };
  }

  /** The parser of the language quotes the text in its errors. */
  #nameIn(json: string): string {
    try {
      return JSON.parse(json) as string;
    } catch {
      throw this.error('a name without invalid escapes');
    }
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const [found = ''] = pattern.exec(this.text) ?? [];
    this.at += found.length;
    return found;
  }

  error(expected: string): SyntaxError {
    const line = this.text.slice(0, this.at).split('\n').length;
    return new SyntaxError(`line ${line}: expected ${expected}`);
  }
}
