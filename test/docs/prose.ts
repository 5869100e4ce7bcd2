/** The prose of the repository: Markdown files and comments, with the line where each begins. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';

export const ROOT = resolve(__dirname, '../..');

/** One comment, one run of comments on adjacent lines, or one Markdown document. */
export interface Passage {
  readonly file: string;
  readonly line: number;
  /** Without comment marks; line breaks are kept. */
  readonly text: string;
}

/** A source file, split into what the reference checks need. */
export interface Source {
  readonly comments: readonly Passage[];
  /** Identifiers, and the words of strings that hold no sentence. */
  readonly names: ReadonlySet<string>;
  /** The values of string literals, each with its line. */
  readonly strings: readonly Passage[];
}

/** Every file of the working tree that git does not ignore, relative to the root. */
export const FILES: readonly string[] = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard'],
  {
    cwd: ROOT,
    encoding: 'utf8',
  },
)
  .trim()
  .split('\n')
  .filter((file) => existsSync(join(ROOT, file)));

export const textOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

export const isScript = (file: string): boolean => /\.[cm]?[jt]sx?$/.test(file);
export const isMarkdown = (file: string): boolean => file.endsWith('.md');
/** Whether the comments of `file` begin with `#`. */
export const isHashed = (file: string): boolean =>
  /\.(?:sh|bash|zsh|fish|ya?ml|toml|service)$|^\.ci\/run$|^Dockerfile$|^\.\w+ignore$/.test(file);

/** The line of `passage` that holds the character at `index` of its text. */
export const lineAt = ({ line, text }: Passage, index: number): number =>
  line + text.slice(0, index).split('\n').length - 1;

/** Parses one TypeScript or JavaScript source. */
export function readSource(file: string, text: string): Source {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
  const lineOf = (position: number): number => source.getLineAndCharacterOfPosition(position).line + 1;
  const names = new Set<string>();
  const strings: Passage[] = [];
  const opaque: (readonly [number, number])[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) names.add(node.text.replace('#', ''));
    else if (ts.isLiteralExpression(node) || ts.isTemplateLiteralToken(node) || ts.isJsxText(node)) {
      const start = node.getStart(source);
      // What looks like a comment in here is none.
      opaque.push([start, node.end]);
      if (!/\S\s+\S/.test(node.text)) for (const word of wordsOf(node.text)) names.add(word);
      strings.push({ file, line: lineOf(start), text: node.text });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  const code = withoutRanges(text, opaque);
  const ranges = [...code.matchAll(/\/\*[\s\S]*?\*\/|\/\/.*/g)].map(
    ({ 0: { length }, index }) => [index, index + length] as const,
  );
  const comments = joinAdjacent(ranges, text).map(([start, end]) => ({
    file,
    line: lineOf(start),
    text: withoutMarks(text.slice(start, end)),
  }));
  return { comments, names, strings };
}

/** As many spaces, with the line breaks kept. */
export const blank = (text: string): string => text.replaceAll(/[^\n]/g, ' ');

/** `ranges` of the text, in order, blanked out. */
function withoutRanges(text: string, ranges: readonly (readonly [number, number])[]): string {
  let end = 0;
  const parts = ranges.map(([start, until]) => {
    const part = text.slice(end, start) + blank(text.slice(start, until));
    end = until;
    return part;
  });
  return parts.join('') + text.slice(end);
}

export const wordsOf = (text: string): readonly string[] => text.match(/[A-Za-z_$][\w$]*/g) ?? [];

/** Joins ranges that only a line break and blanks part. */
function joinAdjacent(ranges: readonly (readonly [number, number])[], text: string): readonly [number, number][] {
  const joined: [number, number][] = [];
  for (const [start, end] of ranges) {
    const last = joined.at(-1);
    if (last && /^[ \t]*\n?[ \t]*$/.test(text.slice(last[1], start))) last[1] = end;
    else joined.push([start, end]);
  }
  return joined;
}

const withoutMarks = (comment: string): string =>
  comment
    .replaceAll(/^[ \t]*(?:\/\*+|\/\/|\*(?!\/))[ \t]?/gm, '')
    .replaceAll(/[ \t]*\*\/[ \t]*$/gm, '')
    .trimEnd();

/** Comments that fill whole lines only: in a shell, a `#` after code may be part of the code. */
export function hashComments(file: string, text: string): readonly Passage[] {
  const passages: Passage[] = [];
  let open: { readonly line: number; readonly text: string } | undefined;
  for (const [index, line] of `${text}\n`.split('\n').entries()) {
    const [, words] = /^\s*#+(?!!)[ \t]?(.*)$/.exec(line) ?? [];
    if (words !== undefined) open = { line: open?.line ?? index + 1, text: `${open?.text ?? ''}${words}\n` };
    else if (open) {
      passages.push({ file, line: open.line, text: open.text.trimEnd() });
      open = undefined;
    }
  }
  return passages;
}
