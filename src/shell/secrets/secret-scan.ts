/**
 * Finds secrets in raw text of any kind: a command, a here-document, a `-c` string, a JSON body,
 * text that does not parse. It knows nothing of shell words; `secret-options.ts` adds what needs
 * the parsed command.
 */
import { secretFormats } from './secret-formats.ts';
import { isSecretValue, looksRandom, NAME_HINT, type SecretKind, secretKindOf } from './secret-names.ts';

/** `text.slice(start, end)` is secret. */
export interface SecretSpan {
  readonly start: number;
  readonly end: number;
  readonly kind: string;
}

const MAX_NAME_LENGTH = 64;

const findTokens = (text: string, found: SecretSpan[]): void => {
  // There are about eighty formats and few match: filtering first avoids one iterator per format.
  const likely = secretFormats().filter(({ hint }) => text.includes(hint));
  for (const format of likely) {
    for (const match of text.matchAll(format.pattern)) {
      if (match.groups?.['none'] !== undefined) continue;
      const [start, end] = match.indices?.[format.group ?? 0] ?? [0, 0];
      found.push({ start, end, kind: format.kind });
    }
  }
};

/**
 * Private keys: everything between the two marker lines, or to the end of the text if the second is
 * missing.
 */
const findPem = (text: string, found: SecretSpan[]): void => {
  const begin = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
  for (let match = begin.exec(text); match; match = begin.exec(text)) {
    const start = begin.lastIndex;
    const end = text.indexOf('-----END', start);
    const stop = end < 0 ? text.length : end;
    if (stop > start && !text.startsWith('‹', start)) found.push({ start, end: stop, kind: 'private-key' });
    // Further beginnings before the end are part of this key. Searching from each of them would
    // take quadratic time.
    begin.lastIndex = stop;
  }
};

/** `scheme://user:password@host`, `scheme://token@host`. */
const findUrlCredentials = (text: string, found: SecretSpan[]): void => {
  const authority = /:\/\/([^\s/:@'"`<>|;()]*)(?::([^\s/'"`<>|;()]+))?@/dy;
  for (let from = text.indexOf('://'); from >= 0; from = text.indexOf('://', from + 3)) {
    authority.lastIndex = from;
    const match = authority.exec(text);
    if (!match) continue;
    const [, user = '', password] = match;
    const [start, end] = (password === undefined ? match.indices?.[1] : match.indices?.[2]) ?? [0, 0];
    if (password === undefined ? looksRandom(user) : isSecretValue(password, 'password'))
      found.push({ start, end, kind: password === undefined ? 'token' : 'password' });
  }
};

/**
 * Finds the end of the value that starts at an offset: its closing quote, or the first character
 * that ends an unquoted word. Offsets MUST not decrease: names that share one end do not search for
 * it again, so that all searches together are linear.
 */
const valueEnds = (text: string): ((from: number, quote: string) => number) => {
  const unquoted = /[\s'"`&;|<>(),}\]\\]/g;
  let end = -1;
  return (from, quote) => {
    if (quote !== '') return closingQuote(text, from, quote);
    if (from > end) {
      unquoted.lastIndex = from;
      end = unquoted.exec(text)?.index ?? text.length;
    }
    return end;
  };
};

/** The quote, or the backslash before it where it is escaped, as in `"{\"a\": \"b\"}"`. */
const closingQuote = (text: string, from: number, quote: string): number => {
  const at = text.indexOf(quote, from);
  if (at < 0) return text.length;
  let backslashes = 0;
  while (at - backslashes > from && text[at - backslashes - 1] === '\\') backslashes += 1;
  return at - (backslashes % 2);
};

interface NamedSpan {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** Extends a match to the whole name around it: letters, digits, `_`, `-`, `.`. */
const nameAround = (text: string, start: number, end: number): NamedSpan => {
  let from = start;
  while (from > 0 && start - from < MAX_NAME_LENGTH && /[\w.-]/.test(text[from - 1] ?? '')) from -= 1;
  let to = end;
  while (to < text.length && to - end < MAX_NAME_LENGTH && /[\w-]/.test(text[to] ?? '')) to += 1;
  return { name: text.slice(from, to), start: from, end: to };
};

const SEPARATOR = /(\\*["']?\]?)([ \t]*)(=>|:=|==|=~|=|::|:\/\/|:|(?=\s))([ \t]*)(\\*["']?)/y;
const HEADER = /(?:authorization|^x-|-token|-key|^api-?key|^cookie)/i;

/**
 * Decides by the separator: `password: x` and `--password x` announce a value; others only count if
 * the value looks like a secret.
 */
const isSecretAfter = (named: NamedSpan, separator: RegExpExecArray, value: string, kind: SecretKind): boolean => {
  const [, closing = '', , sign = '', gap = '', opening = ''] = separator;
  if (sign === '=' || sign === ':=' || sign === '=>')
    return isSecretValue(value, kind) && !/^(?:id|type|src|source)=/.test(value);
  if (sign === ':') {
    const isExplicit = gap !== '' || opening !== '' || closing !== '' || HEADER.test(named.name) || looksRandom(value);
    return isExplicit && isSecretValue(value, kind);
  }
  if (sign !== '') return false;
  if (named.name.startsWith('-')) return !value.startsWith('-') && isSecretValue(value, kind);
  return looksRandom(value);
};

const SCHEME = /^(?:basic|bearer|token|apikey|bot|digest|negotiate|aws4-hmac-sha256|key|splunk|flyv1|genie-?key)[ =]+/i;

const spanAfter = (
  text: string,
  named: NamedSpan,
  announced: SecretKind | 'random',
  valueEnd: ReturnType<typeof valueEnds>,
): SecretSpan | null => {
  SEPARATOR.lastIndex = named.end;
  const separator = SEPARATOR.exec(text);
  if (!separator) return null;
  const quote = /["']$/.exec(separator[5] ?? '')?.[0] ?? '';
  const header = /authorization$/i.test(named.name);
  let start = SEPARATOR.lastIndex;
  // A header is inside one quoted word: its value extends to the closing quote, past the blank
  // after the scheme.
  if (header) start += SCHEME.exec(text.slice(start, start + 40))?.[0].length ?? 0;
  const end = valueEnd(start, quote);
  const value = text.slice(start, end);
  // Many things are called a key, so the value must look like one.
  if (announced === 'random' && !looksRandom(value)) return null;
  const kind = announced === 'random' ? 'key' : announced;
  return isSecretAfter(named, separator, value, kind) ? { start, end, kind } : null;
};

const SECRET_WORDS =
  /passw(?:or)?d|passphrase|passcode|passwort|pwd|pass|psw|secret|token|key|credential|authorization|auth|bearer|jwt|_pat\b/gi;
/** Options of these programs prompt for the password instead of taking it as the next word. */
const PROMPTING_PROGRAMS =
  /\b(?:mysql\w*|mariadb[\w-]*|psql|pg_\w+|createdb|dropdb|createuser|dropuser|vacuumdb|reindexdb|clusterdb|pgbench|mycli)\b/;
const SECRET_BY_NAME = /\b(?:docker|podman|buildah|nerdctl|kubectl|kamal)\b/;

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
  return ({ name, start, end }) => {
    const before = text.slice(Math.max(0, start - 2), start);
    // `$token = x` is a comparison, `$token='x'` an assignment in PHP or Perl.
    if (before.endsWith('${') || (before.endsWith('$') && !/=["']/y.test(text.slice(end, end + 2)))) return true;
    if (!/\s/.test(text[end] ?? '')) return false;
    if (/^--?password$/.test(name)) return prompts(start);
    return name === '--secret' && namesSecret(start);
  };
};

/** `name=value`, `"name": "value"`, `--name value`, `X-Name: value`. */
const findNamed = (text: string, found: SecretSpan[]): void => {
  const valueEnd = valueEnds(text);
  const isExcepted = exceptions(text);
  SECRET_WORDS.lastIndex = 0;
  for (let match = SECRET_WORDS.exec(text); match; match = SECRET_WORDS.exec(text)) {
    const named = nameAround(text, match.index, SECRET_WORDS.lastIndex);
    const kind = secretKindOf(named.name) ?? (/[A-Z]_KEY$/.test(named.name) ? 'random' : null);
    const span = kind && !isExcepted(named) ? spanAfter(text, named, kind, valueEnd) : null;
    if (span) found.push(span);
    SECRET_WORDS.lastIndex = Math.max(SECRET_WORDS.lastIndex, span?.end ?? named.end);
  }
};

const PHRASES: readonly (readonly [kind: string, pattern: RegExp])[] = [
  [
    'password',
    /\b(?:identified\s{1,4}(?:with\s{1,4}[\w']{1,40}\s{1,4})?by|password)\s{1,4}(?:\\*["']|\$\$)([^'"\\$‹\s][^'"\\$‹]*)/dgi,
  ],
  ['password', /\blogin\s{1,4}[\w.@-]{1,64}\s{1,4}password\s{1,4}([^\s'"$‹<]+)/dgi],
  ['password', /(?<![\w:/])[\w.*-]{1,64}:\d{4,5}:[\w*-]{1,64}:[\w*-]{1,64}:([^\s:'"$‹]+)/dg],
  ['password', /\bpass:([^\s'"`‹$][^\s'"`‹]*)/dg],
  ['token', /\bBearer\s{1,4}([\w.~+/=-]{8,})/dg],
  ['cookie', /\b(?:[\w-]{0,24}(?:sess(?:ion)?(?:_?id)?|sid|auth|jwt))=([^\s'";&‹$<>]{12,})/dgi],
];

const findPhrases = (text: string, found: SecretSpan[]): void => {
  for (const [kind, pattern] of PHRASES)
    for (const match of text.matchAll(pattern)) {
      const [start, end] = match.indices?.[1] ?? [0, 0];
      if (kind !== 'cookie' || looksRandom(match[1] ?? '') || /^[0-9a-f]{20,}$/i.test(match[1] ?? ''))
        found.push({ start, end, kind });
    }
};

/**
 * All secrets found in the text alone, unordered and possibly overlapping. Takes time linear in the
 * length of the text.
 */
export const scanSecrets = (text: string): readonly SecretSpan[] => {
  const found: SecretSpan[] = [];
  findTokens(text, found);
  if (text.includes('PRIVATE KEY')) findPem(text, found);
  if (text.includes('://')) findUrlCredentials(text, found);
  if (NAME_HINT.test(text)) {
    findNamed(text, found);
    findPhrases(text, found);
  }
  return found;
};
