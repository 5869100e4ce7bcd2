/**
 * Result of the shell analysis of one command line (FR-401, FR-403, FR-404). Types only.
 *
 * Offsets are UTF-16 indexes into the text passed to `analyse`: `text.slice(start, end)` is what
 * the user typed. Words inside a payload (`sh -c '…'`, a here-document, `eval`) also have offsets
 * into the original text. In a decoded payload (base64, `printf`, `$(…)`) they have the span of the
 * words it came from, and `exact` is false.
 */
import type { ShellKind } from '../domain/events/shell-kind.ts';

export type Dialect = ShellKind;

export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Literal characters. An escape (`\n` in `$'…'`, `\"`) is a separate part, because its span is
 * longer than its text.
 */
export interface LiteralPart extends Span {
  readonly kind: 'literal';
  readonly text: string;
  readonly quoted: boolean;
}
/** Unquoted `*`, `?`, `[…]` and, in zsh, glob qualifiers. */
export interface GlobPart extends Span {
  readonly kind: 'glob';
  readonly text: string;
}
/** `~` or `~user` at the start of a word. */
export interface TildePart extends Span {
  readonly kind: 'tilde';
  readonly text: string;
}
/** `$name`, `${name…}`, `$1`, `$@`. */
export interface VariablePart extends Span {
  readonly kind: 'variable';
  readonly text: string;
  readonly quoted: boolean;
  readonly name: string;
  /**
   * What follows the name inside braces, starting with the operator: `:-`, `%`, `##`, `[`, …; empty
   * for a plain reference.
   */
  readonly operator: string;
  /** The word after the operator, such as the default of `${x:-/}`; null if there is none. */
  readonly argument: Word | null;
}
/** `$(…)`, backquotes and fish's `(…)`. */
export interface CommandPart extends Span {
  readonly kind: 'command';
  readonly text: string;
  readonly quoted: boolean;
  readonly script: Script;
}
/** `<(…)`, `>(…)`, zsh's `=(…)`. */
export interface ProcessPart extends Span {
  readonly kind: 'process';
  readonly text: string;
  readonly direction: 'in' | 'out';
  readonly script: Script;
}
/** `$((…))`, `$[…]`; `parts` are the substitutions inside it, which are executed. */
export interface ArithmeticPart extends Span {
  readonly kind: 'arithmetic';
  readonly text: string;
  readonly quoted: boolean;
  readonly parts: readonly WordPart[];
}
export type WordPart = LiteralPart | GlobPart | TildePart | VariablePart | CommandPart | ProcessPart | ArithmeticPart;

export interface Word extends Span {
  /**
   * The exact string that the program receives; null if it is known only at run time (variables,
   * substitutions, globs, tildes).
   */
  readonly value: string | null;
  /**
   * The best known text: quotes and escapes removed, known variables substituted, unknown parts as
   * written (`$x`, `*`, `~`).
   */
  readonly text: string;
  readonly parts: readonly WordPart[];
  /** False if the offsets are those of the words that a decoded payload came from. */
  readonly exact: boolean;
}

export interface Redirection extends Span {
  /** `>`, `>>`, `>|`, `<`, `<>`, `>&`, `<&`, `&>`, `&>>`, `<<`, `<<-`, `<<<`, fish's `>?`. */
  readonly operator: string;
  /** The descriptor (0 in, 1 out, 2 error), or `{name}` as the name. */
  readonly fd: number | string;
  /** File, descriptor, here-string or delimiter. */
  readonly target: Word;
  /**
   * The body of a here-document as one word, whose parts are expanded unless the delimiter was
   * quoted; null for all other redirections.
   */
  readonly body: Word | null;
}

/** `NAME=value`, `NAME+=value`, `NAME=(…)`, fish's `set NAME value`. */
export interface Assignment extends Span {
  readonly name: string;
  readonly append: boolean;
  /** Null for an array. */
  readonly value: Word | null;
  readonly elements: readonly Word[];
}

// Syntax tree

export interface SimpleCommand extends Span {
  readonly kind: 'simple';
  readonly assignments: readonly Assignment[];
  readonly words: readonly Word[];
  readonly redirections: readonly Redirection[];
}

/** A part of a compound command that runs: its condition or its body. */
export interface Branch {
  readonly role: 'condition' | 'body';
  readonly script: Script;
}

export interface CompoundCommand extends Span {
  readonly kind: 'group' | 'subshell' | 'if' | 'loop' | 'case' | 'function' | 'test' | 'arithmetic' | 'coproc';
  /** The name of the function or loop variable; null if there is none. */
  readonly name: string | null;
  /** The loop's list, the `case` subject, `[[` and its operands. */
  readonly words: readonly Word[];
  readonly branches: readonly Branch[];
  readonly redirections: readonly Redirection[];
  /** `until`: runs while the condition fails. */
  readonly negated: boolean;
}

export type Command = SimpleCommand | CompoundCommand;

export interface Pipeline extends Span {
  readonly commands: readonly Command[];
  readonly negated: boolean;
}

/** How an item is joined to the next one. */
export type Separator = '&&' | '||' | ';' | '&';

export interface ListItem {
  readonly pipeline: Pipeline;
  readonly separator: Separator;
}

export interface Script extends Span {
  readonly items: readonly ListItem[];
}

// What runs

/** A program that starts another one, e.g. `{name: 'sudo', options: [['-u', 'root']]}`. */
export interface Wrapper {
  /**
   * Name of the wrapper without its path: sudo, env, ssh, xargs, sh, find, docker, eval, …; or
   * `function`, `alias`, `script`, `variable`.
   */
  readonly name: string;
  /** Its own options as written, each with its value or null. `--user=x` is `['--user', 'x']`. */
  readonly options: readonly (readonly [name: string, value: string | null])[];
  /** Its operands other than the command: host, container, pod, lock file, duration. */
  readonly operands: readonly string[];
  /** All words after the wrapper's name, as written, including the command. */
  readonly args: readonly Word[];
  /** Where xargs and parallel read the words that they append; absent for all other wrappers. */
  readonly items?: Input;
}

/** Source of an invocation's standard input. */
export type Input =
  | { readonly kind: 'inherited' }
  /**
   * `from` are the invocations that write to the pipe, the last one last; `output` is what they
   * print, null if it cannot be computed.
   */
  | { readonly kind: 'pipe'; readonly from: readonly Invocation[]; readonly output: string | null }
  /** `text` is the known part of the body. */
  | { readonly kind: 'here-document' | 'here-string'; readonly word: Word; readonly text: string }
  | { readonly kind: 'file'; readonly word: Word }
  | { readonly kind: 'process'; readonly from: readonly Invocation[] };

/** Program text handed to an interpreter (`python -c`, `node -e`, `awk '…'`, `perl <<EOF`). */
export interface Code {
  readonly language: CodeLanguage;
  /**
   * The text as given, options in their order; after it, one per line, the decoded text of base64
   * literals in it.
   */
  readonly text: string;
  readonly span: Span;
}
export type CodeLanguage =
  | 'python'
  | 'perl'
  | 'ruby'
  | 'node'
  | 'php'
  | 'awk'
  | 'lua'
  | 'applescript'
  | 'powershell'
  | 'tcl'
  | 'r'
  | 'sql'
  | 'other';

/** What runs in order to build a word of an invocation: `eval "$(curl …)"`, `bash <(curl …)`. */
export interface Substitution {
  readonly kind: 'command' | 'process';
  /** Index into `args`; -1 for the name, assignments and redirections. */
  readonly argument: number;
  readonly invocations: readonly Invocation[];
  /** What it prints; null if that cannot be computed. */
  readonly output: string | null;
}

/**
 * One program, builtin or function call that would run. Common prefixes (sudo, doas, env, nohup,
 * nice, time, timeout, exec, command, …) are not invocations of their own: they are listed in
 * `via`, unless they start nothing. Programs that start others (sh -c, eval, xargs, find -exec,
 * ssh, docker exec, watch, …) are an invocation, followed by those they start, which name them in
 * `via`. Plain arguments, such as messages and file names, are never invocations.
 */
/** Where a line has gone by `cd`. */
export interface Directory {
  /** As written, relative to where the line began; empty if it is known only at run time. */
  readonly path: string;
  /** False if a failed `cd` would not have kept the command from running (`cd x; cmd`). */
  readonly certain: boolean;
}

export interface Invocation extends Span {
  /**
   * Resolved name: without path and quoting, known variables substituted. The text as written
   * (`$x`) if it is unknown.
   */
  readonly tool: string;
  /** The command word, including its path. Its `value` is null if it is known only at run time. */
  readonly name: Word;
  /** After brace expansion and splitting of known variables; without the name. */
  readonly args: readonly Word[];
  readonly redirections: readonly Redirection[];
  /** `FOO=1 cmd`, and those given through `env`. */
  readonly assignments: readonly Assignment[];
  /** Wrappers around it, outermost first. */
  readonly via: readonly Wrapper[];
  /**
   * Runs as root through sudo, doas, su, pkexec, run0, …; false if they name another user (see
   * `via`).
   */
  readonly elevated: boolean;
  /** Runs on another machine (ssh, `kubectl exec`). */
  readonly remote: boolean;
  /** Runs inside a container, VM or chroot. */
  readonly contained: boolean;
  readonly input: Input;
  /** The invocation that reads its output; null at the end of a pipeline. */
  readonly pipesTo: Invocation | null;
  readonly background: boolean;
  /** Its working directory; null where the line has not changed that. */
  readonly directory: Directory | null;
  /** Name of the function whose body contains it, even if the function is only defined. */
  readonly inFunction: string | null;
  readonly inLoop: boolean;
  /** In a loop whose condition never ends it (`while true`). */
  readonly endless: boolean;
  /** May not run: after `&&` or `||`, or in a branch of `if` or `case`. */
  readonly conditional: boolean;
  /** Part of the pipeline or list itself, not of a substitution, payload or function body. */
  readonly topLevel: boolean;
  /** Nesting: 0 on the command line itself, +1 per substitution or payload. */
  readonly depth: number;
  /**
   * More arguments come at run time from a pipe or list that cannot be computed (`xargs rm`, `find
   * -exec rm {}`).
   */
  readonly openArguments: boolean;
  /** Program text given to it, if it is an interpreter and the text is known. */
  readonly code: Code | null;
  /** Substitutions that build its words, in order. */
  readonly substitutions: readonly Substitution[];
  /**
   * Texts of files written on this line that its words refer to, by path or by a parent directory.
   */
  readonly referencedTexts: readonly string[];
}

/** An assignment without a command (`HISTFILE=/dev/null`, `export X=y`). */
export interface Setting {
  readonly assignment: Assignment;
  readonly exported: boolean;
}

export interface FunctionDefinition extends Span {
  readonly name: string;
  /** Invocations of its body, in order; for a fork bomb these include calls of its own name. */
  readonly invocations: readonly Invocation[];
  /** True for an alias that replaces no known program: it is read for secrets, and not rated. */
  readonly unrated?: true;
}

/** A redirection and the directory that its file is in, if that is not the one of the line. */
export interface PlacedRedirection extends Redirection {
  readonly directory: Directory | null;
  /** There is no command at all, so that the file is left empty: `> file`. */
  readonly alone: boolean;
}

/** Several programs that print to one place: `{ …; } > file`, `f > file`, `sh -c '…' > file`. */
export interface OutputGroup {
  readonly of: readonly Invocation[];
  readonly target: Word;
}

export interface Analysis {
  readonly dialect: Dialect;
  /**
   * Everything that would run, in execution order, except bodies of functions that are only
   * defined; these are in `functions`.
   */
  readonly invocations: readonly Invocation[];
  /**
   * Tools of the top-level pipeline or list, in order, with repetitions; without paths and common
   * prefixes (docs/design.md §10).
   */
  readonly tools: readonly string[];
  readonly functions: readonly FunctionDefinition[];
  readonly settings: readonly Setting[];
  /**
   * Redirections without a command or of a compound command (`> file`, `{ …; } > file`, `exec >
   * file`).
   */
  readonly redirections: readonly PlacedRedirection[];
  readonly groups: readonly OutputGroup[];
  /** What the scripts of substitutions run, those of a word that is walked twice together. */
  readonly substituted: ReadonlyMap<Script, readonly Invocation[]>;
  readonly comments: readonly Span[];
  /** False if a quote, bracket or here-document is not closed. */
  readonly complete: boolean;
  /** True if a limit on size or depth was reached and part of the text was not analysed. */
  readonly truncated: boolean;
  /** Offset up to which everything was analysed; the length of the command without a limit. */
  readonly analysedTo: number;
  /** True if the text beyond the limits has more commands with a sign of danger than were read. */
  readonly missed: boolean;
}
