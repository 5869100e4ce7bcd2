/*
 * The fields of Sigma's `process_creation` for one program of a parsed command line. The shell's
 * text becomes the words that the program would receive; the raw line is never matched.
 */

import type { Word } from '../../shell/model.ts';
import { REDIRECTION_ONLY, type Step } from '../step.ts';
import { normalPath, withHome, workingDirectories } from '../subjects/paths.ts';
import type { Budget } from './budget.ts';

/** A text, and the same in lower case: Sigma compares without case unless told otherwise. */
export interface FieldText {
  readonly text: string;
  readonly lower: string;
}

/**
 * Values of a field, of which one has to match; `absent` where no process of Linux or macOS has
 * it; `unknown` where only the kernel could tell.
 */
export type FieldValue = readonly FieldText[] | 'absent' | 'unknown';

export const FIELDS = ['Image', 'CommandLine', 'CurrentDirectory', 'User'] as const;
export type KnownField = (typeof FIELDS)[number];

/** Version resources of Windows programs. */
const ABSENT: ReadonlySet<string> = new Set([
  'OriginalFileName',
  'Description',
  'Product',
  'Company',
  'FileVersion',
  'InternalName',
]);

export const kindOfField = (name: string): 'known' | 'absent' | 'unknown' => {
  if ((FIELDS as readonly string[]).includes(name)) return 'known';
  return ABSENT.has(name) ? 'absent' : 'unknown';
};

/** Where programs are that are called without a path. */
const DIRECTORIES = ['/usr/bin/', '/bin/', '/usr/sbin/', '/sbin/', '/usr/local/bin/', '/usr/local/sbin/'];

const fieldText = (text: string): FieldText => ({ text, lower: text.toLowerCase() });

/** Computed field by field, because most rules look at one or two. */
export class CommandFields {
  #image: readonly FieldText[] | undefined;
  #line: readonly FieldText[] | undefined;

  constructor(
    private readonly step: Step,
    private readonly user: string | null,
    /** What may still be spent on the line that the program is part of. */
    readonly budget: Budget,
  ) {}

  /** Null for what is no program: a redirection alone. */
  static of(step: Step, user: string | null, budget: Budget): CommandFields | null {
    return step.name === REDIRECTION_ONLY ? null : new CommandFields(step, user, budget);
  }

  /** Name of the program in lower case, without its path. */
  get program(): string {
    const name = nameOf(this.step).toLowerCase();
    return name.slice(name.lastIndexOf('/') + 1);
  }

  value(field: KnownField): FieldValue {
    switch (field) {
      case 'Image':
        this.#image ??= imagesOf(this.step).map(fieldText);
        return this.#image;
      case 'CommandLine':
        this.#line ??= linesOf(this.step).map(fieldText);
        return this.#line;
      case 'CurrentDirectory': {
        const directories = directoriesOf(this.step);
        return directories.length === 0 ? 'unknown' : directories.map(fieldText);
      }
      case 'User':
        return this.#userOf();
    }
  }

  /** Whoever runs a command through `su` or on another machine is not known. */
  #userOf(): FieldValue {
    const { isWrapper, invocation } = this.step;
    if (!isWrapper && invocation.elevated) return [fieldText('root')];
    const isOther = invocation.remote || invocation.contained || invocation.via.some(({ name }) => CHANGES.has(name));
    return this.user === null || (isOther && !isWrapper) ? 'unknown' : [fieldText(this.user)];
  }
}

const CHANGES: ReadonlySet<string> = new Set([
  'sudo',
  'su',
  'doas',
  'runuser',
  'setpriv',
  'pkexec',
  'run0',
  'machinectl',
]);

/** The words with the home directory as written and, where it is known, as the program gets it. */
function linesOf(step: Step): readonly string[] {
  const written = [nameOf(step), ...step.words.map(({ text }) => text)].join(' ');
  const { home } = step.pathContext;
  if (home === undefined || !/~|\$\{?HOME/.test(written)) return [written];
  const { name } = step.invocation;
  const first = nameOf(step) === name.text ? inHome(name, home) : nameOf(step);
  const received = [first, ...step.words.map((word) => inHome(word, home))].join(' ');
  return received === written ? [written] : [written, received];
}

/** `~/x` and `$HOME/x` as the shell expands them, and not a quoted tilde. */
const inHome = ({ parts, text }: Word, home: string): string =>
  parts.length === 0
    ? text
    : parts
        .map((part, at) => {
          const isHome =
            (part.kind === 'tilde' && part.text === '~' && at === 0) ||
            (part.kind === 'variable' && part.name === 'HOME' && part.operator === '');
          return isHome ? home : part.text;
        })
        .join('');

/** The command word with its path. Wrappers and packages started by a runner have a name only. */
const nameOf = (step: Step): string =>
  !step.isWrapper && step.words === step.invocation.args ? step.invocation.name.text : step.name;

const directoriesOf = ({ invocation, pathContext }: Step): readonly string[] =>
  workingDirectories(invocation.directory, pathContext);

/** What has no place yet: `x` and `./x`, not `~ada/x`, `$X/x`. */
const RELATIVE = /^[^/~$`(]/;

/**
 * The paths that a program may have: the one that was typed, as the system resolves it, or those of
 * the usual directories.
 */
function imagesOf(step: Step): readonly string[] {
  const name = nameOf(step);
  if (!name.includes('/')) return DIRECTORIES.map((directory) => directory + name);
  const path = withHome(normalPath(name), step.pathContext);
  if (!RELATIVE.test(path)) return [path];
  const directories = directoriesOf(step);
  // What the path ends in is known without the directory.
  if (directories.length === 0) return [/^\.\.?\//.test(path) ? path : `./${path}`];
  return directories.map((directory) => normalPath(`${directory}/${path}`));
}
