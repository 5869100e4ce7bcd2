/**
 * Files that hold secrets, by name and place. The one predicate for everything that reads, copies,
 * packs or sends files.
 */

/**
 * hashes: password hashes and sudo rules · key: private keys of a person or host · credentials:
 * login data that programs store, tokens, keychains, browser data · key-like: named as a private
 * key, such as a server's, or a directory of credentials · settings: `.env` files · history:
 * command histories.
 */
export type Sensitivity = 'hashes' | 'key' | 'credentials' | 'key-like' | 'settings' | 'history';

const HASHES =
  /(?:^|\/)etc\/(?:g?shadow-?|master\.passwd|spwd\.db|security\/o?passwd|opasswd|sudoers|krb5\.keytab|ppp\/(?:chap|pap)-secrets|samba\/smbpasswd|kcpassword|ipsec\.secrets)\b|\/var\/db\/(?:dslocal|shadow)|\/var\/lib\/(?:sss\/(?:db|secrets)|samba\/private)\//;
const KEY =
  /(?:^|\/)(?:id_(?:rsa|dsa|ecdsa|ed25519|xmss)(?:_sk)?(?:[._-](?!pub$)[\w-]+)?|ssh_host_\w+_key|identity)$|\.ssh\/(?:\*|[\w-]*(?:_rsa|_ed25519|\.pem)|)$|\.ssh$|\.ppk$/;

/** Below a home directory, after the dot. */
const DOT_FILES = [
  String.raw`aws\/(?:credentials|cli\/cache|sso\/cache)`,
  String.raw`config\/gcloud\/(?:credentials\.db|application_default_credentials\.json|access_tokens\.db|legacy_credentials)`,
  String.raw`azure\/(?:accessTokens\.json|msal_\w+(?:\.\w+)?|azureProfile\.json|service_principal_entries)`,
  String.raw`config\/(?:gh\/hosts\.yml|glab-cli|hub|doctl|rclone|op|Bitwarden|heroku|git\/credentials|github-copilot|solana\/id\.json|configstore)`,
  String.raw`(?:oci|aliyun|bluemix|databrickscfg|snowsql|snowflake|kaggle|cloudflared|linode-cli|hcloud|fly\/config\.yml|railway|vercel|pulumi\/credentials\.json)`,
  String.raw`(?:terraformrc|terraform\.d\/credentials[\w.]*|vault-token|s3cfg|boto|netrc|pgpass|my\.cnf|mylogin\.cnf|git-credentials|npmrc|yarnrc\.yml|pypirc|htpasswd)`,
  String.raw`(?:gem\/credentials|cargo\/credentials(?:\.toml)?|m2\/settings(?:-security)?\.xml|gradle\/gradle\.properties|composer\/auth\.json|docker\/config\.json|kube\/(?:config|cache))`,
  String.raw`(?:gnupg\/(?:private-keys-v1\.d|secring\.gpg|\*|$)|password-store|local\/share\/keyrings|claude\/\.credentials\.json|codex\/auth\.json|huggingface\/token|cache\/huggingface\/token)`,
  String.raw`(?:mozilla\/firefox|config\/(?:google-chrome|chromium|BraveSoftware|Slack|discord|Signal)|thunderbird|purple\/accounts\.xml|electrum\/wallets|bitcoin|ethereum\/keystore)`,
  '(?:rhosts|Xauthority|msf4)',
].join('|');
const NAMES = [
  String.raw`logins\.json|key[34]\.db|cookies\.sqlite|signons\.sqlite|Login Data|Cookies(?:\.binarycookies)?|Web Data|Local State`,
  String.raw`login\.keychain(?:-db)?|System\.keychain|SystemKey|TCC\.db|chat\.db|NoteStore\.sqlite|Accounts4\.sqlite`,
  String.raw`wallet\.dat|\.?credentials\.(?:json|csv|xml)|secrets\.ya?ml|terraform\.tfstate|client_secret\w*\.json|service[-_]?account[\w-]*\.json|[\w-]+-credentials\.json`,
  String.raw`(?:[\w.-]+\.)?kubeconfig(?:\.ya?ml)?|krb5cc_\w+|[\w.-]+\.(?:keytab|kdbx?|ovpn|mobileprovision)|gitlab-secrets\.json|wp-config\.php|_netrc|debian\.cnf`,
].join('|');
const PLACES = [
  String.raw`\/run\/secrets\/(?:kubernetes\.io|.*token)|\/var\/run\/secrets\/|kubernetes\.io\/serviceaccount`,
  String.raw`\/etc\/kubernetes\/(?:(?:admin|super-admin|kubelet|controller-manager|scheduler)\.conf|pki\/.*\.key)|\/var\/lib\/kubelet\/(?:pki|kubeconfig|config\.json)`,
  String.raw`\/etc\/rancher\/(?:k3s|rke2)\/|\/var\/lib\/rancher\/\S*\/(?:cred|tls)\/|\/var\/lib\/k0s\/pki\/`,
  String.raw`\/etc\/(?:ssl\/private|pki\/tls\/private|letsencrypt\/(?:live|archive)\/.*priv|wireguard\/|openvpn\/.*\.key|NetworkManager\/system-connections|wpa_supplicant)`,
  String.raw`\/proc\/(?:\d+|self|thread-self|\*|\$\w+|\$\{\w+\}|\$\(.*\))\/(?:environ|mem)$`,
  String.raw`(?:^|\/)Keychains(?:\/|$)|Library\/(?:Cookies|Accounts|Messages)(?:\/|$)|com\.apple\.TCC`,
  String.raw`^\/proc\/kcore$|^\/dev\/k?mem$`,
].join('|');
const CREDENTIALS = new RegExp(
  String.raw`(?:^|\/)\.(?:${DOT_FILES})(?:\/|$|\*)|(?:^|\/)(?:${NAMES})(?:$|["'])|${PLACES}`,
);
const KEY_LIKE =
  /(?:^|\/)(?!.*(?:gpg|pub|sign|release|archive|repo|apt|rpm|dearmor))[\w.-]*\.(?:key|p12|pfx|jks|keystore)$|(?:^|\/)[\w.-]*(?:priv|private|key)[\w.-]*\.pem$/i;
/** Variables that name a file of credentials, by the programs that read them. */
const NAMED =
  /^\$\{?(?:KUBECONFIG|GOOGLE_APPLICATION_CREDENTIALS|AWS_SHARED_CREDENTIALS_FILE|CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE|PGPASSFILE|NETRC|NPM_CONFIG_USERCONFIG|DOCKER_CONFIG|GNUPGHOME|KRB5CCNAME|XAUTHORITY)\}?$/;
/** Whole directories of credentials: a risk only if they leave the machine. */
const DIRECTORY =
  /(?:^|\/)\.(?:aws|kube|azure|docker|gnupg|oci|config\/(?:gcloud|gh))\/?$|\/Library\/(?:Mail|Safari|Group Containers\/group\.com\.apple\.notes)(?:\/|$)/;
const SETTINGS =
  /(?:^|\/)(?:\.env(?:\.(?!example|sample|template|dist)\w+)?|\.envrc|(?:secrets?|prod|production)\.env)$/;
const HISTORY = /(?:^|\/)\.(?:bash|zsh|sh|ash|fish|python|mysql|psql|sqlite|node_repl|rediscli)_history$|fish_history$/;

/** Something that every sensitive path contains; rejects most words at once. */
const HINT =
  /\/\.|^\$|^\.|key|pass|shadow|sudoers|secret|cred|id_|identity|_sk$|\.p(?:em|pk|12|fx)|jks|kdb|keytab|krb5|etc\/|dslocal|[Cc]ookies|logins|signons|Login Data|Web Data|Local State|wallet|tfstate|service|kube|rancher|k0s|environ$|mem$|\.env|history|Library|TCC|chat\.db|NoteStore|Accounts4|SystemKey|wp-config|netrc|debian\.cnf|ovpn|mobileprovision|\/sss\/|samba|kcore/;

/** Glob patterns are compared with these. */
const KNOWN: readonly (readonly [string, Sensitivity])[] = [
  ['/etc/shadow', 'hashes'],
  ['/etc/gshadow', 'hashes'],
  ['/etc/sudoers', 'hashes'],
  ['~/.ssh/id_rsa', 'key'],
  ['~/.ssh/id_ed25519', 'key'],
  ['id_rsa', 'key'],
  ['~/.aws/credentials', 'credentials'],
  ['~/.netrc', 'credentials'],
  ['~/.kube/config', 'credentials'],
  ['.env', 'settings'],
];
const GLOB = /[*?[]/;

/** `@(server.key)` and `+(a|b)`: the first alternative. */
const withoutPatternLists = (path: string): string => path.replace(/[@?+*!]\(([^)|]*)[^)]*\)/g, '$1');

/** What kind of secret a file holds, by its path; null for other files. */
export const sensitivityOf = (written: string): Sensitivity | null => {
  if (written.length > 512 || !(HINT.test(written) || GLOB.test(written))) return null;
  const path = written.includes('(') ? withoutPatternLists(written) : written;
  if (path.endsWith('.pub')) return null;
  if (HASHES.test(path)) return 'hashes';
  if (KEY.test(path)) return 'key';
  if (CREDENTIALS.test(path)) return 'credentials';
  if (KEY_LIKE.test(path) || DIRECTORY.test(path) || NAMED.test(path)) return 'key-like';
  if (SETTINGS.test(path)) return 'settings';
  if (HISTORY.test(path)) return 'history';
  return GLOB.test(path) ? coveredByGlob(path) : null;
};

/** `/etc/sh?dow`, `~/.ssh/id_*`: the pattern must contain at least two letters of the name. */
const coveredByGlob = (pattern: string): Sensitivity | null => {
  const name = pattern.slice(pattern.lastIndexOf('/') + 1);
  if (pattern.length > 80 || name.replace(/\[[^\]]*\]|[^a-z]/gi, '').length < 2) return null;
  const source = pattern
    .replace(/^\/(?:root|home\/[^/*]+|Users\/[^/*]+)\//, '~/')
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replace(/\*+/g, '[^/]*')
    .replace(/\?/g, '[^/]');
  try {
    const expression = new RegExp(`^${source}$`);
    return KNOWN.find(([path]) => expression.test(path))?.[1] ?? null;
  } catch {
    return null;
  }
};
