/** Names that announce a secret, and values that can be one (FR-503). */

/** Quick test: without a match, a text contains no name of a secret. */
export const NAME_HINT = /pass|pwd|secret|token|key|cred|auth|cookie|pat\b|session|identified|bearer|webhook/i;

const PASSWORD =
  /(?:passw(?:or)?d|passphrase|passcode|passwort|pwd|(?:^|[^a-z]|user|ssh|db|store|key|root|require|my)pass|psw)$/;
const TOKEN =
  /(?:secret|token|api[_-]?key|apikey|(?:access|account|secret|auth|encryption|signing|master|shared|service|deploy|storage|subscription|license|licence|routing|integration|project|write|admin|app|application|functions?)[_-]?key|private[_-]?key|secret[_-]?key[_-]?base|(?:^|[_-])pat|bearer|credentials?|authorization|rediscli_auth|jwt)$/;
/**
 * Suffixes that do not change the meaning of a name: `TOKEN_PROD`, `SECRET_2`, `PRIVATE_KEY_B64`.
 */
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
  for (const candidate of [plain, plain.replace(SUFFIX, '')]) {
    if (PASSWORD.test(candidate)) return 'password';
    if (TOKEN.test(candidate)) return /key(?:[_-]?base)?$/.test(candidate) ? 'key' : 'token';
  }
  return null;
};

const NOT_A_VALUE =
  /^(?:[$`‹<%]|\{\{|\\\$|@[\w./~-]|\*+$|\.{2,}$|x{3,}$|-+$|(?:true|false|null|none|nil|undefined|yes|no|on|off|stdin|prompt|ask|env|file|string|str|text|required|optional|auto|default|basic|bearer|disabled?|enabled?|always|never|change_?me)$|(?:env|file|fd|pass|stdin|prompt|keychain|op|vault|arn|ref|secretsmanager|projects)[:/]|os\.|process\.|env\.|ENV\[|secrets?\.|vars?\.|data\.|local\.|self\.|getpass|input\()/i;
const PATH =
  /^(?:~|\.{0,2})\/[\w./@-]*$|^[a-z]+:\/\/|^[\w-]+\/[\w./-]+\.(?:txt|key|pem|json|ya?ml|env|conf|cfg|crt|gpg)$/i;

/** Characters of a value that are examined: names may share a long value. */
const EXAMINED = 512;

/**
 * Tells whether a value after the name of a secret can be a secret. References (`$X`, `<token>`,
 * `{{ x }}`), switches, paths and URLs cannot; a small number after a token name is a count.
 */
export const isSecretValue = (whole: string, kind: SecretKind): boolean => {
  // NUL stands for the rest, so that no pattern takes the part for the whole.
  const value = whole.length > EXAMINED ? `${whole.slice(0, EXAMINED)}\0` : whole;
  if (value === '' || /^\s/.test(value) || NOT_A_VALUE.test(value)) return false;
  if (PATH.test(value) && !(value.length >= 30 && entropy(value) > 4)) return false;
  if (kind !== 'password' && /^-?\d{1,7}$/.test(value)) return false;
  if (kind === 'key' && value.length < 6) return false;
  return true;
};

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

/** Tells whether a value looks random and is not a hash, UUID, digest, number, word or path. */
export const looksRandom = (value: string): boolean =>
  value.length >= 16 &&
  value.length <= EXAMINED &&
  /^[\w+/=.~-]+$/.test(value) &&
  /\d/.test(value) &&
  /[A-Za-z]/.test(value) &&
  !NOT_RANDOM.test(value) &&
  !PATH.test(value) &&
  !/[/.].*[/.].*[/.]|\.[a-z]{2,4}$/i.test(value) &&
  entropy(value) > 3.5;
