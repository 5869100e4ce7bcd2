import { parse } from 'smol-toml';

/** From the root: table names, keys, and indexes of lists. */
export type KeyPath = readonly (string | number)[];

/**
 * Line (from 1) of every key, table header and list element in a TOML document, by path. smol-toml
 * keeps no positions. The text MUST have been parsed successfully before: this reader follows the
 * grammar but validates nothing.
 */
export class KeyLines {
  readonly #lines = new Map<string, number>();
  readonly #lengths = new Map<string, number>();
  #at = 0;
  #line = 1;
  #table: KeyPath = [];

  constructor(private readonly text: string) {
    this.#skipVoid();
    while (this.#at < text.length) {
      if (this.#peek() === '[') this.#header();
      else this.#pair(this.#table);
      this.#skipVoid();
    }
  }

  /**
   * The line of `path`, or of its longest part that is in the document; 1 if no part is.
   */
  lineOf(path: KeyPath): number {
    for (let length = path.length; length > 0; length -= 1) {
      const line = this.#lines.get(JSON.stringify(path.slice(0, length)));
      if (line !== undefined) return line;
    }
    return 1;
  }

  /** Whether the document itself has `path`; a default that was filled in is not there. */
  has(path: KeyPath): boolean {
    return this.#lines.has(JSON.stringify(path));
  }

  #header(): void {
    const line = this.#line;
    const isList = this.text.startsWith('[[', this.#at);
    this.#advance(isList ? 2 : 1);
    const keys = this.#keys(']');
    this.#advance(isList ? 2 : 1);
    this.#table = this.#resolve(keys, isList);
    this.#note(this.#table, line);
  }

  /**
   * Inserts the index of the last element after each key that names a list of tables. A list header
   * adds an element.
   */
  #resolve(keys: readonly string[], adds: boolean): KeyPath {
    let path: KeyPath = [];
    for (const [index, key] of keys.entries()) {
      path = [...path, key];
      const id = JSON.stringify(path);
      if (adds && index === keys.length - 1) this.#lengths.set(id, (this.#lengths.get(id) ?? 0) + 1);
      const length = this.#lengths.get(id);
      if (length !== undefined) path = [...path, length - 1];
    }
    return path;
  }

  #pair(table: KeyPath): void {
    const line = this.#line;
    const path = [...table, ...this.#keys('=')];
    this.#advance(1);
    this.#note(path, line);
    this.#skipVoid();
    this.#value(path);
  }

  /** Records the first line of the path and of the tables that a dotted key creates. */
  #note(path: KeyPath, line: number): void {
    for (let length = 1; length <= path.length; length += 1) {
      const id = JSON.stringify(path.slice(0, length));
      if (!this.#lines.has(id)) this.#lines.set(id, line);
    }
  }

  #value(path: KeyPath): void {
    const first = this.#peek();
    if (first === '[') this.#items(']', (index) => this.#element([...path, index]));
    else if (first === '{') this.#items('}', () => this.#pair(path));
    else if (first === '"' || first === "'") this.#string();
    else while (!/[\n,\]}#]|^$/.test(this.#peek())) this.#advance(1);
  }

  #element(path: KeyPath): void {
    this.#note(path, this.#line);
    this.#value(path);
  }

  #items(end: string, item: (index: number) => void): void {
    this.#advance(1);
    this.#skipVoid();
    for (let index = 0; this.#peek() !== end && this.#at < this.text.length; index += 1) {
      item(index);
      this.#skipVoid();
      if (this.#peek() === ',') this.#advance(1);
      this.#skipVoid();
    }
    this.#advance(1);
  }

  #keys(end: string): string[] {
    const keys: string[] = [];
    for (;;) {
      this.#skipVoid();
      const begin = this.#at;
      if (this.#peek() === '"' || this.#peek() === "'") this.#string();
      else while (/[\w-]/.test(this.#peek())) this.#advance(1);
      const written = this.text.slice(begin, this.#at);
      keys.push(/^["']/.test(written) ? unquoted(written) : written);
      this.#skipVoid();
      if (this.#peek() !== '.') break;
      this.#advance(1);
    }
    if (this.#peek() !== end) throw new RangeError('expected a document that smol-toml has parsed');
    return keys;
  }

  #string(): void {
    const quote = this.#peek();
    const triple = quote.repeat(3);
    const end = this.text.startsWith(triple, this.#at) ? triple : quote;
    this.#advance(end.length);
    while (this.#at < this.text.length && !this.text.startsWith(end, this.#at)) {
      this.#advance(quote === '"' && this.#peek() === '\\' ? 2 : 1);
    }
    this.#advance(end.length);
    // Up to two quotes may precede the closing three.
    while (end === triple && this.#peek() === quote) this.#advance(1);
  }

  /** White space, line ends and comments. */
  #skipVoid(): void {
    for (;;) {
      if (this.#peek() === '#') while (!/\n|^$/.test(this.#peek())) this.#advance(1);
      else if (/[\s\uFEFF]/.test(this.#peek())) this.#advance(1);
      else return;
    }
  }

  #peek(): string {
    return this.text[this.#at] ?? '';
  }

  #advance(count: number): void {
    for (let step = 0; step < count; step += 1) {
      if (this.#peek() === '\n') this.#line += 1;
      this.#at += 1;
    }
  }
}

/** A quoted key has the syntax of a string. */
function unquoted(written: string): string {
  const { key } = parse(`key = ${written}`);
  return typeof key === 'string' ? key : written;
}
