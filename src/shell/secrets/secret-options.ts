/**
 * Finds secrets that need the parsed command: `-p…` is a password for mysql and a port for ssh.
 * Returns spans of the original text.
 */
import { lookupTool } from '../catalogue/catalogue.ts';
import type { Analysis, Invocation, Word } from '../model.ts';
import { addOrigins } from './carried-secrets.ts';
import { findInputSecrets, type Writers, writersOf } from './input-secrets.ts';
import { findScriptArguments } from './script-arguments.ts';
import { commonOptions, type SecretArguments, type SecretOption, secretArguments } from './secret-arguments.ts';
import { isSecretValue, isWeakName, looksLikeKey, secretKindOf } from './secret-names.ts';
import { partSpan, type SecretSpan } from './secret-span.ts';

/** Values of an option `-u` that only stand in for a password beside a key. */
const NO_PASSWORD = /^(?:|x|X|x-oauth-basic|api_token|token|unused)$/;

/** Where the secret part of an option's value begins and what it is; null if there is none. */
const secretPart = (value: string, part: string): readonly [from: number, secret: string] | null => {
  if (part === '') return [0, value];
  const at = part === '~' ? -1 : value.indexOf(part);
  if (at < 0) return (part === '~' || part === ':') && looksLikeKey(value) ? [0, value] : null;
  const user = value.slice(0, at);
  const rest = value.slice(at + 1);
  if (part === '/') return [at + 1, rest.includes('@') ? rest.slice(0, rest.lastIndexOf('@')) : rest];
  return part === ':' && NO_PASSWORD.test(rest) && looksLikeKey(user) ? [0, user] : [at + 1, rest];
};

/** Adds the secret part of a word, whose value begins at `attached`. */
const addValue = (text: string, word: Word, attached: number, part: string, found: SecretSpan[]): void => {
  const [from, secret] = secretPart(word.text.slice(attached), part) ?? [0, ''];
  if (isSecretValue(secret, 'password')) found.push(partSpan(text, word, attached + from, secret, 'password'));
};

/** `-su` is `-s -u`: options of these tools may be written in one word. */
const BUNDLING = /^(?:curl|ldap\w+|zip|unzip|smbclient)$/;

const isBundle = (tool: string, word: string, option: string): boolean =>
  option.length === 2 && BUNDLING.test(tool) && word.endsWith(option.slice(1)) && /^-[A-Za-z]{2,8}$/.test(word);

/** Tells whether a word can be the value of an option, and not a further one. */
const isValue = (word: Word | undefined): word is Word => word !== undefined && !/^-[A-Za-z-]/.test(word.text);

const findOption = (
  text: string,
  tool: string,
  args: readonly Word[],
  at: number,
  { option, attached, next, part }: SecretOption,
  found: SecretSpan[],
): boolean => {
  const word = args[at];
  if (!word) return false;
  const { length } = option;
  const isExact = word.text === option || isBundle(tool, word.text, option);
  if (!isExact && !word.text.startsWith(option)) return false;
  if (isExact) {
    const value = args[at + next];
    // `public` is the community that everybody may read.
    if (next > 0 && isValue(value) && value.text !== 'public') addValue(text, value, 0, part, found);
  } else if (word.text[length] === '=') addValue(text, word, length + 1, part, found);
  else if (attached) addValue(text, word, length, part, found);
  else return false;
  return true;
};

const findOptionValues = (
  text: string,
  tool: string,
  args: readonly Word[],
  specs: readonly SecretOption[],
  found: SecretSpan[],
): void => {
  for (let at = 0; at < args.length; at += 1) for (const spec of specs) findOption(text, tool, args, at, spec, found);
};

/** Words among which those of a line of the table are searched. */
const LEADING = 12;

/** Tells whether the words occur among the leading ones. */
const hasWords = (args: readonly Word[], words: readonly string[]): boolean =>
  words.every((one) => args.slice(0, LEADING).some((word) => word.text === one));

const findOptions = (
  text: string,
  tool: string,
  args: readonly Word[],
  known: SecretArguments | undefined,
  found: SecretSpan[],
): void => {
  if (
    args.some(
      (word) =>
        /^--?(?:[a-z]{3,5}-)?(?:auth|basic-auth|creds|userpass|credentials|auth-cred)\b/.test(word.text) ||
        word.text === '--proxy-user',
    )
  )
    findOptionValues(text, tool, args, commonOptions(), found);
  for (const { subcommands, options } of known?.options ?? [])
    if (hasWords(args, subcommands)) findOptionValues(text, tool, args, options, found);
};

/** Options of login commands whose value is the next word. */
const VALUE_OPTION =
  /^(?:--(?:host|hostname|registry|url|server|user|username|email|name|context|profile|org|project|team|region|scope|method|config|repo|vault-id|encrypt-vault-id)|-[uhHncmrtPUWALI]|-salt|-accessor|-dc-ip|-target-ip|-hashes)$/;

/** Operands of an invocation without options and their values; the first are its subcommands. */
const operandsOf = (tool: string, args: readonly Word[]): readonly Word[] => {
  const valueOptions = lookupTool(tool)?.valueOptions;
  return args.filter((word, at) => {
    const before = args[at - 1]?.text ?? '';
    return !word.text.startsWith('-') && !VALUE_OPTION.test(before) && valueOptions?.has(before) !== true;
  });
};

const startsWith = (operands: readonly Word[], subcommands: readonly string[]): boolean =>
  subcommands.every((word, at) => operands[at]?.text === word);

/** `DOMAIN/bob:password@host`, and `scott/tiger@database`. */
const TARGET = /^(?:[^/:@\s]{1,64}\/)?[^/:@\s]{1,64}:(?=[^\s]{2})/;
const ORACLE = /^[\w$#"]{1,64}\/(?=[^/\s])/;

/** `vault kv put secret/db username=bob …` */
const USER = /^(?:user(?:_?name)?|login|host(?:_?name)?|port|email|role(?:_id)?)=/i;

const addOperand = (text: string, word: Word, form: string, found: SecretSpan[]): void => {
  const push = (from: number, end: number): void => {
    const secret = word.text.slice(from, end);
    if (isSecretValue(secret, 'password')) found.push(partSpan(text, word, from, secret, 'secret'));
  };
  const { length } = word.text;
  const host = word.text.lastIndexOf('@');
  if (form === 'all') {
    if (!/^[a-z_]{1,30}=/.test(word.text)) push(0, length);
  } else if (form === 'key') {
    if (looksLikeKey(word.text)) push(0, length);
  } else if (form === 'target' || form === 'oracle') {
    const before = (form === 'target' ? TARGET : ORACLE).exec(word.text)?.[0].length;
    if (before !== undefined) push(before, host > before ? host : length);
  } else {
    const at = form === 'path' ? word.text.lastIndexOf('/') : word.text.indexOf(form === 'pair' ? '=' : ':');
    if (at >= 0 && !USER.test(word.text)) push(at + 1, length);
  }
};

const findOperands = (
  text: string,
  args: readonly Word[],
  known: SecretArguments,
  operands: readonly Word[],
  found: SecretSpan[],
): void => {
  for (const { subcommands, from, count, form, when } of known.operands) {
    if (!startsWith(operands, subcommands) || (when && !args.some((word) => when.test(word.text)))) continue;
    const rest = operands.slice(subcommands.length);
    const first = Math.max(0, from < 0 ? rest.length + from : from);
    for (const word of rest.slice(first, first + count)) addOperand(text, word, form, found);
  }
};

const VERB =
  /^(?:(?:--)?set|add|put|config|write|requirepass|auth|set-env|setenv|setx|set-environment|set_network|env:set|config:set|secrets?:set|set-password|[\w:-]+[:_-](?:hash|set|change|reset)-password)$/i;

/** `set-credentials` is a subcommand and no name. */
const ACTION = /^(?:set|get|add|create|delete|list|describe|update|remove)[-_]/;

/**
 * `config set NAME value`, `configure set aws_secret_access_key value`: a verb, then the name of a
 * secret as a separate word.
 */
const findSettings = (text: string, tool: string, args: readonly Word[], found: SecretSpan[]): void => {
  // Settings of vault are pairs; what follows `policy write` is a file.
  if (tool === 'vault') return;
  const isVerb = VERB.test(tool);
  const verb = isVerb ? 0 : args.findIndex((word) => VERB.test(word.text));
  if (verb < 0) return;
  for (let at = verb; at + 1 < args.length && at < verb + 9; at += 1) {
    const name = args[at]?.text ?? '';
    const value = args[at + 1];
    if (!value || name.startsWith('-') || value.text.startsWith('-') || ACTION.test(name)) continue;
    const kind = /^(?:requirepass|masterauth|AUTH)$/.test(name) ? 'password' : secretKindOf(name);
    if (!kind || isKeyId(name, value.text)) continue;
    const named =
      isVerb ||
      /^-{0,2}(?:set|put|add)/i.test(args[verb]?.text ?? '') ||
      !/^(?:auth|token|tokens|secret|secrets|password)$/.test(name);
    if (named && isSecretValue(value.text, kind)) found.push(partSpan(text, value, 0, value.text, kind));
  }
};

/** `git config user.signingkey BD1E…` holds the id of a key. */
const isKeyId = (name: string, value: string): boolean =>
  /signing-?key$/i.test(name) && /^[0-9A-F]{8,40}$/i.test(value);

/** `--from-literal=name=value` of kubectl, `--arg password value` of jq. */
const findLiterals = (text: string, args: readonly Word[], found: SecretSpan[]): void => {
  for (const [at, word] of args.entries()) {
    if (!word.text.startsWith('--')) continue;
    const next = args[at + 1];
    const afterNext = args[at + 2];
    if (word.text.startsWith('--from-literal=')) addValue(text, word, word.text.indexOf('=', 15) + 1, '', found);
    else if (word.text === '--from-literal' && next) addValue(text, next, next.text.indexOf('=') + 1, '', found);
    else if (/^--(?:arg|set|set-string|var)$/.test(word.text) && next && isValue(afterNext)) {
      const kind = next.text.includes('=') ? null : secretKindOf(next.text);
      if (kind && isSecretValue(afterNext.text, kind)) found.push(partSpan(text, afterNext, 0, afterNext.text, kind));
    }
  }
};

/** `redis-cli AUTH user password`, `ACL SETUSER bob on '>password'`. */
const findRedis = (text: string, args: readonly Word[], found: SecretSpan[]): void => {
  const at = args.findIndex((word) => /^(?:auth|acl)$/i.test(word.text));
  if (at < 0) return;
  const isAuth = args[at]?.text.toLowerCase() === 'auth';
  for (const word of isAuth ? args.slice(-1) : args.slice(at)) {
    if (isAuth) addValue(text, word, 0, '', found);
    else if (word.text.startsWith('>')) addValue(text, word, 1, '', found);
  }
};

/** `printf 'DB_PASSWORD=%s' secret`. */
const findFormatted = (text: string, args: readonly Word[], found: SecretSpan[]): void => {
  const format = args[0]?.text.slice(0, 4096) ?? '';
  const directive = /(?:([\w.-]{1,64})\\?["']?\s{0,4}[=:]\s{0,4}\\?["']?)?%[-+ 0-9.]{0,8}[a-zA-Z]/g;
  let at = 0;
  for (const match of format.matchAll(directive)) {
    at += 1;
    const value = args[at];
    const kind = secretKindOf(match[1] ?? '');
    if (value && kind && isSecretValue(value.text, kind)) found.push(partSpan(text, value, 0, value.text, kind));
  }
};

/** Programs that start another one: `npx x`, `bundle exec x`, `python -m x`, `java -jar x.jar`. */
const LAUNCHERS: ReadonlyMap<string, RegExp | null> = new Map([
  ...['npx', 'bunx', 'uvx'].map((tool) => [tool, null] as const),
  ...['pnpm', 'yarn', 'npm', 'bundle'].map((tool) => [tool, /^(?:dlx|exec)$/] as const),
  ...['pipx', 'uv', 'poetry', 'pipenv'].map((tool) => [tool, /^run$/] as const),
  ...['python', 'python3'].map((tool) => [tool, /^-m$/] as const),
  ['java', /^-jar$/],
]);

interface Program {
  readonly tool: string;
  readonly args: readonly Word[];
}

/** The program that a launcher starts, and its arguments; the invocation itself otherwise. */
const launched = ({ tool, args }: Invocation): Program => {
  const verb = LAUNCHERS.get(tool);
  if (verb === undefined) return { tool, args };
  const from = verb === null ? 0 : args.findIndex((word) => verb.test(word.text)) + 1;
  if (from === 0 && verb !== null) return { tool, args };
  const at = args.findIndex((word, index) => index >= from && !word.text.startsWith('-'));
  const name = args[at]?.text;
  if (name === undefined) return { tool, args };
  return { tool: name.slice(name.lastIndexOf('/') + 1), args: args.slice(at + 1) };
};

/** Programs of cloud providers, in whose options a key is a credential (`--primary-key`). */
const CLOUD = /^(?:az|aws|gcloud|ibmcloud|oci|doctl|aliyun|linode-cli|hcloud|scw|exo|civo|vultr-cli)$/;
const KEY_OPTION = /^--(?:[a-z]+-)*key\d?(?==|$)/;
/** What these name is a column, a public key or another key without a secret. */
const PLAIN_KEY = /^--(?:(?:partition|sort|hash|range|foreign|public|ssh|object|cache|group)-key\b|key$)/;

const findKeyOptions = (text: string, args: readonly Word[], found: SecretSpan[]): void => {
  for (const [at, word] of args.entries()) {
    const option = KEY_OPTION.exec(word.text)?.[0];
    if (option === undefined || PLAIN_KEY.test(option)) continue;
    const isAttached = word.text.length > option.length;
    const holder = isAttached ? word : args[at + 1];
    const from = isAttached ? option.length + 1 : 0;
    const value = holder?.text.slice(from) ?? '';
    if (holder && looksLikeKey(value)) found.push(partSpan(text, holder, from, value, 'key'));
  }
};

const USER_OPTION = /^(?:-u|--user(?:name)?|--login)$/;
/** A port, a path, a reference or a URL. */
const NO_PASSWORD_VALUE = /^\d{1,5}(?:$|[:,-])|^[.~/$-]|:|\.(?:json|ya?ml|toml|conf|cfg|ini|txt|js|ts|py)$/;

/** `tool -u name -p password`, of a program of which nothing is known. */
const findUserAndPassword = (text: string, args: readonly Word[], found: SecretSpan[]): void => {
  const at = args.findIndex((word) => word.text === '-p');
  const value = args[at + 1];
  if (at < 0 || !value || NO_PASSWORD_VALUE.test(value.text)) return;
  const isBeside = [at - 2, at + 2].some(
    (user) => USER_OPTION.test(args[user]?.text ?? '') && /^[\w.@-]+$/.test(args[user + 1]?.text ?? '-'),
  );
  if (isBeside) addValue(text, value, 0, '', found);
};

const findIn = (text: string, invocation: Invocation, written: Writers, found: SecretSpan[]): void => {
  const { tool, args } = launched(invocation);
  const canonical = lookupTool(tool)?.name ?? tool;
  const known = secretArguments(tool, canonical);
  findOptions(text, canonical, args, known, found);
  findSettings(text, tool, args, found);
  findLiterals(text, args, found);
  if (/^(?:redis|valkey|keydb)-cli$/.test(tool)) findRedis(text, args, found);
  for (const { name, value } of invocation.assignments) addAssignment(text, name, value, found);
  const operands = known ? operandsOf(tool, args) : [];
  if (known) findOperands(text, args, known, operands, found);
  findInputSecrets(text, invocation, known, operands, written, found);
  if (!known && canonical === tool && !lookupTool(tool)) findUserAndPassword(text, args, found);
  if (CLOUD.test(canonical)) findKeyOptions(text, args, found);
  findScriptArguments(text, invocation, found);
  if (tool === 'printf') findFormatted(text, args, found);
};

/** Secrets found in the parsed command, as spans of the original text. */
export const parsedSecrets = (text: string, analysis: Analysis): readonly SecretSpan[] => {
  const found: SecretSpan[] = [];
  const wrappers = new Set<unknown>();
  const bodies = analysis.functions.flatMap(({ invocations }) => invocations);
  const programs = [...analysis.invocations, ...bodies];
  const written = writersOf(text, programs);
  for (const invocation of programs) {
    findIn(text, invocation, written, found);
    for (const wrapper of invocation.via) {
      // Several invocations may share a wrapper; it is examined once.
      const key = wrapper.args[0] ?? wrapper;
      if (wrappers.has(key)) continue;
      wrappers.add(key);
      const canonical = lookupTool(wrapper.name)?.name ?? wrapper.name;
      findOptions(text, canonical, wrapper.args, secretArguments(wrapper.name, canonical), found);
    }
  }
  for (const { assignment } of analysis.settings) addAssignment(text, assignment.name, assignment.value, found);
  addOrigins(text, analysis, found);
  return found.filter(({ start, end }) => end > start);
};

const addAssignment = (text: string, name: string, value: Word | null, found: SecretSpan[]): void => {
  if (!value) return;
  const kind = secretKindOf(name) ?? (isWeakName(name) && looksLikeKey(value.text) ? 'key' : null);
  if (kind && !isKeyId(name, value.text) && isSecretValue(value.text, kind))
    found.push(partSpan(text, value, 0, value.text, kind));
};
