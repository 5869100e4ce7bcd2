/**
 * Follows data through one command line: secret files, downloads and decoded text, through pipes,
 * copies, archives, links, variables and substitutions, to programs that send or run them. What an
 * assignment or a copy adds is never removed, because what comes later may not run.
 */
import { lookupTool } from '../shell/catalogue/catalogue.ts';
import type {
  Analysis,
  Assignment,
  Input,
  Invocation,
  OutputGroup,
  Script,
  Word,
  WordPart,
  Wrapper,
} from '../shell/model.ts';
import { OUTPUT } from '../shell/syntax/redirections.ts';
import type { Step } from './step.ts';
import { isToNetwork, isUnpackedScript, SUFFIXES, unpacks, unpacksInto } from './subjects/outputs.ts';
import { normalPath } from './subjects/paths.ts';
import {
  copySources,
  INTERPRETER,
  isDecoder,
  isFetcher,
  NET_FILE,
  readsProgram,
  runsFile,
  runsText,
  SHELL,
} from './subjects/programs.ts';
import {
  COLLECTED,
  DECODED,
  downloads,
  holdsSecret,
  type Label,
  PACKED,
  PRIVATE,
  packedLabel,
  REMOTE,
  SECRET,
  secretLabel,
  sourceLabel,
} from './subjects/sources.ts';
import { isSender, uploadOf } from './subjects/uploads.ts';

export interface Flow {
  /** What is sent over the network. */
  readonly sent: Label;
  /** What runs as a file that the line wrote. */
  readonly runFile: Label;
  /** What an interpreter reads as its program from standard input. */
  readonly runInput: Label;
  /** What runs as the text of a word: `eval "$x"`, `sh -c "$(…)"`, `xargs sh -c`. */
  readonly runText: Label;
}

const NOTHING: Flow = { sent: 0, runFile: 0, runInput: 0, runText: 0 };

/** Comparisons per line. */
const MAX_WORK = 100_000;

/** Programs that print nothing of what they read. */
const REDUCES = new Set(
  'ls test [ [[ stat file wc md5sum sha1sum sha224sum sha256sum sha384sum sha512sum cksum sum b2sum shasum md5 du df chmod chown chgrp chattr touch mkdir rmdir rm cd true false : sleep which type command hash mount umount git docker podman kubectl systemctl ssh-add ssh-keygen source . exit break continue kill ps basename dirname realpath readlink'.split(
    ' ',
  ),
);

class Tracker {
  readonly #files = new Map<string, Label>();
  /** Directories into which the line unpacks something. */
  readonly #unpacked = new Map<string, Label>();
  /** Archives that the line unpacks into the working directory or a permanent one. */
  #unpackedHere: Label = 0;
  readonly #printed = new Map<Invocation, Label>();
  readonly #read = new Map<string, Label>();
  readonly #variables = new Map<string, { readonly label: Label; readonly version: number }>();
  #byName: ReadonlyMap<string, readonly Assignment[]> | null = null;
  /** Grows with what is known of the output of programs. */
  #version = 0;
  #budget = MAX_WORK;
  #executable: Label = 0;
  #installs = false;
  sent: Label = 0;
  runFile: Label = 0;
  runInput: Label = 0;
  runText: Label = 0;

  /** Several programs that print to one place, by the last of them. */
  readonly #groups: ReadonlyMap<Invocation | undefined, readonly OutputGroup[]>;

  constructor(readonly analysis: Analysis) {
    this.#groups = by(analysis.groups, ({ of }) => of.at(-1));
  }

  visit(step: Step): void {
    const { invocation } = step;
    const input = this.#inputLabel(invocation.input);
    const words = this.#wordsLabel(step.words) | this.#redirectedWords(invocation) | this.#itemsLabel(step);
    const files = this.#filesRead(step);
    if (/^(?:read|mapfile|readarray)$/.test(step.tool)) {
      for (const name of step.operands) this.#read.set(name, (this.#read.get(name) ?? 0) | input);
    }
    const own = sourceLabel(step);
    const printed = REDUCES.has(step.tool) ? own : input | words | files | own;
    this.#noteSent(step, input, words, printed);
    this.#noteRun(step, input);
    if (printed === 0) return;
    this.#printed.set(invocation, printed);
    this.#version += 1;
    this.#noteWritten(step, printed);
  }

  #noteSent(step: Step, input: Label, words: Label, printed: Label): void {
    for (const { operator, target } of step.invocation.redirections)
      if (OUTPUT.test(operator) && NET_FILE.test(target.text))
        this.sent |= printed | (printsFile(step) ? COLLECTED : 0);
    const upload = uploadOf(step);
    if (upload === null) return;
    const hidden = OWN_COPY.has(step.tool) ? ~PACKED : ~0;
    for (const path of upload.files) this.sent |= this.#fileLabel(path, step) & hidden;
    if (upload.input) this.sent |= input & hidden;
    if (upload.words.length > 0)
      this.sent |= this.#wordsLabel(upload.words) | (step.invocation.openArguments ? words : 0);
  }

  #noteRun(step: Step, input: Label): void {
    const { invocation } = step;
    const { name } = invocation;
    if (name.text.includes('/')) this.runFile |= this.#written(name.text) | this.#unpackedLabel(name.text);
    this.runText |= this.#wordLabel(name);
    if (readsProgram(step)) this.runInput |= input;
    this.#noteMadeExecutable(step);
    if (runsFile(step.tool)) {
      for (const path of step.operands) this.runFile |= this.#written(path) | this.#unpackedLabel(path);
      for (const word of step.words)
        if (word.parts.some(({ kind }) => kind === 'process')) this.runText |= this.#wordLabel(word);
    }
    for (const word of runsText(step)) this.runText |= this.#runLabel(word);
    this.runText |= this.#appended(step);
  }

  /** A download in a temporary directory that becomes a program, unless it is moved into place. */
  #noteMadeExecutable(step: Step): void {
    if (step.tool === 'chmod' && step.some(EXECUTABLE)) {
      for (const path of step.operands) if (step.kind(path) === 'scratch') this.#executable |= this.#written(path);
    } else if (INSTALLERS.has(step.tool) && PROGRAMS.test(step.transfer.target ?? '')) {
      if (step.transfer.sources.some((path) => this.#written(path) !== 0)) this.#installs = true;
    }
  }

  /** Passes on what a group prints after its last program: `{ cat key; } > file`. */
  noteGroups({ invocation }: Step): void {
    for (const { of, target } of this.#groups.get(invocation) ?? []) {
      const label = this.#isExhausted(of.length) ? 0 : this.#printedBy(of);
      if (NET_FILE.test(target.text)) this.sent |= label;
      else if (label !== 0) this.#addFile(target.text, label);
    }
  }

  /** The result after the last step. */
  finished(): Flow {
    if (!this.#installs) this.runFile |= this.#executable;
    return this;
  }

  /** `… | xargs sh -c`: xargs appends its input as the text of the script. */
  #appended(step: Step): Label {
    const starter = step.invocation.via.at(-1);
    if (!starter || !APPENDS_ITEMS.has(starter.name)) return 0;
    const token = starter.options.find(([option]) => NAMES_PLACE.has(option))?.[1] ?? '{}';
    const isCommand = step.invocation.name.text === token;
    const code = step.args.findIndex((arg) => /^-[a-z]*c$/.test(arg));
    const script = step.args.slice(code + 1).find((arg) => arg !== '--');
    const runs =
      isCommand ||
      ((SHELL.test(step.tool) || INTERPRETER.test(step.tool)) &&
        code >= 0 &&
        (script === undefined || script.includes(token)));
    return runs ? this.#startersInput(starter) : 0;
  }

  /** What xargs or parallel reads, and files that find looks for by a secret name. */
  #itemsLabel(step: Step): Label {
    const starter = step.invocation.openArguments ? step.invocation.via.at(-1) : undefined;
    if (!starter) return 0;
    if (FINDERS.has(starter.name))
      return starter.args.reduce((label, { text }) => label | secretLabel(text.replace(/\*(?=\.)/, '')), 0);
    return this.#startersInput(starter);
  }

  #startersInput({ items }: Wrapper): Label {
    return items ? this.#inputLabel(items) : 0;
  }

  #noteWritten(step: Step, label: Label): void {
    const directory = unpacksInto(step);
    if (directory !== undefined && step.kind(directory) === 'scratch') this.#unpacked.set(key(directory), label);
    else if (unpacks(step)) this.#unpackedHere |= label;
    const named = step.writesAsNamed.map(({ path }) => path);
    const suffixes = SUFFIXES.get(step.tool) ?? [];
    const beside = suffixes.flatMap((suffix) => step.operands.map((path) => path + suffix));
    for (const path of [...named, ...beside, ...downloads(step)]) this.#addFile(path, label);
    for (const { target } of step.invocation.redirections) this.#pass(target, label);
    for (const word of step.words) this.#pass(word, label);
  }

  /** `cmd > >(sh)`, `tee >(sh)`: the output is the input of the commands in the substitution. */
  #pass(target: Word, label: Label): void {
    const part = target.parts.find((item) => item.kind === 'process' && item.direction === 'out');
    if (part?.kind !== 'process') return;
    for (const item of this.#runIn(part.script)) {
      const name = canonical(item.tool);
      if (isSender(name)) this.sent |= label;
      if (SHELL.test(name)) this.runInput |= label;
    }
  }

  #unpackedLabel(path: string): Label {
    let label = isUnpackedScript(path) ? this.#unpackedHere : 0;
    if (this.#isExhausted(this.#unpacked.size)) return label;
    for (const [directory, has] of this.#unpacked) if (key(path).startsWith(`${directory}/`)) label |= has;
    return label;
  }

  #addFile(path: string, label: Label): void {
    const name = key(path);
    if (name.startsWith('/dev/')) return;
    this.#files.set(name, (this.#files.get(name) ?? 0) | label);
    // A download is also known by its name alone, because `cd` may come between.
    if ((label & (REMOTE | DECODED)) !== 0) this.#files.set(base(name), (this.#files.get(base(name)) ?? 0) | label);
  }

  #filesRead(step: Step): Label {
    let label: Label = 0;
    if (REDUCES.has(step.tool) || isFetcher(step)) return label;
    for (const path of copySources(step)) label |= this.#fileLabel(path, step) | packedLabel(step, path);
    return label;
  }

  #redirectedWords({ redirections }: Invocation): Label {
    let label = 0;
    for (const { operator, target, body } of redirections)
      if (operator.startsWith('<')) label |= this.#wordLabel(body ?? target);
    return label;
  }

  #fileLabel(path: string, step: Step): Label {
    const kind = step.kind(path);
    return this.#pathLabel(path) | (kind === 'home' || kind === 'root' ? PRIVATE : 0);
  }

  #pathLabel(path: string): Label {
    if (NET_FILE.test(path)) return REMOTE;
    return secretLabel(path) | this.#written(path);
  }

  /** The label of a file written on this line, of one in it, or of a directory that it is in. */
  #written(path: string): Label {
    const name = key(path);
    let label = (this.#files.get(name) ?? 0) | ((this.#files.get(base(name)) ?? 0) & (REMOTE | DECODED));
    if (this.#isExhausted(this.#files.size)) return label;
    for (const [file, has] of this.#files)
      if (file.startsWith(`${name}/`)) label |= has & (SECRET | PRIVATE | COLLECTED | PACKED);
    for (let at = name.lastIndexOf('/'); at > 0; at = name.lastIndexOf('/', at - 1)) {
      label |= (this.#files.get(name.slice(0, at)) ?? 0) & (SECRET | PRIVATE);
    }
    return label;
  }

  #inputLabel(input: Input): Label {
    switch (input.kind) {
      case 'pipe':
      case 'process':
        return this.#printedBy(input.from);
      case 'file':
        return this.#pathLabel(input.word.text) | this.#wordLabel(input.word);
      case 'here-document':
      case 'here-string':
        return this.#wordLabel(input.word);
      default:
        return 0;
    }
  }

  #wordsLabel(words: readonly Word[]): Label {
    return words.reduce((label, word) => label | this.#wordLabel(word), 0);
  }

  /** Substitutions are run; a variable is only if it gives the name of the command. */
  #runLabel(word: Word): Label {
    const [first] = word.parts;
    return word.parts.reduce(
      (label, part) => (part.kind === 'command' || part === first ? label | this.#partLabel(part) : label),
      0,
    );
  }

  #wordLabel(word: Word): Label {
    return word.parts.reduce((label, part) => label | this.#partLabel(part), 0);
  }

  #partLabel(part: WordPart): Label {
    if (part.kind === 'variable') return this.#variableLabel(part.name) | (holdsSecret(part.name) ? PRIVATE : 0);
    if (part.kind !== 'command' && (part.kind !== 'process' || part.direction === 'out')) return 0;
    return this.#printedBy(this.#runIn(part.script));
  }

  #printedBy(invocations: readonly Invocation[]): Label {
    return invocations.reduce((label, item) => label | (this.#printed.get(item) ?? 0), 0);
  }

  /** All values that the line gives a variable; computed again only if more is known since. */
  #variableLabel(name: string): Label {
    const own = this.#read.get(name) ?? 0;
    const known = this.#variables.get(name);
    const before = known?.label ?? 0;
    if (known?.version === this.#version) return own | before;
    this.#byName ??= by(
      this.analysis.settings.map(({ assignment }) => assignment),
      ({ name }) => name,
    );
    const assignments = this.#byName.get(name) ?? [];
    if (this.#isExhausted(assignments.length)) return own | before;
    this.#variables.set(name, { label: before, version: this.#version });
    let label = 0;
    for (const { value, elements } of assignments) {
      if (value) label |= this.#wordLabel(value);
      for (const element of elements) label |= this.#wordLabel(element);
    }
    this.#variables.set(name, { label, version: this.#version });
    return own | label;
  }

  /** Counts work; lines with thousands of programs are not followed to their end. */
  #isExhausted(work: number): boolean {
    this.#budget -= work;
    return this.#budget < 0;
  }

  #runIn(script: Script): readonly Invocation[] {
    const invocations = this.analysis.substituted.get(script) ?? [];
    return this.#isExhausted(invocations.length) ? [] : invocations;
  }
}

/** The items of a list by what they have in common. */
const by = <K, T>(items: readonly T[], keyOf: (item: T) => K): ReadonlyMap<K, readonly T[]> => {
  const found = new Map<K, T[]>();
  for (const item of items) {
    const same = found.get(keyOf(item));
    if (same) same.push(item);
    else found.set(keyOf(item), [item]);
  }
  return found;
};

/** Programs that append items to the words of a command, and the options that name the place. */
const APPENDS_ITEMS = new Set(['xargs', 'gxargs', 'parallel']);
const NAMES_PLACE = new Set(['-I', '-i', '-J', '--replace']);
const FINDERS = new Set(['find', 'gfind', 'fd', 'fdfind']);
const INSTALLERS = new Set(['mv', 'cp', 'install', 'ln']);
/** Programs that copy to a machine on which the user has an account. */
const OWN_COPY = new Set(['ssh', 'scp', 'sftp', 'rsync']);
const EXECUTABLE = /^(?:[ugoa]*\+[rw]*x|0?[1357]{3}|0?7[0-7]{2})$/;
/** Directories of programs. */
const PROGRAMS = /^(?:\/(?:usr\/)?(?:local\/)?s?bin|\/opt\/|~\/(?:\.local\/)?bin|\$HOME\/(?:\.local\/)?bin)/;

const canonical = (tool: string): string => lookupTool(tool)?.name ?? tool;
const key = (path: string): string => normalPath(path).replace(/^\.\//, '').replace(/\/\*$/, '');
const base = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Computes the flow of a line; cheap if nothing on it can be a source. */
export const flowOf = (analysis: Analysis, steps: readonly Step[]): Flow => {
  if (!steps.some(isInteresting) && !analysis.groups.some(isToNetwork)) return NOTHING;
  const tracker = new Tracker(analysis);
  for (const step of steps) {
    if (!step.isWrapper) tracker.visit(step);
    tracker.noteGroups(step);
  }
  return tracker.finished();
};

/** A file, or text that calls itself secret, written to the network without a protocol. */
const printsFile = (step: Step): boolean =>
  (step.tool === 'cat' && step.operands.some((path) => path !== '/dev/null')) ||
  ((step.tool === 'echo' || step.tool === 'printf') && step.some(/secret|passw|credential|token|private.?key/i));

const isInteresting = (step: Step): boolean =>
  isFetcher(step) || isSender(step.tool) || isDecoder(step) || step.invocation.redirections.some(isToNetwork);
