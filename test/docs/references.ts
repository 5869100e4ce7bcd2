/** What prose refers to, and what of it does not exist. Each check returns one text per fault. */
import { posix } from 'node:path';
import type { Command } from 'commander';
import { blank, lineAt, type Passage } from './prose.ts';

/** What exists in the repository. */
export interface Known {
  readonly files: readonly string[];
  readonly names: ReadonlySet<string>;
  readonly requirements: ReadonlySet<string>;
  readonly npmScripts: ReadonlySet<string>;
  /** The section numbers of each Markdown file. */
  readonly sections: ReadonlyMap<string, ReadonlySet<string>>;
  readonly program: Command;
}

type Check = (passage: Passage, known: Known) => readonly string[];

const report = (passage: Passage, index: number, fault: string): string =>
  `${passage.file}:${lineAt(passage, index)}: ${fault}`;

const isDocument = ({ file }: Passage): boolean => file.endsWith('.md');

/** Blanks fenced blocks out, so that what follows keeps its place. */
const withoutBlocks = (text: string): string => text.replaceAll(/^[ \t]*```[\s\S]*?^[ \t]*```/gm, blank);

/** A path that begins with a folder of the root. */
const ROOTED =
  /(?<![\w/.~$}-])(?:\.\.?\/)*(?:src|bin|hooks|scripts|bench|test|config|docs|man|dist|\.ci|\.github)\/[\w.{},*@<>/-]*/g;
/** A source file or document, by its name or the end of its path. */
const NAMED =
  /(?<![\w/.~$}*-])(?!Node\.js)(?:\.{1,2}\/|[\w-]+\/)*[\w-]+(?:\.[\w-]+)*\.(?:tsx?|[cm]?js|md)\b(?![\w/(-])/g;

/** The paths that `{a,b}` in a path stands for. */
function expanded(path: string): readonly string[] {
  const [whole, before = '', words = '', after = ''] = /^([^{]*)\{([^}]*)\}(.*)$/.exec(path) ?? [];
  return whole === undefined ? [path] : words.split(',').flatMap((word) => expanded(`${before}${word}${after}`));
}

/** `*`, `**` and placeholders such as NAME or <name> match what they stand for. */
function patternOf(path: string): RegExp {
  const source = path
    .replaceAll(/[.+$^]/g, '\\$&')
    .replaceAll(/\*+/g, (stars) => (stars.length > 1 ? '.*' : '[^/]*'))
    .replaceAll(/<\w+>|(?<=\/)[A-Z]+(?=\\?[./])/g, '[^/]+')
    .replace(/^(docs\/adr\/\d{4})$/, '$1-[^/]*');
  return new RegExp(`^${source}(?:/.*)?$`);
}

/** Whether a path names a file or folder, from the root or from the folder of the passage. */
function isThere(path: string, { file }: Passage, { files }: Known): boolean {
  const trimmed = path.replace(/\/$/, '');
  const patterns = [posix.normalize(trimmed), posix.join(posix.dirname(file), trimmed)].map(patternOf);
  // Sources may go by the end of their path; a document is cited by the whole of it.
  const end = trimmed.endsWith('.md') ? undefined : `/${trimmed.replace(/^(?:\.+\/)+/, '')}`;
  return files.some((one) => patterns.some((pattern) => pattern.test(one)) || (end !== undefined && one.endsWith(end)));
}

/** Paths from the root, relative paths, and names of source files and documents. */
export const deadPaths: Check = (passage, known) => {
  const text = withoutBlocks(passage.text).replaceAll(/\b[a-z]+:\/\/\S+/g, blank);
  const paths = new Map(
    [...text.matchAll(NAMED), ...text.matchAll(ROOTED)].map(({ 0: path, index }) => [
      index,
      path.replace(/[.,-]+$/, ''),
    ]),
  );
  return [...paths]
    .filter(([, path]) => !expanded(path).every((one) => isThere(one, passage, known)))
    .map(([index, path]) => report(passage, index, `no file ${path}`));
};

const NAME = /^[A-Za-z_][\w$]*(?:[.#][A-Za-z_][\w$]*)*(?:\([^()]*\))?$/;

/** Names in backquotes: identifiers, members (`Type.member`) and calls (`name()`). */
export const deadNames: Check = (passage, { names }) =>
  [...withoutBlocks(passage.text).matchAll(/`([^`]+)`/g)].flatMap(({ 1: span = '', index }) => {
    if (!NAME.test(span)) return [];
    const missing = span
      .replace(/\(.*/, '')
      .split(/[.#]/)
      .filter((name) => !names.has(name));
    return missing.length === 0 ? [] : [report(passage, index, `no symbol ${span}`)];
  });

const CITATION =
  /(?<file>[\w./-]+\.md\b)|(?<other>\bRFC \d+|\bVDAF-\d+|\bXCU\b|\b[Mm]anuals?\b|\bfileformat2\b|\bBSI\b)|§ ?(?<section>\d+(?:\.\d+)*)/g;

/**
 * `§N` after the path of a document, or inside a document. Sections of other specifications are
 * not checked.
 */
export const deadSections: Check = (passage, { sections }) => {
  const own = isDocument(passage) ? passage.file : undefined;
  let cited: string | undefined = own;
  let end = 0;
  return [...withoutBlocks(passage.text).matchAll(CITATION)].flatMap(({ 0: { length }, groups = {}, index }) => {
    // A section belongs to the last specification named just before it, or to its own document.
    if (passage.text.slice(end, index).replaceAll(/[\s)`,]+|and|to/g, '').length > 0) cited = own;
    end = index + length;
    const { file, other, section } = groups;
    if (section === undefined) cited = file ?? other ?? own;
    else if (cited === undefined) return [report(passage, index, `no document of §${section}`)];
    else if (cited.endsWith('.md')) {
      const path = sections.has(cited) ? cited : posix.join(posix.dirname(passage.file), cited);
      // A document that does not exist is reported with the paths.
      if (sections.get(path)?.has(section) === false)
        return [report(passage, index, `no section ${cited} §${section}`)];
    }
    return [];
  });
};

/** ADR numbers, requirement numbers and npm scripts. */
export const deadNumbers: Check = (passage, { files, requirements, npmScripts }) => {
  const all = (pattern: RegExp, isKnown: (found: string) => boolean, kind: string): readonly string[] =>
    [...passage.text.matchAll(pattern)].flatMap(({ 0: whole, 1: found = whole, index }) =>
      isKnown(found) ? [] : [report(passage, index, `no ${kind} ${found}`)],
    );
  return [
    ...all(/\bADR[ -](\d+)/g, (id) => files.some((file) => file.startsWith(`docs/adr/${id}-`)), 'ADR'),
    ...all(/\bN?FR-\d+\b|(?<=[(, ])[SE]\d(?=[,):])/g, (id) => requirements.has(id), 'requirement'),
    ...all(/\bnpm run (?:--silent )?([a-z][a-z:-]*)/g, (name) => npmScripts.has(name), 'npm script'),
  ];
};

/** The spans and blocks of code of a passage, each with its place. */
function* codeIn({ text }: Passage): Generator<{ readonly code: string; readonly index: number }> {
  let index = 0;
  let isFenced = false;
  for (const line of text.split('\n')) {
    if (/^\s*```/.test(line)) isFenced = !isFenced;
    else if (isFenced || line.startsWith('    ')) yield { code: line.trim(), index };
    index += line.length + 1;
  }
  for (const match of withoutBlocks(text).matchAll(/`([^`]+)`/g))
    yield { code: (match[1] ?? '').replaceAll(/\s+/g, ' ').trim(), index: match.index };
}

/** `caro` and its words, where a line of code runs it. */
const CALL = /(?:^|\$ |\| |&& |\$\(|[a-z0-9/-]+ -T [$a-z0-9-]+ |; |: )caro( [^|;&)#]*)/g;

/** Commands of `caro` in code, with their subcommands and options. */
export const deadCommands: Check = (passage, { program }) =>
  [...codeIn(passage)].flatMap(({ code, index }) =>
    [...code.matchAll(CALL)].flatMap(([, call = '']) => {
      const fault = commandFault(program, call.trim());
      return fault === null ? [] : [report(passage, index, `caro${call}: ${fault}`)];
    }),
  );

/** Null, or what this command line names that does not exist. */
export function commandFault(program: Command, call: string): string | null {
  // What is quoted, or follows `--`, is an argument; after two spaces a list says what it does.
  const words = call
    .replaceAll(/'[^']*'|"[^"]*"/g, 'TEXT')
    .replace(/ -- .*| {2}.*/, '')
    .split(/\s+/);
  let command = program;
  let depth = 0;
  for (const word of words) {
    const next = command.commands.find((one) => one.name() === word || one.aliases().includes(word));
    if (!next) break;
    command = next;
    depth++;
  }
  if (words[0] === '…') return null;
  const rest = words.slice(depth);
  const takesCommand = command.commands.length > 0 && command.registeredArguments.length === 0;
  if (takesCommand && /^[a-z][\w-]*$/.test(rest[0] ?? '') && rest[0] !== 'help')
    return `no command ${rest[0] ?? ''}${depth > 0 ? ` of ${command.name()}` : ''}`;
  const known = command.options.flatMap(({ long, short }) => [long, short]);
  const missing = rest
    .filter((word) => /^--?[a-z]/.test(word))
    .map((word) => word.split('=')[0] ?? word)
    .filter((word) => ![...known, '--help', '-h', '--version', '-V'].includes(word));
  return missing.length === 0 ? null : `no option ${missing.join(' ')} of ${command.name()}`;
}

export const CHECKS: readonly Check[] = [deadPaths, deadNames, deadSections, deadNumbers, deadCommands];
