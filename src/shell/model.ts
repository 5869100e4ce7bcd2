/**
 * What the shell front end tells about one command line (FR-401, FR-403, FR-404). Types only.
 *
 * Offsets are UTF-16 indexes into the text that was handed to `analyse`: `text.slice(start, end)`
 * is what the user typed. Words inside a payload (`sh -c '…'`, a here-document, `eval`) carry
 * offsets into the original text as well; where the payload was decoded (base64, `printf`, `$(…)`)
 * they carry the span of the words it came from, and `exact` is false.
 */
import type { ShellKind } from '../domain/events/shell-kind.ts';

/** The language a command line is written in. */
export type Dialect = ShellKind;

export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * A run of characters that stand for themselves. An escape (`\n` in `$'…'`, `\"`) is a part of its
 * own: its span is longer than its text.
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
/** `~` or `~user` at the beginning of a word. */
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
   * What follows the name inside braces, operator first: `:-`, `%`, `##`, `[`, …; empty for a plain
   * reference.
   */
  readonly operator: string;
  /** The word after the operator (the default of `${x:-/}`), if there is one. */
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
/** `$((…))`, `$[…]`; `parts` are the substitutions inside it, which do run. */
export interface ArithmeticPart extends Span {
  readonly kind: 'arithmetic';
  readonly text: string;
  readonly quoted: boolean;
  readonly parts: readonly WordPart[];
}
export type WordPart = LiteralPart | GlobPart | TildePart | VariablePart | CommandPart | ProcessPart | ArithmeticPart;

export interface Word extends Span {
  /**
   * The exact string the program receives, or null where it is known at run time only (variables,
   * substitutions, globs, tildes).
   */
  readonly value: string | null;
  /**
   * The best that is known: quotes and escapes removed, known variables put in, unknown parts as
   * written (`$x`, `*`, `~`).
   */
  readonly text: string;
  readonly parts: readonly WordPart[];
  /** False where the offsets are those of the carrier of a decoded payload. */
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
   * The body of a here-document: one word whose parts are live unless the delimiter was quoted;
   * null for all others.
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

// --- syntax tree
// ---------------------------------------------------------------------------------------------------------

export interface SimpleCommand extends Span {
  readonly kind: 'simple';
  readonly assignments: readonly Assignment[];
  readonly words: readonly Word[];
  readonly redirections: readonly Redirection[];
}

/** A piece of a compound command that runs: its condition or its body. */
export interface Branch {
  readonly role: 'condition' | 'body';
  readonly script: Script;
}

export interface CompoundCommand extends Span {
  readonly kind: 'group' | 'subshell' | 'if' | 'loop' | 'case' | 'function' | 'test' | 'arithmetic' | 'coproc';
  /** The function's or the loop variable's name; null where there is none. */
  readonly name: string | null;
  /** The loop's list, the `case` subject, the operands of `[[ … ]]`. */
  readonly words: readonly Word[];
  readonly branches: readonly Branch[];
  readonly redirections: readonly Redirection[];
}

export type Command = SimpleCommand | CompoundCommand;

export interface Pipeline extends Span {
  readonly commands: readonly Command[];
  readonly negated: boolean;
}

/** How an item is joined to the one after it. */
export type Separator = '&&' | '||' | ';' | '&';

export interface ListItem {
  readonly pipeline: Pipeline;
  readonly separator: Separator;
}

export interface Script extends Span {
  readonly items: readonly ListItem[];
}

// --- what runs
// -----------------------------------------------------------------------------------------------------------

/**
 * One program through which another was reached, e.g. `{name: 'sudo', options: [['-u', 'root']]}`.
 */
export interface Wrapper {
  /**
   * Name of the wrapper without its path: sudo, env, ssh, xargs, sh, find, docker, eval, …; or
   * `function`, `alias`, `script`.
   */
  readonly name: string;
  /**
   * Its own options as written, each with its value if it takes one. `--user=x` is `['--user',
   * 'x']`.
   */
  readonly options: readonly (readonly [name: string, value: string | null])[];
  /** Its operands that are not the command: host, container, pod, file to lock, duration. */
  readonly operands: readonly string[];
  /** All words after the wrapper's name, as written, up to and with the command. */
  readonly args: readonly Word[];
}

/** Where the standard input of an invocation comes from. */
export type Input =
  | { readonly kind: 'inherited' }
  /**
   * `from` are the invocations that write into the pipe, last one last; `output` is what they print
   * where that can be computed.
   */
  | { readonly kind: 'pipe'; readonly from: readonly Invocation[]; readonly output: string | null }
  /** `text` is the body as far as it is known. */
  | { readonly kind: 'here-document' | 'here-string'; readonly word: Word; readonly text: string }
  | { readonly kind: 'file'; readonly word: Word }
  | { readonly kind: 'process'; readonly from: readonly Invocation[] };

/** Program text handed to an interpreter (`python -c`, `node -e`, `awk '…'`, `perl <<EOF`). */
export interface Code {
  readonly language: CodeLanguage;
  /**
   * As given, options in their order; behind it, each on a line of its own, what literals inside it
   * plainly decode to.
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

/** What ran inside a word of an invocation to make it: `eval "$(curl …)"`, `bash <(curl …)`. */
export interface Substitution {
  readonly kind: 'command' | 'process';
  /** Index into `args`; -1 for the name, assignments and redirections. */
  readonly argument: number;
  readonly invocations: readonly Invocation[];
  /** What it prints, where that can be computed. */
  readonly output: string | null;
}

/**
 * One program (or builtin, or function call) that would run. Everyday prefixes (sudo, doas, env,
 * nohup, nice, time, timeout, exec, command, …) are no invocations of their own, they stand in
 * `via`, unless they start nothing. Programs that start others (sh -c, eval, xargs, find -exec,
 * ssh, docker exec, watch, …) are an invocation, followed by those they start, which name them in
 * `via`. Prose, file names and other mere arguments are never one.
 */
export interface Invocation extends Span {
  /**
   * Resolved name: path stripped, quoting and known variables undone. The text as written (`$x`)
   * where it is unknown.
   */
  readonly tool: string;
  /** The command word, path and all. Its `value` is null where it is known at run time only. */
  readonly name: Word;
  /** After brace expansion and splitting of known variables; the name is not among them. */
  readonly args: readonly Word[];
  readonly redirections: readonly Redirection[];
  /** `FOO=1 cmd`, also those given through `env`. */
  readonly assignments: readonly Assignment[];
  /** Wrappers it was reached through, outermost first. */
  readonly via: readonly Wrapper[];
  /**
   * Runs as root by sudo, doas, su, pkexec, run0, …; false where they name another user, who stands
   * in `via`.
   */
  readonly elevated: boolean;
  /** Runs on another machine (ssh, `kubectl exec`). */
  readonly remote: boolean;
  /** Runs inside a container, VM or chroot. */
  readonly contained: boolean;
  readonly input: Input;
  /** The invocation that reads what this one prints; null at the end of a pipeline. */
  readonly pipesTo: Invocation | null;
  readonly background: boolean;
  /** Name of the function whose body it stands in, also of functions that are only defined here. */
  readonly inFunction: string | null;
  readonly inLoop: boolean;
  /** After `&&`/`||`, in a branch of `if`/`case`: it may not run. */
  readonly conditional: boolean;
  /** Stands in the pipeline or list itself, not in a substitution, payload or function body. */
  readonly topLevel: boolean;
  /** Nesting: 0 on the command line itself, +1 per substitution or payload. */
  readonly depth: number;
  /**
   * Arguments arrive at run time from a pipe or a list that could not be computed (`xargs rm`,
   * `find -exec rm {}`).
   */
  readonly openArguments: boolean;
  /** Program text it is given, if it is an interpreter and the text is plainly readable. */
  readonly code: Code | null;
  /** What its words were made of by running something, in order. */
  readonly substitutions: readonly Substitution[];
  /**
   * Texts of files that were written on this line and that its words name, alone or with the folder
   * they are in.
   */
  readonly referencedTexts: readonly string[];
}

/** An assignment that stands alone (`HISTFILE=/dev/null`, `export X=y`). */
export interface Setting {
  readonly assignment: Assignment;
  readonly exported: boolean;
}

export interface FunctionDefinition extends Span {
  readonly name: string;
  /** Invocations of its body, in order; a fork bomb calls its own name here. */
  readonly invocations: readonly Invocation[];
}

export interface Analysis {
  readonly dialect: Dialect;
  /**
   * All that would run, in execution order; bodies of functions that are only defined are in
   * `functions`.
   */
  readonly invocations: readonly Invocation[];
  /**
   * Tools of the top-level pipeline or list, in order, repeats kept; everyday wrappers and paths
   * stripped (design.md §10).
   */
  readonly tools: readonly string[];
  readonly functions: readonly FunctionDefinition[];
  readonly settings: readonly Setting[];
  /**
   * Redirections that stand alone or belong to a compound command (`> file`, `{ …; } > file`, `exec
   * > file`).
   */
  readonly redirections: readonly Redirection[];
  readonly comments: readonly Span[];
  /** False where a quote, bracket or here-document is left open. */
  readonly complete: boolean;
  /** True where a limit on size or depth was hit and something was not looked at. */
  readonly truncated: boolean;
}
