/** Names that announce a secret, and values that can be one (FR-503). */

/** Quick test: without a match, a text contains no name of a secret. */
export const NAME_HINT =
  /pass|pwd|pw\b|psk\b|secret|token|key|cred|auth|cookie|pat\b|pin\b|login|sess|sid\b|identified|bearer|webhook|kennwort|contrase|senha|wachtwoord|mnemonic|appid|sign?(?:ature)?=|code=|assword|user\s?=\s?["']|connect|superuser|create_user|crypt|mysqli|pdo\(|logon|attach|has[lł]o|senord|salasana|heslo|parola|[sş]ifre|adgangskode|jelsz|lozinka|geslo|парол|密|パスワード|비밀|securestring|@(?:tcp|udp|unix)\(|jdbc:oracle|,p=|p-secrets|%[^\s%]+%?,|=\w+%/i;

/**
 * Endings of names; English, German, French, Spanish, Portuguese, Italian, Dutch, Polish, the
 * Scandinavian languages, Finnish, Czech, Hungarian, Romanian, Turkish, Croatian, Slovene, Russian,
 * Chinese, Japanese, Korean.
 */
const PASSWORD =
  /(?:passw(?:or)?ds?|passphrase|passcode|passwort|pass[_-]?phrase|kennwort|mot[_-]?de[_-]?passe|mdp|contrase(?:n|ñ)a|senha|wachtwoord|has[lł]o|passord|l[oö]senord|adgangskode|salasana|heslo|jelsz[oó]|parola|[sş]ifre|lozinka|geslo|пароль|密[码碼]|パスワード|비밀번호|pwd|psw|(?<!by|com|tres|over|under|sur|en|ask)pass|(?:^|[^a-z]|root|bind|user|admin|db|mail|smtp|ftp|owner|open)pw|(?:^|[^a-z]|wifi|wpa|preshared)psk|mfa[_-]?code|token[_-]?code|one[_-]?time[_-]?(?:password|code)|mnemonic|seed[_-]?phrase|recovery[_-]?(?:phrase|code))$/;
const KEY =
  /(?:(?:api|app|access|account|secret|auth|authentication|encryption|encrypt|decrypt|decryption|signing|master|shared|service|deploy|storage|subscription|license|licence|functions?|private|hmac|session|cookie|fernet|vault|recovery|certificate|preshared|consumer|client|bot|publish|unseal)[_.-]?key(?:[_-]?base)?)$/;
const TOKEN =
  /(?:secret|token|(?:^|[_.-])pat|bearer|credentials?|(?:^|[_.-])creds?|authorization|rediscli_auth|(?:npm|basic|http)[_.-]?auth|(?:^|:)_auth|auth[_-]?ident|jwt)$/;
/** Names that look like those above, but name an object, a place or a property. */
const NOT_A_SECRET =
  /(?:existing|pull|tls|ca|build)[_.-]?secrets?$|(?:pub|public|ssh-?public|host)[_.-]?key$|x-amz-credential$|google_application_credentials$|permitrootlogin$/;
/** Suffixes that do not change a name's meaning: `TOKEN_PROD`, `SECRET_2`, `PRIVATE_KEY_B64`. */
const SUFFIX =
  /[_.-]?(?:\d{1,3}|v\d|b64|base64|value|text|plain|plaintext|prod|production|dev|development|staging|stage|test|old|new|current)$/;

export type SecretKind = 'password' | 'token' | 'key';

/**
 * The kind of secret that a name announces, or null. Only the end of the name counts: `token_file`,
 * `password-stdin`, `secretName` and `tokenizer` are not names of secrets.
 */
export const secretKindOf = (name: string): SecretKind | null => {
  if (name === 'PWD' || name === 'OLDPWD' || name.length > 80) return null;
  const plain = name.replace(/^[-_.]+/, '').toLowerCase();
  if (NOT_A_SECRET.test(plain)) return null;
  // npm's setting for a user and password
  if (/(?:^|:)_auth$/.test(name)) return 'token';
  for (const candidate of [plain, plain.replace(SUFFIX, '')]) {
    if (PASSWORD.test(candidate)) return 'password';
    if (KEY.test(candidate)) return 'key';
    if (TOKEN.test(candidate)) return 'token';
  }
  return null;
};

/** Keys of data, such as a sort key or a cache key, and of idempotent requests. */
const DATA_KEY =
  /(?:^|[^a-z])(?:cache|sort|partition|primary|foreign|public|pub|gpg|pgp|idempotency|object|row|group|dedup|host|issue|surrogate|map|hot|lookup|unique|index|composite|registry|shift|short)[_.-]?key$/;

/**
 * Names whose value is a secret only if it looks like one: any other key, an application's id, a
 * login, a session.
 */
export const isWeakName = (name: string): boolean => {
  const plain = name.replace(/^[-_.]+/, '').toLowerCase();
  if (!/(?:[a-z0-9][_.-]?key|(?:^|[_.-])(?:appid|login|auth|dsn|session))$/.test(plain)) return false;
  return !DATA_KEY.test(plain) && !NOT_A_SECRET.test(plain);
};

const NOT_A_VALUE =
  /^(?:[$`<%]|\{\{|\\\$|\\?\d$|@[\w./~-]|\*+$|\.{2,}|…|x+$|[!*]{1,2}$|["'\\]+$|-+$|(?:true|false|null|none|nil|undefined|yes|no|on|off|stdin|prompt|ask|env|file|string|str|text|required|optional|auto|default|basic|bearer|token|disabled?|enabled?|always|never|change_?me|write|redacted|masked|hidden|todo|prohibit-password|without-password)$|(?:your|insert|enter|replace)[_-]|(?:env|file|fd|stdin|prompt|keychain|op|vault|arn|ref|secretsmanager|projects)[:/]|os\.|process\.|env\.|ENV\[|secrets?\.|vars?\.|data\.|local\.|self\.|getpass|input\()/i;
/** `--password PASSWORD`, `TOKEN=YOUR_TOKEN`. */
const PLACEHOLDER = /^(?:[A-Z]+_)*(?:PASSWORD|PASSWD|PASS|TOKEN|SECRET|KEY|APIKEY|CREDENTIALS)(?:_HERE)?$/;
const PATH =
  /^(?:~|\.{0,2})\/[\w./@-]*$|^[a-z]+:\/\/|^[\w-]+\/[\w./-]+\.(?:txt|key|pem|json|ya?ml|env|conf|cfg|crt|gpg)$/i;
const KEY_FILE = /^(?:id_(?:rsa|dsa|ecdsa|ed25519)|[\w-]+\.(?:key|pem|pub|crt|cer|der|p12|pfx|jks|asc|gpg|txt|json))$/;

/** Characters of a value that are examined: names may share a long value. */
const EXAMINED = 512;

/**
 * Tells whether a value after the name of a secret can be a secret. References (`$X`, `<token>`,
 * `{{ x }}`), switches, paths and URLs cannot; a small number after a token name is a count.
 */
export const isSecretValue = (whole: string, kind: SecretKind): boolean => {
  // NUL stands for the rest, so that no pattern takes the part for the whole.
  const value = whole.length > EXAMINED ? `${whole.slice(0, EXAMINED)}\0` : whole;
  if (value === '' || /^\s/.test(value) || NOT_A_VALUE.test(value) || PLACEHOLDER.test(value)) return false;
  if (PATH.test(value) && !hasRandomPart(value)) return false;
  if (kind !== 'password' && /^-?\d{1,7}$/.test(value)) return false;
  if (kind === 'key' && (value.length < 6 || KEY_FILE.test(value))) return false;
  return true;
};

/** Base64 may begin with a slash, or hold some. */
const hasRandomPart = (path: string): boolean =>
  (path.length >= 30 && entropy(path) > 4) ||
  path
    .split('/')
    .some(
      (part) => part.length >= 14 && count(part, /\d/g) > 1 && count(part, /[a-z]/g) > 1 && count(part, /[A-Z]/g) > 1,
    );

/** Shannon entropy in bits per character, of at most the first 256 characters. */
const entropy = (text: string): number => {
  const sample = text.slice(0, 256);
  const counts = new Map<string, number>();
  for (const char of sample) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / sample.length) * Math.log2(count / sample.length);
  return bits;
};

const NOT_RANDOM =
  /^(?:[0-9a-f]{7,128}|[0-9A-F]{7,128}|\d+|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|sha\d+[:-].*|[a-z][a-z-]*|[A-Z][A-Z_]*)$/i;

/**
 * Tells whether a value looks random and is not a hash, UUID, digest, number, word or path. Of a
 * long value, the beginning decides.
 */
export const looksRandom = (whole: string): boolean => {
  const value = whole.slice(0, EXAMINED);
  return (
    value.length >= 16 &&
    /^[\w+/=.~-]+$/.test(value) &&
    /\d/.test(value) &&
    /[A-Za-z]/.test(value) &&
    !NOT_RANDOM.test(value) &&
    !PATH.test(value) &&
    !/[/.].*[/.].*[/.]|\.[a-z]{2,4}$/i.test(value) &&
    entropy(value) > 3.5
  );
};

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** Characters of a possible key that are examined: its beginning decides. */
const KEY_EXAMINED = 128;

/**
 * Tells whether a value has the form of a key: random, or a long hexadecimal or decimal number, or
 * a UUID. Hashes have that form too, so this decides only after a name or in a place of a key.
 */
export const looksLikeKey = (whole: string): boolean => {
  const value = whole.slice(0, KEY_EXAMINED);
  if (/^(?:[0-9a-f]{24,}|\d{15,}|[0-9a-f]{8}:[0-9a-f]{8})$/i.test(value) || UUID.test(value)) return true;
  if (looksRandom(value) || isMixedCase(value)) return true;
  if (value.length < 10 || !/^[\w+=~!.-]+$/.test(value)) return false;
  return value.split(/[-_.]/).some((part) => part.length >= 10 && count(part, /\d/g) > 1 && count(part, /[a-z]/gi) > 1);
};

/** Letters of both cases without an order: every second one changes case, unlike in names. */
const isMixedCase = (value: string): boolean => {
  if (value.length < 20 || !/^[A-Za-z0-9+/_=-]+$/.test(value)) return false;
  const changes = count(value, /[a-z](?=[A-Z])|[A-Z](?=[a-z])/g);
  return changes >= value.length * 0.38;
};

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

/** A word of prose, such as `reset` in `password reset` or `header` in `Bearer header`. */
export const isPlainWord = (value: string): boolean => /^[A-Za-z]{1,18}(?:[-'][a-z]+)*[.,;!?]?$/.test(value);
