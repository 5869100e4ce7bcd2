/**
 * One program of a command line in the form that rules query: subcommand path, flags, values, files
 * read and written. Wrappers (docker run, sudo, ssh) are steps in addition to the commands that
 * they start.
 */
import { afterGlobalOptions, type Family, lookupTool } from '../shell/catalogue/catalogue.ts';
import type { Analysis, Invocation, PlacedRedirection, Word } from '../shell/model.ts';
import {
  codeWrites,
  filesAmong,
  READERS,
  secretsOf,
  transferOf,
  type Write,
  writeOf,
  writesOf,
} from './subjects/files.ts';
import { kindFrom, locatedPath, type PathContext, type PathKind } from './subjects/paths.ts';
import type { ProgramWords, Transfer } from './subjects/program-words.ts';
import type { Sensitivity } from './subjects/sensitive.ts';

const NO_OPTIONS: ReadonlySet<string> = new Set();
const texts = (words: readonly Word[]): readonly string[] => words.map((word) => word.text);

/** Created once per program and assessment; rarely used properties are computed on first use. */
export class Step implements ProgramWords {
  /** Canonical name, or the name as resolved if the catalogue does not contain it. */
  readonly tool: string;
  readonly family: Family;
  readonly args: readonly string[];
  readonly #valueOptions: ReadonlySet<string>;
  #operands: readonly string[] | null = null;
  #writes: readonly Write[] | null = null;
  #reads: readonly string[] | null = null;
  #code: string | null = null;
  #transfer: Transfer | null = null;
  #secrets: ReadonlySet<Sensitivity> | null = null;

  constructor(
    readonly invocation: Invocation,
    /**
     * True for a wrapper: its words include the command it starts, and redirections are not its
     * own.
     */
    readonly isWrapper: boolean,
    /** As resolved, without its path. */
    readonly name: string,
    readonly words: readonly Word[],
    readonly pathContext: PathContext,
  ) {
    const known = lookupTool(name);
    const module = known?.name === 'python' && words[0]?.text === '-m' ? lookupTool(words[1]?.text ?? '') : undefined;
    this.tool = module?.name ?? known?.name ?? name;
    this.family = module?.family ?? known?.family ?? 'other';
    this.#valueOptions = (module ?? known)?.valueOptions ?? NO_OPTIONS;
    this.args = texts(module ? words.slice(2) : words);
  }

  get elevated(): boolean {
    return this.invocation.elevated;
  }

  /** Words that are not options, starting with the subcommand; includes everything after `--`. */
  get operands(): readonly string[] {
    if (this.#operands) return this.#operands;
    const rest = afterGlobalOptions(
      this.args.map((text) => ({ text })),
      this.#valueOptions,
    ).map((word) => word.text);
    const end = rest.indexOf('--');
    const before = end < 0 ? rest : rest.slice(0, end);
    const plain = before.filter((text, at) => !isOption(text) && !this.#valueOptions.has(before[at - 1] ?? ''));
    this.#operands = end < 0 ? plain : [...plain, ...rest.slice(end + 1)];
    return this.#operands;
  }

  /** The subcommand path: operands before any `--`. */
  get path(): readonly string[] {
    const end = this.args.indexOf('--');
    return end < 0
      ? this.operands
      : this.operands.slice(0, Math.max(0, this.operands.length - (this.args.length - end - 1)));
  }

  /** Tells whether the subcommand path starts with these words: `sub('s3', 'rb|rm')`. */
  sub(...path: readonly string[]): boolean {
    return path.every((names, at) => namesIn(names).includes(this.operands[at] ?? ''));
  }

  /** Operands after the first `count` words of the subcommand path. */
  after(count: number): readonly string[] {
    return this.operands.slice(count);
  }

  /**
   * Tells whether any of these options is given. `-f` matches in `-rf`; `--force` matches
   * `--force=x` and abbreviations such as `--forc`; others (`-delete`, `of`) match as written or
   * before `=`.
   */
  flag(...names: readonly string[]): boolean {
    return names.some((name) => this.args.some((arg) => isFlag(arg, name)));
  }

  /**
   * The value of an option: the next word, the text after `=`, or the text after a one-letter
   * option. That may be the last of several letters: `-fsSLo file`.
   */
  value(...names: readonly string[]): string | undefined {
    for (const [at, arg] of this.args.entries()) {
      for (const name of names) {
        if (arg === name || endsWithOption(arg, name)) return this.args[at + 1];
        if (arg.startsWith(`${name}=`)) return arg.slice(name.length + 1);
        if (name.length === 2 && arg.startsWith(name) && !arg.startsWith('--')) return arg.slice(2);
      }
    }
    return undefined;
  }

  some(pattern: RegExp): boolean {
    return this.args.some((arg) => pattern.test(arg));
  }

  kind(path: string): PathKind {
    return kindFrom(path, this.invocation.directory, this.pathContext);
  }

  /** A path with the working directory, if that matters: `cd /etc && rm passwd`. */
  located(path: string): string {
    return locatedPath(path, this.invocation.directory, this.pathContext);
  }

  /** Files that this step changes, located: by redirection, or because the tool does so. */
  get writes(): readonly Write[] {
    this.#writes ??= this.writesAsNamed.map(({ path, mode }) => ({ path: this.located(path), mode }));
    return this.#writes;
  }

  /** The same files by the names that the line gives them. */
  get writesAsNamed(): readonly Write[] {
    return [
      ...(this.isWrapper ? [] : this.invocation.redirections.flatMap(writeOf)),
      ...writesOf(this),
      ...codeWrites(this.code),
    ];
  }

  /** Sources and target of a program that copies, moves or links; `-t` names the target first. */
  get transfer(): Transfer {
    this.#transfer ??= transferOf(this);
    return this.#transfer;
  }

  /** Kinds of secrets among the files that this step reads. */
  get secrets(): ReadonlySet<Sensitivity> {
    this.#secrets ??= secretsOf(this);
    return this.#secrets;
  }

  /** Files that this step reads: by redirection, or as operands of a tool that reads them. */
  get reads(): readonly string[] {
    if (this.#reads) return this.#reads;
    const redirected = this.invocation.redirections
      .filter((item) => item.operator === '<')
      .map((item) => item.target.text);
    this.#reads = READERS.has(this.tool) ? [...redirected, ...filesAmong(this)] : redirected;
    return this.#reads;
  }

  /** Program text given to this step, without strings that it only prints; empty if none. */
  get code(): string {
    this.#code ??= this.isWrapper ? '' : (this.invocation.code?.text ?? '').replace(PRINTED, ' ');
    return this.#code;
  }
}

const splitNames = new Map<string, readonly string[]>();
/** Splits `a|b`; cached, because rules query the same names for every command. */
const namesIn = (names: string): readonly string[] => {
  const known = splitNames.get(names);
  if (known) return known;
  const split = names.split('|');
  splitNames.set(names, split);
  return split;
};

const isOption = (text: string): boolean => text.length > 1 && text.startsWith('-');

const isFlag = (arg: string, name: string): boolean => {
  if (arg === name || (arg.startsWith(name) && arg[name.length] === '=')) return true;
  if (name.startsWith('--')) return arg.length > 2 && arg.startsWith('--') && name.startsWith(arg);
  return name.length === 2 && name.startsWith('-') && /^-[a-zA-Z0-9]+$/.test(arg) && arg.includes(name[1] ?? '');
};

const endsWithOption = (arg: string, name: string): boolean =>
  name.length === 2 && /^-[a-zA-Z0-9]{2,}$/.test(arg) && arg.endsWith(name[1] ?? ' ');

/** `print("…")`, `console.log('…')`, `puts "…"`: a printed string is data. */
const PRINTED =
  /\b(?:print(?:ln)?|puts|echo|say|console\.(?:log|error|info|warn)|(?:sys\.stdout|process\.stdout)\.write|logging\.\w+)\s*\(?\s*(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*\)?/g;

/** All commands before this one in the pipeline, nearest last. */
export const upstream = ({ input }: Invocation): readonly Invocation[] => {
  if (input.kind !== 'pipe' && input.kind !== 'process') return [];
  const found: Invocation[] = [...input.from];
  for (let first = found[0]; first?.input.kind === 'pipe' && found.length < 50; first = found[0]) {
    const before = first.input.from.filter((item) => !found.includes(item));
    if (before.length === 0) break;
    found.unshift(...before);
  }
  return found;
};

/** The text on a program's standard input as far as it is known; empty otherwise. */
export const pipedText = ({ input }: Invocation): string => {
  if (input.kind === 'here-document' || input.kind === 'here-string') return input.text;
  return input.kind === 'pipe' ? (input.output ?? '') : '';
};

/** Name of the step for redirections without a program: `> file`. */
export const REDIRECTION_ONLY = '>';

/** Redirections without a program, by the directory that they happen in. */
const redirectionSteps = ({ redirections }: Analysis, pathContext: PathContext): readonly Step[] => {
  const groups: PlacedRedirection[][] = [];
  for (const one of redirections) {
    const group = groups.find(([first]) => first?.directory === one.directory && first.alone === one.alone);
    if (group) group.push(one);
    else groups.push([one]);
  }
  return groups.map((group) => new Step(redirectionInvocation(group), false, REDIRECTION_ONLY, [], pathContext));
};

const redirectionInvocation = (redirections: readonly PlacedRedirection[]): Invocation => {
  const name: Word = { value: REDIRECTION_ONLY, text: REDIRECTION_ONLY, parts: [], exact: false, start: 0, end: 0 };
  return {
    tool: REDIRECTION_ONLY,
    name,
    args: [],
    redirections,
    assignments: [],
    via: [],
    elevated: false,
    remote: false,
    contained: false,
    input: { kind: 'inherited' },
    pipesTo: null,
    background: false,
    directory: redirections[0]?.directory ?? null,
    inFunction: null,
    inLoop: false,
    endless: false,
    // Those of a group or loop get its output.
    conditional: redirections[0]?.alone !== true,
    topLevel: true,
    depth: 0,
    openArguments: false,
    substitutions: [],
    referencedTexts: [],
    code: null,
    start: 0,
    end: 0,
  };
};

const RUNNERS = new Set(['npx', 'bunx', 'uvx']);
/** `npx prisma migrate reset`, `pnpm exec knex …`: the package that runs is a step of its own. */
const runnerCommand = (step: Step): readonly Word[] | null => {
  const known = RUNNERS.has(step.tool) || step.sub('exec|dlx|x') || (step.tool === 'pipx' && step.sub('run'));
  if (!known || !/^(?:npx|bunx|uvx|npm|pnpm|yarn|bun|pipx)$/.test(step.tool)) return null;
  const skip = RUNNERS.has(step.tool) ? 0 : 1;
  const first = step.words.findIndex((word, at) => at >= skip && !word.text.startsWith('-'));
  return first < 0 ? null : step.words.slice(first);
};

/** All steps of a command line in execution order; a wrapper of several invocations is one step. */
export const stepsOf = (analysis: Analysis, pathContext: PathContext): readonly Step[] => {
  const steps: Step[] = [];
  const seen = new Set<unknown>();
  const bodies = analysis.functions.flatMap((item) => (item.unrated ? [] : item.invocations));
  for (const invocation of [...analysis.invocations, ...bodies]) {
    if (seen.has(invocation)) continue;
    seen.add(invocation);
    const where = invocation.remote || invocation.contained ? {} : pathContext;
    for (const wrapper of invocation.via) {
      const key = wrapper.args[0] ?? wrapper;
      if (seen.has(key) || wrapper.name === 'function' || wrapper.name === 'alias') continue;
      seen.add(key);
      steps.push(new Step(invocation, true, wrapper.name, wrapper.args, pathContext));
    }
    const step = new Step(invocation, false, invocation.tool, invocation.args, where);
    steps.push(step);
    const inner = runnerCommand(step);
    if (inner) steps.push(new Step(invocation, false, inner[0]?.text ?? '', inner.slice(1), where));
  }
  steps.push(...redirectionSteps(analysis, pathContext));
  return steps;
};
