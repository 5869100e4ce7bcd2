/**
 * The closed vocabulary of tools (FR-403, FR-503). A tool outside it is `other`; its name never
 * leaves the node.
 *
 * Line format in `tools/*.ts`: `@family` starts a family; `name(alias,alias) [options with a
 * value]: subcommand …` is one tool with subcommands; a line without a colon lists tools without
 * subcommands. A new tool may be added anywhere in its family. `CATALOGUE_VERSION` MUST increase
 * with every change, so that two nodes can tell whether they use the same vocabulary.
 */
import type { Invocation } from '../model.ts';
import { DESKTOP_TOOLS } from './tools/desktop.ts';
import { DEVELOPMENT_TOOLS } from './tools/development.ts';
import { NETWORK_TOOLS } from './tools/network.ts';
import { OPERATIONS_TOOLS } from './tools/operations.ts';
import { SYSTEM_TOOLS } from './tools/system.ts';

export const CATALOGUE_VERSION = 1;

/**
 * Families are the categories of events. Append only: vectors of family counts use this order
 * (docs/design.md §2).
 */
export const FAMILIES = [
  'other',
  'git',
  'version-control',
  'node',
  'python',
  'rust',
  'go',
  'java',
  'ruby',
  'php',
  'dotnet',
  'languages',
  'build',
  'editors',
  'test',
  'ai',
  'containers',
  'kubernetes',
  'infrastructure',
  'cloud',
  'hosting',
  'ci',
  'databases',
  'messaging',
  'monitoring',
  'search',
  'backup',
  'secrets',
  'files',
  'text',
  'data',
  'archives',
  'shell',
  'help',
  'processes',
  'services',
  'users',
  'disks',
  'kernel',
  'hardware',
  'packages',
  'virtualization',
  'network',
  'firewall',
  'transfer',
  'remote',
  'security',
  'media',
  'documents',
  'mobile',
  'macos',
  'desktop',
] as const;
export type Family = (typeof FAMILIES)[number];

/** A tool of the catalogue. `subcommands` is empty if it has none. */
export interface Tool {
  readonly name: string;
  readonly family: Family;
  readonly aliases: readonly string[];
  readonly subcommands: ReadonlySet<string>;
  /** Options before the subcommand whose value is the next word (`git -C dir push`). */
  readonly valueOptions: ReadonlySet<string>;
}

/**
 * Index entry of one name. Lists stay unparsed text until first use, because most tools are never
 * used.
 */
interface Entry {
  readonly head: string;
  readonly family: Family;
  readonly options: string;
  readonly subcommands: string;
}

const SOURCES = [DEVELOPMENT_TOOLS, OPERATIONS_TOOLS, SYSTEM_TOOLS, NETWORK_TOOLS, DESKTOP_TOOLS];
const LINE = /^([^\s(]+(?:\([^)]*\))?)(?: \[([^\]]*)\])?: (.*)$/;
const NO_NAMES: ReadonlySet<string> = new Set();

let index: Map<string, Entry> | null = null;
const cache = new Map<string, Tool>();

const namesOf = (head: string): string[] => head.replace(')', '').split(/[(,]/);

const buildIndex = (): Map<string, Entry> => {
  const entries = new Map<string, Entry>();
  let family: Family = 'other';
  const add = (head: string, options: string, subcommands: string): void => {
    const entry: Entry = { head, family, options, subcommands };
    for (const name of namesOf(head)) entries.set(name, entry);
  };
  for (const source of SOURCES) {
    for (const line of source.split('\n')) {
      if (line.startsWith('@')) family = line.slice(1) as Family;
      else {
        const match = LINE.exec(line);
        if (match) add(match[1] ?? '', match[2] ?? '', match[3] ?? '');
        else for (const head of line.split(' ')) if (head !== '') add(head, '', '');
      }
    }
  }
  return entries;
};

const entries = (): Map<string, Entry> => (index ??= buildIndex());

/** Removes version and suffix: `python3.11`, `clang-17`, `pip3` and `GIT.EXE` are known tools. */
const plainName = (name: string): string =>
  name
    .replace(/\.exe$/i, '')
    .replace(/(?:-|(?<!\d|\d\.))\d+(?:\.\d+)*$/, '')
    .toLowerCase();

const wordSet = (text: string): ReadonlySet<string> => (text === '' ? NO_NAMES : new Set(text.split(' ')));

/**
 * The tool for a resolved command name (without path); undefined outside the catalogue. Resolves
 * aliases, version suffixes and letter case.
 */
export const lookupTool = (name: string): Tool | undefined => {
  const entry = entries().get(name) ?? entries().get(plainName(name));
  if (!entry) return undefined;
  const [canonical = '', ...aliases] = namesOf(entry.head);
  const known = cache.get(canonical);
  if (known) return known;
  const tool: Tool = {
    name: canonical,
    family: entry.family,
    aliases,
    subcommands: wordSet(entry.subcommands),
    valueOptions: wordSet(entry.options),
  };
  cache.set(canonical, tool);
  return tool;
};

/** The category of events of this tool; `other` for a name outside the catalogue. */
export const familyOf = (name: string): Family => lookupTool(name)?.family ?? 'other';

/**
 * Canonical names of all tools, sorted. With `FAMILIES` and `isPattern`, this is the whole
 * vocabulary that may leave a node.
 */
export const toolNames = (): readonly string[] =>
  [...new Set([...entries().values()].map((entry) => namesOf(entry.head)[0] ?? ''))].sort();

/**
 * The words after a tool's global options, starting with the subcommand. `git -C dir push -f
 * origin` gives `push -f origin`.
 */
export const afterGlobalOptions = <W extends { readonly text: string }>(
  args: readonly W[],
  valueOptions: ReadonlySet<string>,
): readonly W[] => {
  let at = 0;
  while (at < args.length) {
    const text = args[at]?.text ?? '';
    if (!text.startsWith('-') && !text.startsWith('+')) break;
    at += valueOptions.has(text) ? 2 : 1;
  }
  return args.slice(at);
};

/** `python -m pip …` counts as pip, in statistics and in rules. */
const moduleTool = (tool: Tool, args: Invocation['args']): Tool | undefined =>
  tool.name === 'python' && args[0]?.text === '-m' ? lookupTool(args[1]?.text ?? '') : undefined;

/**
 * The pattern under which an invocation is counted: `git push`, `git`, or `other`. It consists only
 * of words from closed lists and never of user text: an unknown subcommand gives the tool alone.
 */
export const patternOf = (invocation: Pick<Invocation, 'tool' | 'args'>): string => {
  const tool = lookupTool(invocation.tool);
  if (!tool) return 'other';
  const inner = moduleTool(tool, invocation.args);
  if (inner) return patternOf({ tool: inner.name, args: invocation.args.slice(2) });
  if (tool.subcommands.size === 0) return tool.name;
  const word = afterGlobalOptions(invocation.args, tool.valueOptions)[0]?.text;
  return word !== undefined && tool.subcommands.has(word) ? `${tool.name} ${word}` : tool.name;
};

/** Tells whether `patternOf` can return this text. Answers of peers are checked with it. */
export const isPattern = (text: string): boolean => {
  if (text === 'other') return true;
  const space = text.indexOf(' ');
  const name = space < 0 ? text : text.slice(0, space);
  const tool = lookupTool(name);
  if (tool?.name !== name) return false;
  return space < 0 || tool.subcommands.has(text.slice(space + 1));
};
