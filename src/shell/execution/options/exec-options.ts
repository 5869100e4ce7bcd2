/** Walks the commands that options, operands, input and variables make a program run. */

import { EXEC_OPTIONS, type ExecOption } from '../../catalogue/exec-options.ts';
import type { Assignment, Word } from '../../model.ts';
import { computedSource } from '../../source.ts';
import { knownInput } from '../files.ts';
import type { Call, Frame, Walk } from '../frame.ts';
import { partSource } from '../payload.ts';
import { runText } from '../run-text.ts';
import { parameterTexts } from './parameter-texts.ts';

/** Longer values are not searched, because the patterns may backtrack. */
const MAX_PATTERN_TEXT = 4096;
const MAX_INPUT_LINES = 64;

/** Walks the commands that a program's options make it run. */
export function runExecOptions(walk: Walk, call: Call, tool: string, frame: Frame): void {
  const execOptions = Object.hasOwn(EXEC_OPTIONS, tool) ? EXEC_OPTIONS[tool] : undefined;
  if (execOptions === undefined) return;
  const via = [...frame.via, { name: tool, options: [], operands: [], args: call.words.slice(1) }];
  const inner: Frame = { ...frame, via, depth: frame.depth + 1, topLevel: false };
  for (const execOption of execOptions) {
    if (execOption.input) {
      runInputLines(walk, call, execOption, inner);
      continue;
    }
    for (const { word, value } of valuesOf(call.words, execOption)) {
      for (const command of commandsIn(value, execOption)) {
        runText(walk, partSource(word, command), 'sh', inner);
      }
    }
  }
}

/** `ed <<< '!cmd'`: walks what lines of the input make the program run. */
function runInputLines(walk: Walk, call: Call, execOption: ExecOption, frame: Frame): void {
  const lines = knownInput(walk, frame.input)?.split('\n', MAX_INPUT_LINES) ?? [];
  const inner: Frame = { ...frame, input: { kind: 'inherited' } };
  for (const line of lines)
    for (const command of commandsIn(line, execOption)) runText(walk, computedSource(command, call), 'sh', inner);
}

/**
 * Variables whose value a program runs: git(1), man(1), less(1), sudo(8), crontab(1), rsync(1),
 * ssh(1), bash(1).
 */
const COMMAND_VARIABLE =
  /^(?:(?:[A-Z]+_)*(?:PAGER|EDITOR|BROWSER|ASKPASS)|(?:MAN|AWS)PAGER|(?:HG|CVS)EDITOR|FCEDIT|TEXEDIT|LESSEDIT|VISUAL|(?:GIT|SVN)_SSH|GIT_SSH_COMMAND|(?:GIT|KUBECTL)_EXTERNAL_DIFF|GIT_PROXY_COMMAND|(?:RSYNC|CVS|BORG)_RSH|BORG_PASSCOMMAND|RESTIC_PASSWORD_COMMAND|LESSOPEN|LESSCLOSE|PROMPT_COMMAND|FZF_DEFAULT_COMMAND|PERL5DB)$/;
/**
 * A value that is a script. Common settings such as `EDITOR='code --wait'` and `PAGER='less -R'`
 * start nothing by themselves; other programs with arguments are walked.
 */
const SCRIPT = /[|;&`\n]|\$\(|(?:^|[\s/])(?:ba|da|z|k)?sh(?:\s|$)|[<>]/;
const COMMON_VALUE =
  /^(?:\S*\/)?(?:less|more|most|bat|delta|vim?|nvim|nano|emacs(?:client)?|code|subl|micro|hx|kak|joe|mate|gedit|kate|cat|ssh|\w*lesspipe\S*|rg|fd|ag|find|open|xdg-open|firefox|chromium)(?:\s|$)|^\S*$/;

/** Walks the commands in variables set for a program: `GIT_SSH_COMMAND='sh -c …' git fetch`. */
export function runExecVariables(walk: Walk, call: Call, frame: Frame): void {
  for (const assignment of call.assignments) runCommandVariable(walk, assignment, frame);
}

/** Walks the command in a variable that another program runs. */
export function runCommandVariable(walk: Walk, { name, value }: Assignment, frame: Frame): void {
  if (value === null || !COMMAND_VARIABLE.test(name)) return;
  if (!SCRIPT.test(value.text) && COMMON_VALUE.test(value.text)) return;
  const via = [...frame.via, { name: 'variable', options: [], operands: [name], args: [value] }];
  // `LESSOPEN='|lesspipe %s'`: the leading bar is not part of the command.
  const text = value.text.replace(/^\|+-?/, '');
  runText(walk, partSource(value, text), 'sh', { ...frame, via, depth: frame.depth + 1, topLevel: false });
}

function commandsIn(value: string, { pattern, command, parameters }: ExecOption): readonly string[] {
  if (parameters) return parameterTexts(value);
  if (pattern === undefined) return value === '' ? [] : [value];
  if (value.length > MAX_PATTERN_TEXT) return [];
  const found = pattern.exec(value);
  const text = found === null ? undefined : (command ?? found.at(-1));
  return text === undefined || text === '' ? [] : [text];
}

function* valuesOf(words: readonly Word[], execOption: ExecOption): Generator<{ word: Word; value: string }> {
  const { options, after } = execOption;
  if (after !== undefined && !words.some(({ text }) => text === after)) return;
  for (let at = 1; at < words.length; at += 1) {
    const word = words[at];
    if (word === undefined) return;
    if (options === undefined) {
      yield { word, value: word.text };
      continue;
    }
    const equals = word.text.indexOf('=');
    if (equals > 0 && options.includes(word.text.slice(0, equals))) yield { word, value: word.text.slice(equals + 1) };
    else if (hasAttached(word.text, execOption)) yield { word, value: word.text.slice(2) };
    const following = words[at + 1];
    if (following && (options.includes(word.text) || endsBundle(word.text, execOption))) {
      yield { word: following, value: following.text };
      at += 1;
    }
  }
}

const endsBundle = (text: string, { bundled }: ExecOption): boolean =>
  bundled !== undefined && /^-[A-Za-z]+$/.test(text) && bundled.includes(text.slice(-1));

/** `-P'sh -c …'`; a value without a blank or a slash could be more letters. */
const hasAttached = (text: string, { options, pattern }: ExecOption): boolean =>
  options?.includes(text.slice(0, 2)) === true && text.length > 2 && (pattern !== undefined || /[\s/]/.test(text));
