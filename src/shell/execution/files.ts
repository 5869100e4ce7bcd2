/** Files written on the line with known text, so that `echo '…' > x; sh x` is analysed. */

import { inputText } from '../expansion/input-text.ts';
import { MAX_VALUE } from '../limits.ts';
import type { Input, Redirection, Word } from '../model.ts';
import { computedSource } from '../source.ts';
import { descriptorOf } from './descriptors.ts';
import type { Frame, Output, Walk } from './frame.ts';
import { runBody } from './run-text.ts';

/**
 * Key of a file on this line: its path, or its spelling with an unknown variable (`$TMP/x`); null
 * for other words.
 */
function fileKey(word: Word): string | null {
  const name = word.value ?? spelling(word);
  return name === null ? null : name.replace(/^\.\//, '');
}

function spelling({ parts }: Word): string | null {
  const texts = parts.map((part) => {
    if (part.kind === 'literal') return part.text;
    return part.kind === 'variable' && part.operator === '' ? `\${${part.name}}` : null;
  });
  return texts.includes(null) ? null : texts.join('');
}

/** Records what a command's output redirections write. */
export function recordRedirections(
  walk: Walk,
  redirections: readonly Redirection[],
  output: Output,
  frame: Frame,
): void {
  for (const { fd, operator, target } of redirections) {
    if (fd === 1 && /^&?>{1,2}\|?$/.test(operator)) recordWrite(walk, target, output, operator.includes('>>'), frame);
  }
}

/** Files that shells run at their start, that run at boot, and git's hooks. */
const RUNS_LATER =
  /(?:^|\/)\.(?:bashrc|bash_profile|bash_login|bash_logout|bash_aliases|profile|zshrc|zshenv|zprofile|zlogin|kshrc|mkshrc)$|^\/etc\/(?:rc\.(?:local|common)|profile|bash\.bashrc|bashrc|zshrc|zshenv|init\.d\/[^/]+|profile\.d\/[^/]+)$|\.git\/hooks\/[\w-]+$/;

/** Records what is written to a file; unknown output makes its text unknown. */
function recordWrite(walk: Walk, file: Word, output: Output, append: boolean, frame: Frame): void {
  if (output !== null && RUNS_LATER.test(file.text)) runBody(walk, computedSource(output, file), file.text, frame);
  const name = fileKey(file);
  if (name === null || name.startsWith('/dev/')) return;
  const before = append ? (walk.scope.files.get(name) ?? '') : '';
  if (output === null || before.length + output.length > MAX_VALUE) walk.scope.files.delete(name);
  else walk.scope.files.set(name, before + output);
}

/** The text of a file written on this line; null for other files. */
export function fileText(walk: Walk, file: Word | undefined): string | null {
  const opened = file === undefined ? undefined : descriptorOf(walk, file);
  if (opened?.operator.startsWith('<<')) return (opened.body ?? opened.target).text;
  const name = file === undefined ? null : fileKey(file);
  return name === null ? null : (walk.scope.files.get(name) ?? null);
}

/**
 * Texts written on this line that a command refers to: each word, or the part after its `=`, may be
 * a file or a directory with files.
 */
export function referencedTexts(walk: Walk, words: readonly Word[]): readonly string[] {
  if (walk.scope.files.size === 0) return [];
  const names = new Set<string>();
  for (const word of words) {
    const name = fileKey(word);
    if (name !== null) names.add(name).add(name.slice(name.indexOf('=') + 1));
  }
  return [...walk.scope.files].flatMap(([file, text]) => (isNamed(file, names) ? [text] : []));
}

/** Tells whether `names` contains the file or one of its parent directories. */
function isNamed(file: string, names: ReadonlySet<string>): boolean {
  for (let end = file.length; end > 0; end = file.lastIndexOf('/', end - 1)) {
    if (names.has(file.slice(0, end))) return true;
  }
  return false;
}

/**
 * The text on a command's standard input, including files written on this line; null if unknown.
 */
export const knownInput = (walk: Walk, input: Input): string | null =>
  input.kind === 'file' ? fileText(walk, input.word) : inputText(input);

/** Output of `cat` and effect of `tee` on files of this line; undefined for other commands. */
export function runFileTool(walk: Walk, tool: string, words: readonly Word[], frame: Frame): Output | undefined {
  const files = words.slice(1).filter(({ text }) => !text.startsWith('-'));
  if (files.length === 0) return undefined;
  if (tool === 'tee') {
    const output = knownInput(walk, frame.input);
    const append = words.some(({ text }) => text === '-a' || text === '--append');
    for (const file of files) recordWrite(walk, file, output, append, frame);
    return output;
  }
  if (tool !== 'cat' || files.length < words.length - 1) return undefined;
  const texts = files.map((file) => fileText(walk, file));
  return texts.includes(null) ? null : texts.join('');
}
