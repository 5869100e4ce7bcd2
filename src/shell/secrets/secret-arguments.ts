/** Arguments of single tools that are secrets, and their index, which is built on first use. */

/**
 * Options whose value is a secret, per tool or `tool subcommand`. `-p*`: value attached; `-p?`:
 * attached or the next word; otherwise the next word or after `=`. A final `:`, `%` or `,`: only
 * the part of the value after that character is secret (`-u user:password`).
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

/** For all tools: `user:password` in one word. */
const ANY_TOOL = '--auth: --basic-auth: --creds: --userpass:';

/**
 * Operands of `tool subcommand …` that are secret, from this index on (negative: from the end).
 * `=`: only the part after it.
 */
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

/** Programs that read a secret from standard input, such as the output of `echo` or `printf`. */
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

/** One option of a tool. */
export interface SecretOption {
  readonly option: string;
  /** The value may be attached (`-psecret`), and may be the next word. */
  readonly attached: boolean;
  readonly next: boolean;
  /** Only the part of the value after this character is secret; empty for the whole value. */
  readonly separator: string;
}
export interface SecretOperand {
  readonly subcommands: readonly string[];
  readonly from: number;
  readonly count: number;
  readonly pairs: boolean;
}
export interface SecretInput {
  readonly subcommands: readonly string[];
  readonly option: RegExp | undefined;
}
/** Secret arguments of one tool. */
export interface SecretArguments {
  readonly options: readonly SecretOption[];
  readonly subcommandOptions: ReadonlyMap<string, readonly SecretOption[]>;
  readonly operands: readonly SecretOperand[];
  readonly inputs: readonly SecretInput[];
}

const readSpec = (spec: string): SecretOption => {
  const separator = /[:%,]$/.test(spec) ? spec.slice(-1) : '';
  const bare = separator === '' ? spec : spec.slice(0, -1);
  return { option: bare.replace(/[*?]$/, ''), attached: /[*?]$/.test(bare), next: !bare.endsWith('*'), separator };
};
const readSpecs = (line: string): readonly SecretOption[] => line.split(' ').map(readSpec);

interface MutableArguments {
  options: readonly SecretOption[];
  readonly subcommandOptions: Map<string, readonly SecretOption[]>;
  readonly operands: SecretOperand[];
  readonly inputs: SecretInput[];
}

const buildIndex = (): ReadonlyMap<string, SecretArguments> => {
  const index = new Map<string, MutableArguments>();
  const of = (words: string): readonly [MutableArguments, readonly string[]] => {
    const [tool = '', ...subcommands] = words.split(' ');
    const known = index.get(tool) ?? { options: [], subcommandOptions: new Map(), operands: [], inputs: [] };
    index.set(tool, known);
    return [known, subcommands];
  };
  for (const [words, line] of Object.entries(OPTIONS)) {
    const [entry, [subcommand]] = of(words);
    if (subcommand === undefined) entry.options = readSpecs(line);
    else entry.subcommandOptions.set(subcommand, readSpecs(line));
  }
  for (const [words, from, count, form] of OPERANDS) {
    const [entry, subcommands] = of(words);
    entry.operands.push({ subcommands, from, count, pairs: form === '=' });
  }
  for (const [words, option] of READS_SECRET) {
    const [entry, subcommands] = of(words);
    entry.inputs.push({ subcommands, option });
  }
  return index;
};

let index: ReadonlyMap<string, SecretArguments> | null = null;

/** Secret arguments of a tool by its canonical name; undefined for most. */
export const secretArguments = (tool: string): SecretArguments | undefined => {
  index ??= buildIndex();
  return index.get(tool);
};

let any: readonly SecretOption[] | null = null;

/** Options that have the same meaning for every tool. */
export const commonOptions = (): readonly SecretOption[] => (any ??= readSpecs(ANY_TOOL));
