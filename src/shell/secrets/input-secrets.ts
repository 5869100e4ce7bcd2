/**
 * Secrets that a program reads from standard input, a here-string, a process substitution or a file
 * that the line has written: `echo secret | docker login --password-stdin`,
 * `gh auth login --with-token <<< token`, `echo bob:secret > f && chpasswd < f`,
 * `ansible-vault view --vault-password-file <(echo secret)`.
 */
import type { Invocation, Word } from '../model.ts';
import type { SecretArguments } from './secret-arguments.ts';
import { isSecretValue, looksLikeKey, secretKindOf } from './secret-names.ts';
import { isExpanded, partSpan, type SecretSpan, wordSource } from './secret-span.ts';

/** Subcommands of any program that ask for a secret. */
const LOGIN = /^(?:login|log-in|signin|sign-in|unlock|authenticate)$/;
const SUDO_STDIN = /^-[a-zA-Z]*S|^--stdin$/;

/** Tells whether the program, or sudo or su before it, reads a password from standard input. */
const readsSecret = (
  { via, args }: Invocation,
  known: SecretArguments | undefined,
  operands: readonly Word[],
): boolean =>
  via.some(
    (step) => step.name === 'su' || (step.name === 'sudo' && step.args.some((word) => SUDO_STDIN.test(word.text))),
  ) ||
  args.slice(0, 3).some((word) => LOGIN.test(word.text)) ||
  (known?.inputs.some(
    ({ subcommands, argument }) =>
      subcommands.every((word, at) => operands[at]?.text === word) &&
      (!argument || args.some((word) => argument.test(word.text))),
  ) ??
    false);

/** `docker secret create`, `gcloud secrets versions add`: any file they read is a secret. */
const storesSecret = (known: SecretArguments | undefined, operands: readonly Word[]): boolean =>
  known?.inputs.some(
    ({ subcommands }) => subcommands.length > 0 && subcommands.every((word, at) => operands[at]?.text === word),
  ) ?? false;

/** `bob:password`, one per line. */
const PAIRS = /^(?:chpasswd|newusers)$/;
/** `user bob password`, `quote PASS password`, `open -u bob,password`. */
const SESSIONS = /^(?:ftp|lftp|ncftp|telnet|nc|ncat|redis-cli|valkey-cli)$/;
const SESSION_LINE =
  /(?:^|\n|\\n|;\s*)\s{0,8}(?:user\s{1,4}[^\s,]{1,64}[\s,]|(?:quote\s{1,4})?pass\s|auth\s{1,4}(?:plain\s{1,4}|[\w-]{1,32}\s{1,4}(?=[^\s"'\\]))?|open\s{1,4}-u\s{1,4}[^\s,]{1,64},)\s{0,4}([^\s"'\\]{1,200})/dgi;

/** Adds each line of a here-document or of what echo prints; a plain answer such as `y` is none. */
const addLines = (text: string, word: Word, tool: string, found: SecretSpan[]): void => {
  const { start, exact } = word;
  if (!exact) return;
  // The reference stays; the word that it stands for is masked.
  if (isExpanded(text, word)) found.push({ start, end: start, kind: 'password', from: word.text.trim() });
  const lines = /(?:[^\n\\]|\\[^n])+/g;
  const source = wordSource(text, word);
  for (const match of source.text.matchAll(lines)) {
    const line = match[0].trim();
    const pair = PAIRS.test(tool) ? line.indexOf(':') + 1 : 0;
    const value = line.slice(pair);
    const isKey = tool !== 'aws' || looksLikeKey(value);
    if (value.length < 2 || /^(?:yes|no|\$.*|[A-Z]+)$/.test(value) || !isKey || !isSecretValue(value, 'password'))
      continue;
    const at = match.index + match[0].indexOf(line) + pair;
    found.push({ start: source.from(at), end: source.to(at + value.length), kind: 'password' });
  }
};

const PRODUCER = /^(?:echo|printf|yes|print)$/;

/** What the words of echo and printf print, without options and formats. */
const printed = ({ tool, args }: Invocation): readonly Word[] => {
  const words = args.filter((word) => !/^-[neE]+$/.test(word.text));
  return tool === 'printf' && words.length > 1 && /%/.test(words[0]?.text ?? '') ? words.slice(1) : words;
};

/** The programs of the line that write to a file. */
export interface Writers {
  readonly to: (path: string) => readonly Invocation[];
  /** False if the line writes no file. */
  readonly exist: boolean;
}

/** Indexes the writers on first use: few lines read a file that they have written. */
export const writersOf = (text: string, invocations: readonly Invocation[]): Writers => {
  let index: Map<string, Invocation[]> | null = null;
  const build = (): Map<string, Invocation[]> => {
    const built = new Map<string, Invocation[]>();
    for (const writer of invocations)
      for (const path of filesOf(writer)) built.set(path, [...(built.get(path) ?? []), writer].slice(-MAX_WRITERS));
    return built;
  };
  return {
    to: (path) => {
      index ??= build();
      return index.get(path.replace(/^\.\//, '')) ?? [];
    },
    exist: WRITES.test(text),
  };
};
const MAX_WRITERS = 8;

/** Without it, a line writes no file. */
const WRITES = />|\btee\b/;
/** Where a program writes what it prints. */
const filesOf = ({ redirections, pipesTo }: Invocation): readonly string[] => {
  const files = redirections.filter(({ operator }) => /^&?>/.test(operator)).map(({ target }) => target.text);
  if (pipesTo?.tool === 'tee') files.push(...pipesTo.args.map(({ text }) => text));
  return files.map((path) => path.replace(/^\.\//, ''));
};

const addProduced = (
  text: string,
  from: readonly Invocation[],
  tool: string,
  written: Writers,
  found: SecretSpan[],
): void => {
  for (const producer of from) {
    if (PRODUCER.test(producer.tool)) for (const word of printed(producer)) addLines(text, word, tool, found);
    else if (producer.input.kind === 'here-document' || producer.input.kind === 'here-string')
      addLines(text, producer.input.word, tool, found);
    // What cat writes is written to no file that it reads.
    else if (producer.tool === 'cat')
      for (const { text: path } of producer.args)
        addProduced(
          text,
          written.to(path).filter((writer) => writer.tool !== 'cat'),
          tool,
          written,
          found,
        );
  }
};

const addSessions = (text: string, { input, args }: Invocation, found: SecretSpan[]): void => {
  const words =
    input.kind === 'here-document' || input.kind === 'here-string'
      ? [input.word]
      : input.kind === 'pipe'
        ? input.from.filter(({ tool }) => PRODUCER.test(tool)).flatMap(printed)
        : [];
  for (const word of [...words, ...args]) {
    if (!word.exact) continue;
    const source = wordSource(text, word);
    for (const match of source.text.matchAll(SESSION_LINE)) {
      const [start, end] = match.indices?.[1] ?? [0, 0];
      if (isSecretValue(match[1] ?? '', 'password'))
        found.push({ start: source.from(start), end: source.to(end), kind: 'password' });
    }
  }
};

/** Options whose value is a file with a secret. */
const SECRET_FILE =
  /(?:pass(?:w(?:or)?d|phrase)?|secret|token|(?<![a-z])key|cred(?:ential)?s?|auth|vault|become|psk|pin)[\w-]*(?:=|$)/i;

/** `--password-file <(echo secret)`, `--from-file=password=<(echo secret)`. */
const addSubstituted = (
  text: string,
  invocation: Invocation,
  takesSecrets: boolean,
  written: Writers,
  found: SecretSpan[],
): void => {
  const { substitutions, args, tool } = invocation;
  for (const { kind, argument, invocations } of substitutions) {
    if (kind !== 'process' || argument < 0) continue;
    const own = args[argument]?.text ?? '';
    const prefix = own.slice(0, own.indexOf('<('));
    const before = prefix === '' || prefix === 'file:' ? (args[argument - 1]?.text ?? '') : prefix;
    if (isSecretOption(tool, before) || takesSecrets) addProduced(text, invocations, tool, written, found);
  }
};

const isSecretOption = (tool: string, option: string): boolean =>
  SECRET_FILE.test(option) || (tool === 'sshpass' && option.startsWith('-f')) || tool === 'ssh-add';

/** `--password-file f`, `--from-file=password=f`, where the line has written the file. */
const addNamedFiles = (text: string, { args, tool }: Invocation, written: Writers, found: SecretSpan[]): void => {
  for (const [at, { text: word }] of args.entries()) {
    const from = word.startsWith('-f') && tool === 'sshpass' ? 2 : word.lastIndexOf('=') + 1;
    const option = from > 0 ? word.slice(0, from) : (args[at - 1]?.text ?? '');
    if (isSecretOption(tool, option)) addProduced(text, written.to(word.slice(from)), tool, written, found);
  }
};

/** A file that is named after a secret, such as `~/.vault_pass` and `/run/secrets/db`. */
const isSecretFile = (path: string): boolean => {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/^\.+/, '');
  if (/\/secrets?\/[^/]+$/.test(path)) return true;
  return /^[\w-]+(?:\.(?:txt|key|pw|secret|token))?$/.test(name) && secretKindOf(name.replace(/\.\w+$/, '')) !== null;
};

/** `echo secret > token.txt`, `echo secret | tee secrets/db`, `echo -n bob:secret | base64`. */
const addWritten = (text: string, invocation: Invocation, found: SecretSpan[]): void => {
  const { tool, pipesTo } = invocation;
  if (!PRODUCER.test(tool)) return;
  const words = printed(invocation);
  const [word] = words;
  if (word === undefined || words.length !== 1 || /\s/.test(word.text.trim()) || word.text.includes('=')) return;
  const files = [...filesOf(invocation)];
  if (pipesTo?.tool === 'base64') files.push(...pipesTo.redirections.map(({ target }) => target.text));
  if (files.some(isSecretFile)) addLines(text, word, tool, found);
  if (pipesTo?.tool !== 'base64' || pipesTo.args.some(({ text: arg }) => /^(?:-[dDi]+|--decode)$/.test(arg))) return;
  const pair = /^[\w.@-]{1,64}:(?=[^\s:/]{4,}$)/.exec(word.text)?.[0] ?? '';
  const secret = word.text.slice(pair.length);
  if (pair !== '' && !/^\d+$/.test(secret) && isSecretValue(secret, 'password'))
    found.push(partSpan(text, word, pair.length, secret, 'password'));
};

/** `openssl … -pass fd:3 3<<< secret`, `gpg --passphrase-fd 3 3<<< secret`. */
const addDescriptors = (text: string, { redirections, args, tool }: Invocation, found: SecretSpan[]): void => {
  for (const { fd, operator, target } of redirections)
    if (operator === '<<<' && fd !== 0 && args.some((word) => word.text.endsWith(`${fd}`)))
      addLines(text, target, tool, found);
};

/** Adds the secrets that the invocation reads, or writes to a file of that name. */
export const findInputSecrets = (
  text: string,
  invocation: Invocation,
  known: SecretArguments | undefined,
  operands: readonly Word[],
  written: Writers,
  found: SecretSpan[],
): void => {
  const { input, tool, args } = invocation;
  if (invocation.substitutions.length > 0)
    addSubstituted(text, invocation, storesSecret(known, operands), written, found);
  if (written.exist) addNamedFiles(text, invocation, written, found);
  addWritten(text, invocation, found);
  if (invocation.redirections.length > 0 && known) addDescriptors(text, invocation, found);
  if (SESSIONS.test(tool)) addSessions(text, invocation, found);
  if (input.kind === 'inherited') return;
  const names = tool === 'read' && args.some((word) => !word.text.startsWith('-') && secretKindOf(word.text) !== null);
  if (!names && !readsSecret(invocation, known, operands)) return;
  if (input.kind === 'pipe' || input.kind === 'process') addProduced(text, input.from, tool, written, found);
  else if (input.kind === 'file') addProduced(text, written.to(input.word.text), tool, written, found);
  else addLines(text, input.word, tool, found);
};
