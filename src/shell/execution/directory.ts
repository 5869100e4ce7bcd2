/** Follows the working directory through `cd`, `pushd` and `popd` of a line. */
import type { Directory, Word } from '../model.ts';
import type { Call, Walk } from './frame.ts';
import { toolName } from './tool-name.ts';

/** PATH_MAX of Linux. */
const MAX_PATH = 4096;
const CHANGES = /^(?:cd|chdir|pushd|popd)$/;
/** What runs in the shell itself, so that its `cd` has an effect on the rest of the line. */
const SAME_SHELL = /^(?:cd|chdir|pushd|popd|command|builtin|eval|source|\.)$/;
const UNKNOWN: Directory = { path: '', certain: false };

/** Applies a builtin that changes the working directory; others have no effect. */
export function changeDirectory({ scope }: Walk, tool: string, args: readonly Word[]): void {
  if (!CHANGES.test(tool)) return;
  const operand = args.findLast(({ text }) => !/^-./.test(text));
  if (tool === 'popd' || (operand === undefined && tool === 'pushd')) scope.directory = UNKNOWN;
  else scope.directory = operand === undefined ? { path: '~', certain: true } : movedTo(operand, scope.directory);
}

/** The directory that a word names, seen from another one. */
function movedTo({ value, text, parts }: Word, from: Directory | null): Directory {
  const isPlace = parts[0]?.kind === 'tilde' || /^\$(?:HOME|\{HOME\})(?:\/|$)/.test(text);
  if ((value === null && !isPlace) || text === '' || /^(?:-|\+\d+)$/.test(text)) return UNKNOWN;
  if (isPlace || text.startsWith('/') || from === null) return { path: text.slice(0, MAX_PATH), certain: true };
  if (from.path === '' || from.path.length + text.length >= MAX_PATH) return UNKNOWN;
  return { path: `${from.path}/${text}`, certain: from.certain };
}

/** After `cd x;` the shell may still be where it was; after `cd x &&` it is not. */
export function doubtDirectory({ scope }: Walk): void {
  if (scope.directory?.certain) scope.directory = { path: scope.directory.path, certain: false };
}

/** Returns to the directory from before a call, unless the call ran in the shell itself. */
export function leaveCall({ scope }: Walk, { words: [name] }: Call, before: Directory | null): void {
  if (scope.directory === before || name === undefined) return;
  const tool = toolName(name);
  if (SAME_SHELL.test(tool) || scope.functions.has(tool) || scope.aliases.has(name.text)) return;
  scope.directory = before;
}
