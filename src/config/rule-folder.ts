/*
 * The folder of custom rules (docs/custom-rules.md). A file that somebody else could change, a link
 * and anything that is no regular file is not read, and reported.
 */
import { createHash } from 'node:crypto';
import { type Dirent, lstatSync, readdirSync, readFileSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import type { Configuration } from '../domain/configuration.ts';
import type { RefusedFile, RuleFile, RuleFolder } from '../domain/rules/custom-rule.ts';
import { withOpenFile } from '../platform/files/private-file.ts';
import { distrust, openTrustedFolder } from '../platform/files/trusted-files.ts';
import type { Places } from './places.ts';

const MAX_FILES = 2_000;
const MAX_DEPTH = 8;
/** Of one file, and of all together. */
const MAX_FILE_BYTES = 64 * 1024;
const MAX_BYTES = 8 * 1024 * 1024;
/** Entries looked at in all folders, rule files or not. */
const MAX_ENTRIES = 20_000;

/** An entry of the folder that is to be read. */
interface Found {
  readonly name: string;
  readonly path: string;
  readonly facts: Stats;
}

interface Listing {
  readonly found: Found[];
  readonly refused: RefusedFile[];
  entries: number;
}

const NO_RULES = (folder: string): RuleFolder => ({ folder, version: '', files: [], refused: [] });

/** Lists the folder without reading a file: names, sizes, times and modes make the version. */
function listed(folder: string): Listing & { readonly version: string } {
  const listing: Listing = { found: [], refused: [], entries: 0 };
  let root: ReturnType<typeof openTrustedFolder> | null = null;
  try {
    root = openTrustedFolder(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR')
      listing.refused.push({ name: folder, reason: `expected to read this folder, got ${code ?? 'unknown'}` });
  }
  if (root?.fault != null) listing.refused.push({ name: folder, reason: root.fault });
  else if (root) walk(root.path, '', 0, listing);
  listing.found.sort((a, b) => (a.name < b.name ? -1 : 1));
  return { ...listing, version: versionOf(listing) };
}

const isRuleFile = (name: string): boolean => /^[^.].*\.ya?ml$/i.test(name);

function walk(folder: string, prefix: string, depth: number, listing: Listing): void {
  for (const entry of entriesOf(folder, prefix, listing)) {
    listing.entries += 1;
    const name = prefix + entry.name;
    if (listing.entries > MAX_ENTRIES || listing.found.length >= MAX_FILES) {
      listing.refused.push({
        name: prefix === '' ? '.' : prefix,
        reason: `expected at most ${MAX_FILES} rule files, got more; the rest is not read`,
      });
      return;
    }
    const isFolder = entry.isDirectory() && !entry.name.startsWith('.');
    // A link is reported where it may lead to rules: nobody expects it to be passed over.
    const isLink = entry.isSymbolicLink() && !entry.name.includes('.');
    if (!isFolder && !isLink && !isRuleFile(entry.name)) continue;
    take(join(folder, entry.name), name, isFolder, depth, listing);
  }
}

function entriesOf(folder: string, prefix: string, listing: Listing): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    listing.refused.push({ name: prefix === '' ? '.' : prefix, reason: `expected to read it, got ${codeOf(error)}` });
    return [];
  }
}

function take(path: string, name: string, isFolder: boolean, depth: number, listing: Listing): void {
  const facts = lstatSync(path, { throwIfNoEntry: false });
  if (!facts) return;
  const fault = faultOf(path, facts, isFolder);
  if (fault !== null) listing.refused.push({ name, reason: fault });
  else if (!isFolder) listing.found.push({ name, path, facts });
  else if (depth < MAX_DEPTH) walk(path, `${name}/`, depth + 1, listing);
  else listing.refused.push({ name, reason: `expected at most ${MAX_DEPTH} folders inside one another, got more` });
}

function faultOf(path: string, facts: Stats, isFolder: boolean): string | null {
  if (facts.isSymbolicLink()) return 'expected a file, got a symbolic link; copy the file here';
  if (isFolder ? !facts.isDirectory() : !facts.isFile()) return 'expected a regular file, got something else';
  if (!isFolder && facts.size > MAX_FILE_BYTES)
    return `expected at most ${MAX_FILE_BYTES / 1024} KiB, got ${Math.ceil(facts.size / 1024)} KiB`;
  return distrust(path, facts);
}

const versionOf = ({ found, refused }: Listing): string => {
  if (found.length === 0 && refused.length === 0) return '';
  const parts = found.map(({ name, facts }) => [name, facts.ino, facts.size, facts.mtimeMs, facts.ctimeMs]);
  return createHash('sha256')
    .update(JSON.stringify([parts, refused]))
    .digest('hex');
};

/** What is opened is judged again: between two looks it may have been replaced. */
function read({ name, path }: Found): RuleFile | RefusedFile {
  try {
    return withOpenFile(path, (descriptor, facts) => {
      const fault = faultOf(path, facts, false);
      return fault === null ? { name, text: readFileSync(descriptor, 'utf8') } : { name, reason: fault };
    });
  } catch (error) {
    return { name, reason: `expected to read it, got ${codeOf(error)}` };
  }
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'unknown';

/** Reads the folder. One that does not exist holds no rules. Never throws. */
export function readRuleFolder(folder: string): RuleFolder {
  const { found, refused, version } = listed(folder);
  if (version === '') return NO_RULES(folder);
  let bytes = 0;
  const files: RuleFile[] = [];
  const notRead: RefusedFile[] = [...refused];
  for (const entry of found) {
    bytes += entry.facts.size;
    if (bytes > MAX_BYTES) {
      notRead.push({
        name: entry.name,
        reason: `expected at most ${MAX_BYTES / 1024 / 1024} MiB in all, got more; not read`,
      });
      continue;
    }
    const file = read(entry);
    if ('text' in file) files.push(file);
    else notRead.push(file);
  }
  return { folder, version, files, refused: notRead };
}

/** The folder that the owner names, or `rules` beside `caro.toml`. */
export const ruleFolderOf = ({ rules }: Pick<Configuration, 'rules'>, places: Pick<Places, 'rules'>): string =>
  rules.folder === '' ? places.rules : rules.folder;

/** The rule folder as a running service sees it. */
export interface RuleSource {
  /** The folder now; the same object while nothing has changed. */
  readonly current: () => RuleFolder;
}

/** A change is noticed with the first command after this time. */
const LOOK_EVERY_MS = 1_000;

/**
 * Reads the folder when it is asked for and has changed; looks at it once a second at most.
 *
 * @param folder of the configuration in force
 * @param now steady clock, ms
 */
export function createRuleSource(folder: () => string, now: () => number): RuleSource {
  let known: RuleFolder | undefined;
  let lookedMs = Number.NEGATIVE_INFINITY;
  return {
    current: () => {
      const path = folder();
      if (known?.folder === path && now() - lookedMs < LOOK_EVERY_MS) return known;
      lookedMs = now();
      if (known?.folder !== path || listed(path).version !== known.version) known = readRuleFolder(path);
      return known;
    },
  };
}
