/**
 * Finds secrets that need the parsed command: `-p…` is a password for mysql and a port for ssh.
 * Returns spans of the original text.
 */
import { afterGlobalOptions, lookupTool } from '../catalogue/catalogue.ts';
import type { Analysis, Invocation, Word } from '../model.ts';
import { commonOptions, type SecretArguments, type SecretOption, secretArguments } from './secret-arguments.ts';
import { isSecretValue, looksRandom, secretKindOf } from './secret-names.ts';
import type { SecretSpan } from './secret-scan.ts';

/**
 * The span of the last `length` characters of a word, without its closing quote; the whole word if
 * that cannot be located.
 */
const tailSpan = (text: string, word: Word, length: number, kind: string): SecretSpan => {
  const raw = text.slice(word.start, word.end);
  const secret = length > 0 ? word.text.slice(-length) : word.text;
  // If the same text occurs in the word more than once, such as in a substitution, the span covers
  // all occurrences.
  const first = raw.indexOf(secret, word.text.length - secret.length);
  const last = raw.lastIndexOf(secret);
  if (secret !== '' && first >= 0) return { start: word.start + first, end: word.start + last + secret.length, kind };
  const cut = raw.search(/[=:]/);
  const inner = length > 0 && length < word.text.length && cut >= 0 ? cut + 1 : 0;
  return { start: word.start + inner, end: word.end, kind };
};

/** Adds a word's value, or the part of it after the separator. */
const addValue = (text: string, word: Word, attached: number, separator: string, found: SecretSpan[]): void => {
  let value = word.text.slice(attached);
  if (separator !== '') {
    const at = value.indexOf(separator);
    if (at < 0) return;
    value = value.slice(at + 1);
  }
  if (isSecretValue(value, 'password')) found.push(tailSpan(text, word, value.length, 'password'));
};

const findOption = (text: string, args: readonly Word[], at: number, spec: SecretOption, found: SecretSpan[]): void => {
  const word = args[at];
  if (!word?.text.startsWith(spec.option)) return;
  const { length } = spec.option;
  if (word.text.length === length) {
    const next = args[at + 1];
    if (spec.next && next && !next.text.startsWith('-')) addValue(text, next, 0, spec.separator, found);
  } else if (word.text[length] === '=') addValue(text, word, length + 1, spec.separator, found);
  else if (spec.attached) addValue(text, word, length, spec.separator, found);
};

const findOptionValues = (
  text: string,
  args: readonly Word[],
  specs: readonly SecretOption[],
  found: SecretSpan[],
): void => {
  for (const spec of specs) for (let at = 0; at < args.length; at += 1) findOption(text, args, at, spec, found);
};

const findOptions = (
  text: string,
  args: readonly Word[],
  known: SecretArguments | undefined,
  found: SecretSpan[],
): void => {
  if (args.some((word) => /^--(?:auth|basic-auth|creds|userpass)\b/.test(word.text)))
    findOptionValues(text, args, commonOptions(), found);
  if (!known) return;
  findOptionValues(text, args, known.options, found);
  if (known.subcommandOptions.size === 0) return;
  for (const word of args.slice(0, 6))
    findOptionValues(text, args, known.subcommandOptions.get(word.text) ?? [], found);
};

/** Leading operands of an invocation: its subcommands and what follows, without options. */
const operandsOf = (invocation: Invocation): readonly Word[] =>
  afterGlobalOptions(invocation.args, lookupTool(invocation.tool)?.valueOptions ?? new Set()).filter(
    (word) => !word.text.startsWith('-'),
  );

const startsWith = (operands: readonly Word[], subcommands: readonly string[]): boolean =>
  subcommands.every((word, at) => operands[at]?.text === word);

const findOperands = (text: string, known: SecretArguments, operands: readonly Word[], found: SecretSpan[]): void => {
  for (const { subcommands, from, count, pairs } of known.operands) {
    if (!startsWith(operands, subcommands)) continue;
    const rest = operands.slice(subcommands.length);
    const first = from < 0 ? rest.length + from : from;
    for (const word of rest.slice(Math.max(0, first), first + count)) {
      if (pairs && !word.text.includes('=')) continue;
      const value = pairs ? word.text.slice(word.text.indexOf('=') + 1) : word.text;
      if (isSecretValue(value, 'password')) found.push(tailSpan(text, word, value.length, 'secret'));
    }
  }
};

/**
 * `config set NAME value`, `configure set aws_secret_access_key value`: a verb, then the name of a
 * secret as a separate word.
 */
const findSettings = (text: string, args: readonly Word[], found: SecretSpan[]): void => {
  const verb = args.findIndex((word) => /^(?:set|add|put|config|write|requirepass|AUTH|auth)$/.test(word.text));
  if (verb < 0) return;
  for (let at = verb; at + 1 < args.length && at < verb + 9; at += 1) {
    const name = args[at]?.text ?? '';
    const value = args[at + 1];
    const kind = name.startsWith('-') ? null : /^(?:requirepass|AUTH)$/.test(name) ? 'password' : secretKindOf(name);
    const bare =
      kind !== null &&
      value &&
      (/^(?:set|put|add)$/.test(args[verb]?.text ?? '') ||
        !/^(?:auth|token|tokens|secret|secrets|password)$/.test(name));
    if (bare && !value.text.startsWith('-') && isSecretValue(value.text, kind))
      found.push(tailSpan(text, value, 0, kind));
  }
};

/** `--from-literal=name=value` of kubectl, `--arg password value` of jq. */
const findLiterals = (text: string, args: readonly Word[], found: SecretSpan[]): void => {
  for (const [at, word] of args.entries()) {
    if (!word.text.startsWith('--')) continue;
    const next = args[at + 1];
    const afterNext = args[at + 2];
    if (word.text.startsWith('--from-literal=')) addValue(text, word, word.text.indexOf('=', 15) + 1, '', found);
    else if (word.text === '--from-literal' && next) addValue(text, next, next.text.indexOf('=') + 1, '', found);
    else if (/^--(?:arg|set|set-string|var)$/.test(word.text) && next && afterNext) {
      const kind = secretKindOf(next.text);
      if (kind && isSecretValue(afterNext.text, kind)) found.push(tailSpan(text, afterNext, 0, kind));
    }
  }
};

const SUDO_STDIN = /^-[a-zA-Z]*S|^--stdin$/;
/** Tells whether the program, or sudo before it, reads a password from standard input. */
const readsSecret = (invocation: Invocation, known: SecretArguments | undefined, operands: readonly Word[]): boolean =>
  invocation.via.some((step) => step.name === 'sudo' && step.args.some((word) => SUDO_STDIN.test(word.text))) ||
  (known?.inputs.some(
    ({ subcommands, option }) =>
      startsWith(operands, subcommands) && (!option || invocation.args.some((word) => option.test(word.text))),
  ) ??
    false);

/**
 * Secrets piped or fed to a program: `echo secret | docker login --password-stdin`, `echo secret |
 * sudo -S …`, `docker login … <<< secret`.
 */
const findPipedSecret = (text: string, invocation: Invocation, found: SecretSpan[]): void => {
  const { input } = invocation;
  if (input.kind === 'here-string') found.push(tailSpan(text, input.word, 0, 'password'));
  if (input.kind !== 'pipe') return;
  const producer = input.from.at(-1);
  if (!producer || !/^(?:echo|printf)$/.test(producer.tool)) return;
  const last = producer.args.at(-1);
  if (!last) return;
  const pair = invocation.tool === 'chpasswd' ? last.text.indexOf(':') + 1 : 0;
  const value = last.text.slice(pair);
  if (isSecretValue(value, 'password')) found.push(tailSpan(text, last, value.length, 'password'));
};

const findIn = (text: string, invocation: Invocation, found: SecretSpan[]): void => {
  const known = secretArguments(lookupTool(invocation.tool)?.name ?? invocation.tool);
  findOptions(text, invocation.args, known, found);
  findSettings(text, invocation.args, found);
  findLiterals(text, invocation.args, found);
  for (const { name, value } of invocation.assignments) addAssignment(text, name, value, found);
  if (!known && invocation.via.length === 0) return;
  const operands = known ? operandsOf(invocation) : [];
  if (known) findOperands(text, known, operands, found);
  if (invocation.input.kind !== 'inherited' && readsSecret(invocation, known, operands))
    findPipedSecret(text, invocation, found);
};

/** Secrets found in the parsed command, as spans of the original text. */
export const parsedSecrets = (text: string, analysis: Analysis): readonly SecretSpan[] => {
  const found: SecretSpan[] = [];
  const wrappers = new Set<unknown>();
  for (const invocation of analysis.invocations) {
    findIn(text, invocation, found);
    for (const wrapper of invocation.via) {
      // Several invocations may share a wrapper; it is examined once.
      const key = wrapper.args[0] ?? wrapper;
      if (wrappers.has(key)) continue;
      wrappers.add(key);
      findOptions(text, wrapper.args, secretArguments(lookupTool(wrapper.name)?.name ?? wrapper.name), found);
    }
  }
  for (const { assignment } of analysis.settings) addAssignment(text, assignment.name, assignment.value, found);
  return found;
};

const addAssignment = (text: string, name: string, value: Word | null, found: SecretSpan[]): void => {
  if (!value) return;
  const kind = secretKindOf(name) ?? (/key$/i.test(name) && looksRandom(value.text) ? 'key' : null);
  if (kind && isSecretValue(value.text, kind)) found.push(tailSpan(text, value, 0, kind));
};
