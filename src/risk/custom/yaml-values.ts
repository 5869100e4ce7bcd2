/*
 * Reads the YAML of a rule file into plain values. Only what Sigma needs: no tags, few aliases,
 * bounded size and depth, no duplicate keys.
 */
import { type Document, isAlias, isMap, isScalar, isSeq, type Node, parseAllDocuments } from 'yaml';

/** Bytes of a rule file; the largest rule of SigmaHQ has about 20 KiB. */
export const MAX_RULE_BYTES = 64 * 1024;
const MAX_NODES = 10_000;
const MAX_ALIASES = 100;
const MAX_DEPTH = 20;
const MAX_DOCUMENTS = 50;

/** A mapping; without a prototype, so that no key means anything to JavaScript. */
export interface YamlMap {
  readonly [key: string]: YamlValue;
}
/** Scalars are text as written: `4444` and `0x10` stay what the author typed. */
export type YamlValue = string | null | YamlMap | readonly YamlValue[];

export const isYamlMap = (value: YamlValue | undefined): value is YamlMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const isYamlList = (value: YamlValue | undefined): value is readonly YamlValue[] => Array.isArray(value);

/** Why a file cannot be read. The text says where, and never quotes the file. */
export class YamlFault extends Error {
  override readonly name = 'YamlFault';
}

/** The documents of a file. @throws YamlFault */
export function readYaml(text: string): readonly YamlValue[] {
  if (Buffer.byteLength(text) > MAX_RULE_BYTES)
    throw new YamlFault(`expected at most ${MAX_RULE_BYTES / 1024} KiB of YAML, got more; split the file`);
  const documents = parsed(text);
  if (documents.length > MAX_DOCUMENTS)
    throw new YamlFault(`expected at most ${MAX_DOCUMENTS} documents in a file, got ${documents.length}`);
  return documents.map((document) => {
    const [fault] = [...document.errors, ...document.warnings];
    if (fault) throw new YamlFault(`expected YAML, ${faultText(fault)}`);
    return new Walk(document).value(document.contents, 0);
  });
}

function parsed(text: string): readonly Document.Parsed[] {
  try {
    const documents = parseAllDocuments(text, {
      version: '1.2',
      schema: 'core',
      customTags: [],
      merge: false,
      uniqueKeys: true,
      strict: true,
      prettyErrors: false,
      logLevel: 'silent',
    });
    return Array.isArray(documents) ? documents : [];
  } catch (error) {
    if (error instanceof RangeError) throw new YamlFault('expected YAML, got one that is nested too deeply');
    throw error;
  }
}

/** Codes of the library say what is wrong without quoting the file. */
const FAULTS: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'got a key twice; remove one of the two',
  TAG_RESOLVE_FAILED: 'got a tag (!…); Sigma rules have none: remove it',
  BAD_ALIAS: 'got an alias without its anchor',
  TAB_AS_INDENT: 'got a tab as indentation; use spaces',
};

const faultText = ({ code, pos }: { readonly code: string; readonly pos: readonly [number, number] }): string =>
  `${FAULTS[code] ?? `got a mistake (${code})`} at character ${pos[0] + 1}`;

/** Turns one document into values; counts nodes, so that aliases cannot multiply them. */
class Walk {
  #nodes = 0;
  #aliases = 0;

  constructor(private readonly document: Document.Parsed) {}

  value(node: Node | null, depth: number): YamlValue {
    this.#nodes += 1;
    if (this.#nodes > MAX_NODES) throw new YamlFault(`expected at most ${MAX_NODES} values, got more`);
    if (depth > MAX_DEPTH) throw new YamlFault(`expected at most ${MAX_DEPTH} levels of nesting, got more`);
    if (node === null) return null;
    if (isAlias(node)) return this.#alias(node, depth);
    if (isMap(node)) {
      const map = Object.create(null) as Record<string, YamlValue>;
      for (const { key, value } of node.items) {
        const name = isScalar(key) ? scalar(key) : null;
        if (name === null) throw new YamlFault('expected text as the key of every entry, got something else');
        map[name] = this.value(value as Node | null, depth + 1);
      }
      return map;
    }
    if (isSeq(node)) return node.items.map((item) => this.value(item as Node | null, depth + 1));
    return isScalar(node) ? scalar(node) : null;
  }

  #alias(node: Node, depth: number): YamlValue {
    this.#aliases += 1;
    if (this.#aliases > MAX_ALIASES) throw new YamlFault(`expected at most ${MAX_ALIASES} aliases, got more`);
    const target = isAlias(node) ? node.resolve(this.document) : undefined;
    return this.value(target ?? null, depth + 1);
  }
}

/** Numbers and truth values keep the spelling of the file. */
const scalar = (node: { readonly value: unknown; readonly source?: string }): string | null => {
  if (node.value === null || node.value === undefined) return null;
  return typeof node.value === 'string' ? node.value : (node.source ?? null);
};

/** A value as an error names it: its text, or what it is. */
export const shownValue = (value: YamlValue | undefined): string => {
  if (typeof value === 'string') return `"${value.slice(0, 40)}"`;
  if (value === undefined || value === null) return 'none';
  return isYamlList(value) ? 'a list' : 'a mapping';
};
