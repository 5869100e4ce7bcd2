/**
 * Values after the name of a secret: `name=value`, `"name": "value"`, `--name value`,
 * `X-Name: value`. Knows nothing of shell words.
 */
import {
  isPlainWord,
  isSecretValue,
  isWeakName,
  looksLikeKey,
  looksRandom,
  type SecretKind,
  secretKindOf,
} from './secret-names.ts';
import type { SecretSpan } from './secret-span.ts';
import type { Zone, ZoneAt } from './text-zones.ts';
import { type Ends, valueEnds } from './value-ends.ts';

const MAX_NAME_LENGTH = 64;
const MAX_SHARING = 256;

interface NamedSpan {
  readonly name: string;
  /** The two characters before it. */
  readonly before: string;
  readonly start: number;
  readonly end: number;
}

/** Extends a match to the whole name around it: letters, digits, `_`, `-`, `.`. */
const nameAround = (text: string, start: number, end: number): NamedSpan => {
  let from = start;
  while (from > 0 && start - from < MAX_NAME_LENGTH && /[\w.-]/.test(text[from - 1] ?? '')) from -= 1;
  let to = end;
  while (to < text.length && to - end < MAX_NAME_LENGTH && /[\w-]/.test(text[to] ?? '')) to += 1;
  return { name: text.slice(from, to), before: text.slice(Math.max(0, from - 2), from), start: from, end: to };
};

const SEPARATOR = /(\\*["']?\]?)([ \t]*)(=>|:=|==|=~|=|::|:\/\/|:|(?=\s))([ \t]*)(\\*["']?)/y;
/** Headers whose whole value is secret, whatever their scheme. */
const SECRET_HEADER =
  /^(?:proxy-)?authorization$|^(?:set-)?cookie$|^x-(?:[\w-]*-)?(?:key|token|auth|secret|password|apikey)$|^(?:private|job|deploy)-token$|(?:^|-)(?:api-?key|access-token|auth-token|subscription-key)$/i;
const HEADER = /(?:authorization|^x-|-token|-key|^api-?key|^cookie)/i;
/** Headers and settings with such a name that are no secrets. */
const PLAIN_HEADER = /^(?:idempotency|surrogate|cache|x-cache|x-idempotency|sec-websocket)-key$/i;

/** `/password:x`, and `certificate_password:x` as a word; `rake password:reset` is a task. */
const isWord = ({ before, name }: NamedSpan, value: string, kind: SecretKind): boolean =>
  kind === 'password' &&
  (/(?:^|\s)\/$/.test(before) ||
    (/(?:^|\s)$/.test(before) && /^\w+$/.test(name) && (name.includes('_') || !isPlainWord(value))));

/**
 * Decides by the separator: `password: x` and `--password x` announce a value; others only count if
 * the value looks like a secret.
 */
const isSecretAfter = (named: NamedSpan, separator: RegExpExecArray, value: string, kind: SecretKind): boolean => {
  const [, closing = '', , sign = '', gap = '', opening = ''] = separator;
  if (sign === '=' || sign === ':=' || sign === '=>')
    return isSecretValue(value, kind) && !/^(?:id|type|src|source)=/.test(value);
  if (sign === ':') {
    const isExplicit =
      isWord(named, value, kind) ||
      gap !== '' ||
      opening !== '' ||
      closing !== '' ||
      HEADER.test(named.name) ||
      looksRandom(value);
    return isExplicit && isSecretValue(value, kind);
  }
  // `[ $token == x ]` compares, `api_key==x` is a parameter.
  if (sign === '==') return gap === '' && isSecretValue(value, kind) && /\d/.test(value);
  if (sign !== '') return false;
  // `["db"]["password"] "x"`
  if (closing.endsWith(']') && opening !== '') return isSecretValue(value, kind);
  // `--private-key deploy_key` names a file.
  if (/^-{1,2}private-?key$/.test(named.name)) return looksLikeKey(value);
  if (named.name.startsWith('-')) return !value.startsWith('-') && isSecretValue(value, kind);
  // `secret default-token-x2x4z` names an object.
  return looksRandom(value) && !/^[a-z0-9]+(?:-[a-z0-9]+)+$/.test(value);
};

/** A message or pattern mentions names; a value there counts if it is no word and no pattern. */
const isMention = (zone: Zone | null, value: string, sign: string): boolean => {
  if (zone === null || zone.kind === 'replaced' || (zone.kind === 'shown' && sign !== ':')) return false;
  if (zone.kind === 'ignored') return true;
  const [first = ''] = value.split(/\s/, 1);
  if (isPlainWord(first) || !/\d/.test(first) || first.length < 6) return true;
  return zone.kind === 'pattern' && /[\\[\](){}*?^|]|\.[*+]/.test(value);
};

const SCHEME = /^[A-Za-z][A-Za-z0-9-]{0,24}(?:[ ]+|[ ]+token=\\*["']?)(?=[^\s"'])/;
/** `bcrypt('…')`, `Hash::make("…")`: the value is the argument. */
const WRAPPED =
  /[\w.:]{0,40}(?:crypt|hash|make|encode|quote|sha\d*|md5|bytes|str|string|raw|hashpw|hashSync)\(\s{0,4}\\*["']/iy;
const USER_AND_PASSWORD = /^[\w.@-]{1,64}[:/](?=[^/\s]{3})/;

/** `password = input(…)`: a call, and no value. */
const isCall = (text: string, end: number, value: string): boolean => text[end] === '(' && /^[\w.:>-]+$/.test(value);

/** The part of a value that is secret: after the scheme, inside a call, after the user's name. */
const headerStart = (text: string, start: number, end: number): number => {
  const scheme = SCHEME.exec(text.slice(start, Math.min(end, start + 60)))?.[0] ?? '';
  return looksRandom(scheme.trim()) ? start : start + scheme.length;
};

const spanAfter = (
  text: string,
  named: NamedSpan,
  kind: SecretKind | 'weak',
  ends: Ends,
  zone: Zone | null,
): SecretSpan | null => {
  SEPARATOR.lastIndex = named.end;
  const separator = SEPARATOR.exec(text);
  if (!separator || PLAIN_HEADER.test(named.name)) return null;
  const [, , , sign = ''] = separator;
  const quote = /["']$/.exec(separator[5] ?? '')?.[0] ?? '';
  let start = SEPARATOR.lastIndex;
  if (sign === ':' && SECRET_HEADER.test(named.name)) {
    const end = ends.header(
      start,
      quote,
      text[named.start - 1] ?? '',
      separator[4] !== '',
      /cookie$/i.test(named.name),
    );
    start = headerStart(text, start, end);
    const value = text.slice(start, end);
    const isSecret = isSecretValue(value, 'password') && !isMention(zone, value, sign);
    return isSecret
      ? { start, end, kind: /cookie$/i.test(named.name) ? 'cookie' : kind === 'weak' ? 'key' : kind }
      : null;
  }
  WRAPPED.lastIndex = start;
  const wrapped = quote === '' && sign !== '' ? WRAPPED.exec(text) : null;
  if (wrapped) start = WRAPPED.lastIndex;
  const stop = ends.value(start, wrapped ? wrapped[0].slice(-1) : quote);
  const end = zone?.kind === 'replaced' ? Math.min(stop, zone.end) : stop;
  const value = text.slice(start, end);
  if (isMention(zone, value, sign) || (quote === '' && !wrapped && isCall(text, end, value))) return null;
  // `'Password: '` ends there.
  if (sign === ':' && quote !== '' && (text[named.start - 1] === quote || /^[)\]};,]/.test(value)) && !separator[1])
    return null;
  // Names that share one value are examined up to here, so that a word of nothing else is linear.
  if (kind === 'weak' && ends.sharing(end) > MAX_SHARING) return null;
  if (kind === 'weak') return weakSpan(named, sign, value, start, end);
  return isSecretAfter(named, separator, value, kind) ? { start, end, kind } : null;
};

/** Many things are called a key or a login: their value must look like a secret. */
const weakSpan = ({ name }: NamedSpan, sign: string, value: string, start: number, end: number): SecretSpan | null => {
  if (!/^[:=]/.test(sign) && !(sign === '' && name.startsWith('-'))) return null;
  if (/login$|auth$/i.test(name)) {
    const user = USER_AND_PASSWORD.exec(value)?.[0] ?? '';
    if (user !== '' && isSecretValue(value.slice(user.length), 'password'))
      return { start: start + user.length, end, kind: 'password' };
  }
  // Settings of git and options of gpg hold the id of a key, of 8, 16 or 40 characters.
  if (/(?:signing|default|trusted|encrypt-to-default)-?key$/i.test(name) && /^[0-9A-F]{8,40}$/i.test(value))
    return null;
  return looksLikeKey(value) ? { start, end, kind: 'key' } : null;
};

const SECRET_WORDS =
  /passw(?:or)?d|passphrase|passcode|passwort|pwd|passe(?![a-z])|pass|psw|pw(?![a-z])|psk(?![a-z])|secret|token|key|credential|creds?(?![a-z])|authorization|auth|bearer|jwt|cookie|login(?![a-z])|session(?![a-z])|appid|dsn|kennwort|contrase.a|senha|wachtwoord|has[lł]o|passord|senord|adgangskode|salasana|heslo|jelsz[oó]|parola|[sş]ifre|lozinka|geslo|пароль|密[码碼]|パスワード|비밀번호|mdp(?![a-z])|(?:mfa|token|time)[_-]?code|mnemonic|phrase|_pat\b/gi;
/** Options of these programs prompt for the password instead of taking it as the next word. */
const PROMPTING_PROGRAMS =
  /(?<![\w:/.-])(?:mysql\w*|mariadb[\w-]*|psql|pg_\w+|createdb|dropdb|createuser|dropuser|vacuumdb|reindexdb|clusterdb|pgbench|mycli|lpass|bw|op|rbw|gopass)\b/;
/** `--secret name` names one that is stored. */
const SECRET_BY_NAME = /\b(?:docker|podman|buildah|nerdctl|kubectl|oc|kamal|gcloud|tkn|aws|az)\b/;

/** How far before an option its program may be. */
const REACH = 300;

/** Tells whether the program occurs shortly before an offset. Offsets MUST not decrease. */
const shortlyBefore = (text: string, program: RegExp): ((offset: number) => boolean) => {
  const search = new RegExp(program, 'g');
  let last = Number.NEGATIVE_INFINITY;
  let next: number | null = null;
  return (offset) => {
    while (next === null || next < offset) {
      if (next !== null) last = next;
      next = search.exec(text)?.index ?? Number.POSITIVE_INFINITY;
    }
    return offset - last <= REACH;
  };
};

const exceptions = (text: string): ((named: NamedSpan) => boolean) => {
  const prompts = shortlyBefore(text, PROMPTING_PROGRAMS);
  const namesSecret = shortlyBefore(text, SECRET_BY_NAME);
  return ({ name, before, start, end }) => {
    if (text.startsWith('alias ', start - 6)) return true;
    // `$token = x` is a comparison, `$token='x'` an assignment in PHP or Perl.
    if (before.endsWith('${') || (before.endsWith('$') && !/=["']/y.test(text.slice(end, end + 2)))) return true;
    if (/--(?:set|update)-secrets[= ][^\s]{0,80}$/.test(text.slice(Math.max(0, start - 100), start))) return true;
    if (name === '--secret') return namesSecret(start);
    return /^--?password$/.test(name) && /\s/.test(text[end] ?? '') && prompts(start);
  };
};

/** Adds all values after the name of a secret. */
export const findNamed = (text: string, zoneAt: ZoneAt, found: SecretSpan[]): void => {
  const ends = valueEnds(text);
  const isExcepted = exceptions(text);
  SECRET_WORDS.lastIndex = 0;
  for (let match = SECRET_WORDS.exec(text); match; match = SECRET_WORDS.exec(text)) {
    const named = nameAround(text, match.index, SECRET_WORDS.lastIndex);
    const kind = secretKindOf(named.name) ?? (isWeakName(named.name) || SECRET_HEADER.test(named.name) ? 'weak' : null);
    const span = kind && !isExcepted(named) ? spanAfter(text, named, kind, ends, zoneAt(named.start)) : null;
    if (span) found.push(span);
    SECRET_WORDS.lastIndex = Math.max(SECRET_WORDS.lastIndex, span?.end ?? named.end);
  }
};
