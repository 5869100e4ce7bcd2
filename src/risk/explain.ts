/*
 * Shows how a line was read and why it has its level (`caro assess --explain`). Which words decide
 * is found by leaving words out, so that it is true of every rule, whatever the rule looks at.
 */
import type { RiskLevel } from '../domain/events/risk-level.ts';
import { analyse } from '../shell/analyse.ts';
import type { Analysis, Dialect, Invocation, Redirection, Word } from '../shell/model.ts';
import { redact } from '../shell/redact.ts';
import { markOf } from '../shell/secrets/masks.ts';
import { assess, type CustomRules, type Finding, findingOf, isQueryOnly, matchStep } from './assess.ts';
import { REDIRECTION_ONLY, Step, stepsOf } from './step.ts';
import type { PathContext } from './subjects/paths.ts';

/** A rule that matched one command of the line. */
export interface ExplainedRule extends Finding {
  /**
   * The fewest words with which the rule still matches at this level; empty where the program's
   * name is enough. Null where there are too many words to try.
   */
  readonly decidedBy: readonly string[] | null;
}

/** One program that the line would run. */
export interface ExplainedCommand {
  /** The name with its path, arguments and redirections; secrets are masked. */
  readonly words: readonly string[];
  /** Canonical name of the tool. */
  readonly tool: string;
  /** Whether it starts the command that follows. */
  readonly wrapper: boolean;
  /** Wrappers around it, outermost first. */
  readonly through: readonly string[];
  readonly asRoot: boolean;
  readonly remote: boolean;
  readonly contained: boolean;
  /**
   * The directory that a `cd` of the line has led to, if a word or redirection is a path seen from
   * there; null otherwise.
   */
  readonly directory: string | null;
  /** May not run: after `&&` or `||`, or in a branch. */
  readonly conditional: boolean;
  /** The tool that reads its output; null if none does. */
  readonly pipesTo: string | null;
  /** It is asked for help, its version or a trial run: built-in rules do not rate it. */
  readonly trial: boolean;
  readonly rules: readonly ExplainedRule[];
}

export interface Explanation {
  readonly level: RiskLevel;
  /** False where a quote or bracket is not closed. */
  readonly complete: boolean;
  /** True where a limit kept part of the line from being read. */
  readonly truncated: boolean;
  readonly commands: readonly ExplainedCommand[];
  /** Rules about the line as a whole: settings, and what flows between its commands. */
  readonly line: readonly Finding[];
}

/** Words and redirections of one command that are tried. */
const MAX_TRIED = 200;
/** Commands that are shown with the words that decide. */
const MAX_COMMANDS = 100;

/** Explains a command. Never throws. */
export function explain(
  command: string,
  dialect: Dialect,
  pathContext: PathContext = {},
  custom?: CustomRules,
): Explanation {
  const analysis = analyse(command, dialect);
  const { level, findings } = assess(analysis, pathContext, custom);
  const { masked } = redact(command, analysis);
  const shown: Shown = {
    word: (word) => {
      const secret = masked.find((span) => span.start < word.end && word.start < span.end);
      return secret === undefined ? word.text : markOf(secret);
    },
    path: (path) =>
      masked.reduce((text, span) => text.replaceAll(command.slice(span.start, span.end), markOf(span)), path),
  };
  const steps = stepsOf(analysis, pathContext);
  const all = steps.map((step, index) => ({ step, is: explained(step, shown, custom, index < MAX_COMMANDS) }));
  const commands = all.filter((one) => !all.some((other) => repeats(one, other))).map(({ is }) => is);
  const told = new Set(commands.flatMap(({ rules }) => rules.map(({ rule }) => rule)));
  const { complete, truncated }: Analysis = analysis;
  return { level, complete, truncated, commands, line: findings.filter(({ rule }) => !told.has(rule)) };
}

interface Explained {
  readonly step: Step;
  readonly is: ExplainedCommand;
}

/** A shell that runs a string is a program and a wrapper too: it is shown once. */
const repeats = (one: Explained, other: Explained): boolean =>
  one.step.isWrapper &&
  !other.step.isWrapper &&
  one.step.name === other.step.name &&
  one.step.words[0] === other.step.words[0] &&
  one.is.rules.every(({ rule }) => other.is.rules.some((found) => found.rule === rule));

/** What is shown of words and directories: secrets are masked. */
interface Shown {
  readonly word: (word: Word) => string;
  readonly path: (path: string) => string;
}

function explained(step: Step, shown: Shown, custom: CustomRules | undefined, tries: boolean): ExplainedCommand {
  const { invocation, isWrapper, words, tool } = step;
  const redirections = isWrapper ? [] : invocation.redirections;
  const isNamed = !isWrapper && words === invocation.args;
  const name = isNamed ? shown.word(invocation.name) : step.name;
  return {
    words: [
      ...(step.name === REDIRECTION_ONLY ? [] : [name]),
      ...words.map(shown.word),
      ...redirections.map((item) => redirectionText(item, shown)),
    ],
    tool,
    wrapper: isWrapper,
    through: isWrapper ? [] : invocation.via.map((wrapper) => wrapper.name),
    asRoot: !isWrapper && invocation.elevated,
    remote: !isWrapper && invocation.remote,
    contained: !isWrapper && invocation.contained,
    directory: isWrapper ? null : directoryOf(step, shown),
    conditional: invocation.conditional,
    pipesTo: isWrapper ? null : (invocation.pipesTo?.tool ?? null),
    trial: isQueryOnly(step),
    rules: matchesOf(step, custom).map((finding) => ({
      ...finding,
      decidedBy: tries ? decidingWords(step, finding, custom, shown) : null,
    })),
  };
}

/** A word may name a file of the directory: it is no option, place or address. */
function directoryOf(step: Step, { path }: Shown): string | null {
  const { directory, redirections, name } = step.invocation;
  if (directory === null || directory.path === '') return null;
  const words = [...step.words, ...redirections.map(({ target }) => target)];
  const isUsed =
    name.text.startsWith('./') || words.some(({ text }) => !/\s/.test(text) && step.located(text) !== text);
  return isUsed ? path(directory.path) : null;
}

const redirectionText = ({ operator, target }: Redirection, shown: Shown): string =>
  operator.startsWith('<<') && operator !== '<<<' ? operator : `${operator} ${shown.word(target)}`;

function matchesOf(step: Step, custom: CustomRules | undefined): readonly Finding[] {
  const found: Finding[] = [];
  matchStep(step, (rule, level) => {
    if (level !== null) found.push(findingOf(rule, level));
  });
  return [...found, ...(custom?.assess([step]).findings ?? [])];
}

/** What is left out and put back: an argument, a redirection or an assignment. */
interface Piece {
  readonly kind: 'word' | 'redirection' | 'assignment';
  readonly at: number;
  readonly text: string;
}

/**
 * Leaves out one piece after the other, the last first, and keeps those without which the rule
 * would say something else.
 */
function decidingWords(
  step: Step,
  { rule, level }: Finding,
  custom: CustomRules | undefined,
  shown: Shown,
): readonly string[] | null {
  const all = piecesOf(step, shown);
  if (all.length > MAX_TRIED) return null;
  let kept = all;
  for (const piece of [...all].reverse()) {
    const without = kept.filter((other) => other !== piece);
    const matches = matchesOf(reduced(step, without), custom);
    if (matches.some((other) => other.rule === rule && other.level === level)) kept = without;
  }
  return kept.map(({ text }) => text);
}

const piecesOf = ({ words, invocation, isWrapper }: Step, shown: Shown): readonly Piece[] => [
  ...words.map((word, at): Piece => ({ kind: 'word', at, text: shown.word(word) })),
  ...(isWrapper ? [] : invocation.redirections).map(
    (item, at): Piece => ({ kind: 'redirection', at, text: redirectionText(item, shown) }),
  ),
  ...invocation.assignments.map(({ name }, at): Piece => ({ kind: 'assignment', at, text: `${name}=…` })),
];

/** The same command with these pieces only. */
function reduced(step: Step, pieces: readonly Piece[]): Step {
  const has = (kind: Piece['kind'], at: number): boolean =>
    pieces.some((piece) => piece.kind === kind && piece.at === at);
  const words = step.words.filter((_, at) => has('word', at));
  const { invocation, isWrapper, name, pathContext } = step;
  const changed: Invocation = {
    ...invocation,
    ...(isWrapper || step.words !== invocation.args ? {} : { args: words }),
    ...(isWrapper ? {} : { redirections: invocation.redirections.filter((_, at) => has('redirection', at)) }),
    assignments: invocation.assignments.filter((_, at) => has('assignment', at)),
  };
  return new Step(changed, isWrapper, name, words, pathContext);
}
