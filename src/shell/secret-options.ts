/**
 * Secrets that only the parsed command tells: `-p…` is a password for mysql and a port for ssh. Data first, then the code that
 * finds the spans of those values in the original text.
 */
import { afterGlobalOptions, lookupTool } from './catalogue.ts';
import type { Analysis, Invocation, Word } from './model.ts';
import { isSecretValue, looksRandom, tellingKind } from './secret-names.ts';
import type { SecretSpan } from './secret-scan.ts';

/**
 * Per tool (or `tool subcommand`), its options whose value is a secret. `-p*`: glued only; `-p?`: glued or the next word; else the
 * next word or after `=`. `:`, `%`, `,` at the end: only what follows that character is secret (`-u user:password`).
 */
const OPTIONS: Readonly<Record<string, string>> = {
  mysql: '-p*',
  mysqldump: '-p*',
  mysqladmin: '-p*',
  mysqlimport: '-p*',
  mysqlcheck: '-p*',
  mycli: '-p?',
  sshpass: '-p?',
  curl: '-u?: --user: -U?: --proxy-user: --pass --tlspassword --proxy-pass',
  wget: '--password --http-password --ftp-password --proxy-password',
  http: '-a: --auth:',
  'redis-cli': '-a --pass',
  ldapsearch: '-w?',
  ldapadd: '-w?',
  ldapmodify: '-w?',
  ldapdelete: '-w?',
  ldapwhoami: '-w?',
  ldappasswd: '-w? -s? -a?',
  smbclient: '-U?% --user%',
  rpcclient: '-U?%',
  mongo: '-p?',
  mongosh: '-p?',
  mongodump: '-p?',
  mongorestore: '-p?',
  mongoexport: '-p?',
  mongoimport: '-p?',
  mongostat: '-p?',
  cqlsh: '-p?',
  'docker login': '-p?',
  'podman login': '-p?',
  'nerdctl login': '-p?',
  'buildah login': '-p?',
  'skopeo login': '-p?',
  'az login': '-p',
  'kubectl login': '-p?',
  'cf login': '-p',
  'argocd login': '--password',
  '7z': '-p*',
  zip: '-P?',
  unzip: '-P?',
  rar: '-p* -hp*',
  unrar: '-p*',
  openssl: '-k -K',
  mosquitto_pub: '-P',
  mosquitto_sub: '-P',
  sqlcmd: '-P?',
  bcp: '-P?',
  isql: '-P?',
  'ssh-keygen': '-N?',
  'security add-generic-password': '-w',
  'security add-internet-password': '-w',
  'security unlock-keychain': '-p',
  'security create-keychain': '-p',
  'security import': '-P',
  lftp: '-u?,',
  useradd: '-p',
  usermod: '-p',
  xfreerdp: '/p:*',
  rdesktop: '-p',
  vncviewer: '-password',
  hydra: '-p',
  crackmapexec: '-p',
  'evil-winrm': '-p',
  snmpget: '-A -X',
  snmpwalk: '-A -X',
  ipmitool: '-P',
  'gh secret': '-b --body',
  'aws secretsmanager': '--secret-string --secret-binary',
  'fly auth': '-t?',
  caddy: '--plaintext',
  nmcli: 'password wifi-sec.psk 802-11-wireless-security.psk',
  'doctl auth': '-t --access-token',
  snowsql: '-p',
  impala: '-p',
  winexe: '-U?%',
  kadmin: '-w',
  net: '-U?%',
  clickhouse: '--password',
  influx: '-p?',
  ykman: '-p -P',
};

/** Of any tool: `user:password` in one word. */
const ANY_TOOL = '--auth: --basic-auth: --creds: --userpass:';

const optionsOf = (words: string): string | undefined => (Object.hasOwn(OPTIONS, words) ? OPTIONS[words] : undefined);

/** `tool subcommand …` whose operands from this position on (negative: from the end) are secret; `=`: only what follows it. */
const OPERANDS: readonly (readonly [words: string, from: number, count: number, form?: '='])[] = [
  ['rabbitmqctl add_user', 1, 1],
  ['rabbitmqctl change_password', 1, 1],
  ['rabbitmqctl authenticate_user', 1, 1],
  ['vault kv put', 1, 99, '='],
  ['vault kv patch', 1, 99, '='],
  ['vault write', 1, 99, '='],
  ['vault login', 0, 1],
  ['fly secrets set', 0, 99, '='],
  ['doppler secrets set', 0, 99, '='],
  ['infisical secrets set', 0, 99, '='],
  ['supabase secrets set', 0, 99, '='],
  ['chamber write', 2, 1],
  ['bw login', 1, 1],
  ['bw unlock', 0, 1],
  ['rclone obscure', 0, 1],
  ['mysqladmin password', 0, 1],
  ['wpa_passphrase', 1, 1],
  ['ansible-vault encrypt_string', 0, 1],
  ['openssl passwd', 0, 1],
  ['htpasswd', -1, 1],
];

/** Programs that read a secret from standard input: what `echo` or `printf` sends them is one. */
const READS_SECRET: readonly (readonly [words: string, option?: RegExp])[] = [
  ['docker login', /^--password-stdin$/],
  ['podman login', /^--password-stdin$/],
  ['helm registry', /^--password-stdin$/],
  ['gh auth', /^--with-token$/],
  ['glab auth', /^--stdin$/],
  ['gh secret'],
  ['wrangler secret'],
  ['vercel env'],
  ['chpasswd'],
  ['passwd'],
  ['kinit'],
  ['ssh-add'],
  ['cryptsetup'],
  ['docker secret'],
  ['podman secret'],
  ['kubeseal'],
  ['smbpasswd'],
  ['pass insert'],
  ['vault login'],
  ['gpg', /^--passphrase-fd/],
  ['oc login'],
  ['argocd login'],
];

/** Leading operands of an invocation (subcommands and what follows), options left out. */
const operandsOf = (invocation: Invocation): readonly Word[] => {
  const tool = lookupTool(invocation.tool);
  return afterGlobalOptions(invocation.args, tool?.valueOptions ?? new Set()).filter(
    (word) => !word.text.startsWith('-'),
  );
};

const matchesWords = (invocation: Invocation, operands: readonly Word[], words: string): boolean => {
  const [tool, ...subcommands] = words.split(' ');
  const name = lookupTool(invocation.tool)?.name ?? invocation.tool;
  return name === tool && subcommands.every((word, at) => operands[at]?.text === word);
};

/** The span of the last `length` characters of what a word says, inside its closing quote; the whole word where that is unclear. */
const tailSpan = (text: string, word: Word, length: number, kind: string): SecretSpan => {
  const raw = text.slice(word.start, word.end);
  const secret = length > 0 ? word.text.slice(-length) : word.text;
  const at = raw.lastIndexOf(secret);
  if (secret !== '' && at >= 0) return { start: word.start + at, end: word.start + at + secret.length, kind };
  const cut = raw.search(/[=:]/);
  const inner = length > 0 && length < word.text.length && cut >= 0 ? cut + 1 : 0;
  return { start: word.start + inner, end: word.end, kind };
};

const SEPARATORS = ':%,';

/** Adds the secret of a value word, or of the end of it that follows the separator. */
const addValue = (text: string, word: Word, glued: number, separator: string, found: SecretSpan[]): void => {
  let value = word.text.slice(glued);
  if (separator !== '') {
    const at = value.indexOf(separator);
    if (at < 0) return;
    value = value.slice(at + 1);
  }
  if (isSecretValue(value, 'password')) found.push(tailSpan(text, word, value.length, 'password'));
};

const takeOption = (text: string, args: readonly Word[], at: number, spec: string, found: SecretSpan[]): void => {
  const word = args[at];
  if (!word) return;
  const separator = SEPARATORS.includes(spec.at(-1) ?? '') && !spec.endsWith(':*') ? spec.slice(-1) : '';
  const bare = separator === '' ? spec : spec.slice(0, -1);
  const option = bare.replace(/[*?]$/, '');
  if (word.text === option) {
    const next = args[at + 1];
    if (!bare.endsWith('*') && next && !next.text.startsWith('-')) addValue(text, next, 0, separator, found);
  } else if (word.text.startsWith(`${option}=`)) addValue(text, word, option.length + 1, separator, found);
  else if (/[*?]$/.test(bare) && word.text.startsWith(option)) addValue(text, word, option.length, separator, found);
};

const findOptions = (text: string, invocation: Pick<Invocation, 'tool' | 'args'>, found: SecretSpan[]): void => {
  const name = lookupTool(invocation.tool)?.name ?? invocation.tool;
  const specs = [ANY_TOOL, optionsOf(name)];
  for (const word of invocation.args.slice(0, 6)) specs.push(optionsOf(`${name} ${word.text}`));
  for (const spec of specs.flatMap((line) => line?.split(' ') ?? []))
    for (let at = 0; at < invocation.args.length; at += 1) takeOption(text, invocation.args, at, spec, found);
};

const findOperands = (text: string, invocation: Invocation, operands: readonly Word[], found: SecretSpan[]): void => {
  for (const [words, from, count, form] of OPERANDS) {
    if (!matchesWords(invocation, operands, words)) continue;
    const rest = operands.slice(words.split(' ').length - 1);
    const first = from < 0 ? rest.length + from : from;
    for (const word of rest.slice(Math.max(0, first), first + count)) {
      const value = form === '=' ? word.text.slice(word.text.indexOf('=') + 1) : word.text;
      if (form === '=' && !word.text.includes('=')) continue;
      if (isSecretValue(value, 'password')) found.push(tailSpan(text, word, value.length, 'secret'));
    }
  }
};

/** `config set NAME value`, `configure set aws_secret_access_key value`: a telling name as a word of its own, after a setting verb. */
const findSettings = (text: string, args: readonly Word[], found: SecretSpan[]): void => {
  const verb = args.findIndex((word) => /^(?:set|add|put|config|write|requirepass|AUTH|auth)$/.test(word.text));
  if (verb < 0) return;
  for (let at = verb; at + 1 < args.length && at < verb + 9; at += 1) {
    const name = args[at]?.text ?? '';
    const value = args[at + 1];
    const kind = name.startsWith('-') ? null : /^(?:requirepass|AUTH)$/.test(name) ? 'password' : tellingKind(name);
    const bare =
      kind !== null &&
      value &&
      (/^(?:set|put|add)$/.test(args[verb]?.text ?? '') ||
        !/^(?:auth|token|tokens|secret|secrets|password)$/.test(name));
    if (bare && !value.text.startsWith('-') && isSecretValue(value.text, kind))
      found.push(tailSpan(text, value, 0, kind));
  }
};

const findLiterals = (text: string, args: readonly Word[], found: SecretSpan[]): void => {
  for (const [at, word] of args.entries()) {
    const named = /^--(?:arg|set|set-string|var)$/.test(args[at - 1]?.text ?? '') ? tellingKind(word.text) : null;
    const behind = args[at + 1];
    if (named && behind && isSecretValue(behind.text, named)) found.push(tailSpan(text, behind, 0, named));
    const glued = /^--from-literal=[^=]+=/.exec(word.text)?.[0].length;
    if (glued !== undefined) addValue(text, word, glued, '', found);
    else if (word.text === '--from-literal') {
      const next = args[at + 1];
      if (next) addValue(text, next, next.text.indexOf('=') + 1, '', found);
    }
  }
};

/** `echo secret | docker login --password-stdin`, `echo secret | sudo -S …`, `docker login … <<< secret`. */
const findFed = (text: string, invocation: Invocation, operands: readonly Word[], found: SecretSpan[]): void => {
  const sudo = invocation.via.some(
    (step) => step.name === 'sudo' && step.args.some((word) => /^-[a-zA-Z]*S|^--stdin$/.test(word.text)),
  );
  const reads = READS_SECRET.some(
    ([words, option]) =>
      matchesWords(invocation, operands, words) && (!option || invocation.args.some((word) => option.test(word.text))),
  );
  if (!sudo && !reads) return;
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

/** Secrets that the parsed command tells, as spans of the original text. */
export const parsedSecrets = (text: string, analysis: Analysis): readonly SecretSpan[] => {
  const found: SecretSpan[] = [];
  for (const invocation of analysis.invocations) {
    const operands = operandsOf(invocation);
    findOptions(text, invocation, found);
    findOperands(text, invocation, operands, found);
    findSettings(text, invocation.args, found);
    findLiterals(text, invocation.args, found);
    findFed(text, invocation, operands, found);
    for (const wrapper of invocation.via) findOptions(text, { tool: wrapper.name, args: wrapper.args }, found);
    for (const { name, value } of invocation.assignments) addAssignment(text, name, value, found);
  }
  for (const { assignment } of analysis.settings) addAssignment(text, assignment.name, assignment.value, found);
  return found;
};

const addAssignment = (text: string, name: string, value: Word | null, found: SecretSpan[]): void => {
  if (!value) return;
  const kind = tellingKind(name) ?? (/key$/i.test(name) && looksRandom(value.text) ? 'key' : null);
  if (kind && isSecretValue(value.text, kind)) found.push(tailSpan(text, value, 0, kind));
};
