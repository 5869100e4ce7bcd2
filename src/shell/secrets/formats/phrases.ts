/**
 * Secrets in other languages inside a command: SQL, program code, manifests, configuration lines.
 * Every repetition is bounded or consumes what it reads, so that matching is linear.
 */
import { isPlainWord, isSecretValue, looksLikeKey, looksRandom, secretKindOf } from '../secret-names.ts';
import type { SecretSpan } from '../secret-span.ts';
import type { ZoneAt } from '../text-zones.ts';

/** `isSecret` decides on the value, the last group of the pattern. */
interface Phrase {
  readonly kind: string;
  /** Must occur in the lower-case text. */
  readonly hint: string;
  readonly pattern: RegExp;
  readonly isSecret?: (value: string) => boolean;
}

const isToken = (value: string): boolean => looksRandom(value) || /^[0-9a-f]{20,}$/i.test(value);
const isParameter = (value: string): boolean => looksLikeKey(value) || /^[0-9a-f]{16,}$/i.test(value);
const isPassword = (value: string): boolean => isSecretValue(value, 'password');
const isDatabasePassword = (value: string): boolean =>
  isPassword(value) && !/^(?:by|values|externally|globally|password|random|with|using|and|required|as)$/i.test(value);

const PHRASES: readonly Phrase[] = [
  {
    kind: 'password',
    hint: 'by',
    pattern: /\bidentified\s{1,4}(?:with\s{1,4}[\w']{1,40}\s{1,4})?by\s{1,4}(?:\\*["']|\$\$)([^'"\\$\s][^'"\\$]*)/dgi,
  },
  {
    kind: 'password',
    hint: 'identified',
    pattern: /\bidentified\s{1,4}by\s{1,4}(?:values\s{1,4})?([^\s'"\\;$]+)/dgi,
    isSecret: isDatabasePassword,
  },
  {
    kind: 'password',
    hint: 'password',
    pattern:
      /\bpassword\s{1,4}(?:\\*["']|\$\$)(?!(?:<[\w -]{1,40}>|\{\{[^'"]{1,40}\}\}|%\w{1,40}%)["'])([^'"\\$\s][^'"\\$]*)/dgi,
  },
  {
    kind: 'password',
    hint: 'convertto-securestring',
    pattern: /\bconvertto-securestring\s{1,4}(?:-string\s{1,4})?(?:\\*["'])?([^\s'"\\$-][^\s'"\\$]*)/dgi,
  },
  {
    kind: 'password',
    hint: '@',
    pattern: /(?<![\w.-])[\w.-]{1,64}:([^\s:@'"$]{1,200})@(?:tcp|udp|unix)\(/dgi,
  },
  { kind: 'password', hint: 'jdbc:oracle', pattern: /\bjdbc:oracle:\w{1,16}:[\w.$-]{1,64}\/([^\s@'"$]{1,200})@/dgi },
  { kind: 'password', hint: "n'", pattern: /\bpassword\s{0,4}=\s{0,4}N'([^'\\$]+)/dgi },
  {
    kind: 'password',
    hint: 'set password',
    pattern: /\bset password for [^=;]{1,80}=\s{0,4}\\*["']([^'"\\$]+)/dgi,
  },
  {
    kind: 'password',
    hint: 'set password from',
    pattern: /\bset password from\s{1,4}\\*["'][^'"\\$]{0,200}\\*["']\s{1,4}to\s{1,4}\\*["']([^'"\\$]+)/dgi,
  },
  {
    kind: 'key',
    hint: 'pragma',
    pattern: /\bpragma\s{1,4}(?:re|hex)?key\s{0,4}=\s{0,4}\\*["']?(?:x')?([^\s'"\\;$]+)/dgi,
  },
  { kind: 'key', hint: 'attach', pattern: /\battach\b[^;]{1,200}?\bkey\s{1,4}\\*["']([^'"\\$]+)/dgi },
  {
    kind: 'password',
    hint: 'using',
    pattern: /\bconnect\s{1,4}to\s{1,4}\w{1,40}\s{1,4}user\s{1,4}\w{1,40}\s{1,4}using\s{1,4}([^\s'"\\;$]+)/dgi,
  },
  { kind: 'password', hint: 'logon', pattern: /\.logon\s{1,4}[\w./-]{1,80},([^\s'"\\;$]+)/dgi },
  { kind: 'password', hint: 'login', pattern: /\blogin\s{1,4}[\w.@-]{1,64}\s{1,4}password\s{1,4}([^\s'"$<]+)/dgi },
  {
    kind: 'password',
    hint: ':',
    pattern: /(?<![\w:/])[\w.*-]{1,64}:\d{4,5}:[\w*-]{1,64}:[\w*-]{1,64}:([^\s:'"$]+)/dg,
  },
  { kind: 'password', hint: 'pass:', pattern: /\bpass:([^\s'"`$][^\s'"`]*)/dg },
  { kind: 'key', hint: 'key:', pattern: /\b(?:hexkey:|macopt\s{1,4}key:)([^\s'"`$,]{8,})/dg },
  { kind: 'token', hint: 'bearer', pattern: /\bBearer\s{1,4}([\w.~+/=-]{8,})/dg, isSecret: isPassword },
  {
    kind: 'cookie',
    hint: '=',
    pattern: /\b(?:[\w-]{0,24}(?:sess(?:ion)?(?:_?id)?|sid|auth|jwt))=([^\s'";&$<>]{12,})/dgi,
    isSecret: isToken,
  },
  {
    kind: 'key',
    hint: '=',
    pattern:
      /[?&](?:key|appid|app_?key|auth|code|sign?|signature|sid|session|license|hash|pw|otp|t)=([^\s'"`&;|<>()$]{6,})/dgi,
    isSecret: isParameter,
  },
  {
    kind: 'password',
    hint: 'send',
    pattern: /assword[^\n]{0,60}?\bsend(?:_user)?\s{1,4}(?:--\s{1,4})?\\?["']([^"'\\$\n]+)/dg,
  },
  { kind: 'password', hint: 'psk', pattern: /\bPSK\s{1,4}\\?["']([^"'\\$]+)/dg },
  { kind: 'password', hint: ' : ', pattern: /\s:\s(?:EAP|XAUTH|RSA)\s{1,4}\\?["']([^"'\\$]+)/dg },
  { kind: 'token', hint: '"auth"', pattern: /"auth"\s{0,4}:\s{0,4}"([A-Za-z0-9+/=]{8,})"/dg },
  { kind: 'password', hint: 'user', pattern: /\buser\s{0,4}=\s{0,4}\\?["']?[\w.@-]{1,64}:([^\s"'\\$]+)/dg },
  {
    kind: 'password',
    hint: 'password=',
    pattern: /\bpassword=(?:password|encrypted):([^\s'"`$]+)/dg,
  },
  {
    kind: 'password',
    hint: 'echo',
    pattern:
      /\b(?:pass(?:word)?[_-]?(?:command|cmd|eval)|extpass)\\*["'= ]{1,4}echo\s{1,4}(?:-n\s{1,4})?\\*["']?([^\s'"\\$]+)/dgi,
  },
  { kind: 'password', hint: ',p=', pattern: /\bh=[^,\s]{1,80}(?:,[a-zA-Z]=[^,\s]{0,80}){0,6},p=([^,\s'"$]+)/dg },
  { kind: 'password', hint: '%', pattern: /\buser(?:name)?=[\w.\\-]{1,64}%([^\s,'"$]+)/dg },
  {
    kind: 'password',
    hint: 'p-secrets',
    pattern: /(?:^|["'\n])\\?"?[\w.@-]{1,64}\\?"?\s{1,4}\*\s{1,4}\\?"?([^\s"*\\$]+)/dg,
  },
  {
    kind: 'password',
    hint: ':0:99999',
    pattern: /\b[\w-]{1,32}:([^\s:'"$*!]{3,}):\d{0,6}:0:99999/dg,
  },
];

const findPhrases = (text: string, lower: string, zoneAt: ZoneAt, found: SecretSpan[]): void => {
  for (const { kind, hint, pattern, isSecret } of PHRASES) {
    if (!lower.includes(hint)) continue;
    for (const match of text.matchAll(pattern)) {
      const value = match[1] ?? '';
      if (isSecret && !isSecret(value)) continue;
      if (
        zoneAt(match.index) !== null &&
        zoneAt(match.index)?.kind !== 'replaced' &&
        (isPlainWord(value) || !/\d/.test(value))
      )
        continue;
      const [start, end] = match.indices?.[1] ?? [0, 0];
      found.push({ start, end, kind });
    }
  }
};

/** Calls with a credential: the name, and the index of the secret argument (-1: the last). */
const CALL =
  /(?<![\w$])(?:(\w{0,30}(?:set_?password|changeuserpassword|basicauth|make_password|create_superuser|create_user|generate_password_hash|password_hash|check_password_hash|crypt|crypt\.hash|crypt\.crypt|hashpw|hashsync|old_password|password|pgp_sym_encrypt|pgp_sym_decrypt|aes_encrypt|aes_decrypt))|(login|auth|authenticate|createuser|set_password)|(mysqli?_connect|mysqli|pdo|connect|mysqldb\.connect|pg_connect))\(/gi;
/** Characters of the arguments that are read. */
const ARGUMENTS = 400;
const LITERAL = /\s{0,8}(?:[bfru]?(\\*["'])((?:(?!\1)[^\n]){0,300})\1|([\w.$[\]:-]{1,80}))\s{0,8}(,|\))/dy;

interface Argument {
  readonly start: number;
  readonly end: number;
  readonly value: string;
  readonly quoted: boolean;
}

const argumentsAt = (text: string, from: number): readonly Argument[] => {
  const read: Argument[] = [];
  LITERAL.lastIndex = from;
  for (let match = LITERAL.exec(text); match; match = LITERAL.exec(text)) {
    const [start, end] = match.indices?.[2] ?? match.indices?.[3] ?? [0, 0];
    read.push({ start, end, value: text.slice(start, end), quoted: match[1] !== undefined });
    if (match[4] === ')' || LITERAL.lastIndex > from + ARGUMENTS || read.length > 4) break;
  }
  return read;
};

/** Calls such as auth('bob', 'pw') or a connection with host, user and password. */
const findCalls = (text: string, found: SecretSpan[]): void => {
  for (const match of text.matchAll(CALL)) {
    const [all, hash, login, connect] = match;
    const read = argumentsAt(text, match.index + all.length);
    const at = hash !== undefined ? read.length - 1 : login !== undefined ? 1 : 2;
    const isKeyFirst =
      hash !== undefined && /hash|(?<!_en|_de)crypt$|make_password/i.test(hash) && !/^(?:pgp|aes)_/i.test(hash);
    const secret = read[isKeyFirst ? 0 : at];
    if (connect === undefined && login === undefined && hash === undefined) continue;
    if (secret?.quoted && isPassword(secret.value)) found.push({ ...secret, kind: 'password' });
  }
  for (const match of text.matchAll(/\bauth\s{0,4}=\s{0,4}\(/g)) {
    const secret = argumentsAt(text, match.index + match[0].length)[1];
    if (secret?.quoted && isPassword(secret.value)) found.push({ ...secret, kind: 'password' });
  }
};

/** A name and a value side by side: JSON, YAML, parameters of CloudFormation, `--set` of helm. */
const PAIR =
  /\b(?:parameterkey|name|key)\\*["']?\s{0,3}[:=]\s{0,3}\\*["']?([\w.-]{2,64})\\*["']?\s{0,3},?\s{0,40}[\w.[\]-]{0,40}\\*["']?(?:parametervalue|(?<!\w)value)\\*["']?\s{0,3}[:=]\s{0,3}\\*["']?([^\s"'\\,}\]]+)/dgi;

const findPairs = (text: string, found: SecretSpan[]): void => {
  for (const match of text.matchAll(PAIR)) {
    const kind = secretKindOf(match[1] ?? '');
    const [start, end] = match.indices?.[2] ?? [0, 0];
    if (kind && isSecretValue(match[2] ?? '', kind)) found.push({ start, end, kind });
  }
};

/** `<password>x</password>`. */
const findElements = (text: string, found: SecretSpan[]): void => {
  for (const match of text.matchAll(/<([\w:.-]{1,64})>([^<>\s]{2,})<\//dg)) {
    const kind = secretKindOf(match[1] ?? '');
    const [start, end] = match.indices?.[2] ?? [0, 0];
    if (kind && isSecretValue(match[2] ?? '', kind)) found.push({ start, end, kind });
  }
};

const USER_KEY = /^(?:user(?:name)?|login|host(?:name)?|port|url|uri|email|namespace|type|name)$/i;

/** All values under `data:` and `stringData:` of a Secret in a here-document. */
const findManifest = (text: string, found: SecretSpan[]): void => {
  const lines = /^([ \t]*)([\w.-]{1,80}):[ \t]*(?:["']?)([^\n"']*)/dgm;
  let depth: number | null = null;
  for (const match of text.matchAll(lines)) {
    const [, indent = '', name = '', value = ''] = match;
    if (depth !== null && indent.length <= depth) depth = null;
    if (depth === null && /^(?:stringD|d)ata$/.test(name)) depth = indent.length;
    else if (depth !== null && !USER_KEY.test(name) && isPassword(value) && value !== '|') {
      const [start, end] = match.indices?.[3] ?? [0, 0];
      found.push({ start, end, kind: 'secret' });
    }
  }
};

/** `kubectl patch secret -p '{"data": {"any": "value"}}'`. */
const findManifestObject = (text: string, found: SecretSpan[]): void => {
  for (const object of text.matchAll(/"(?:stringData|data)\\?"\s{0,4}:\s{0,4}\{([^{}]{1,4000})\}/dg)) {
    const [from] = object.indices?.[1] ?? [0, 0];
    for (const match of (object[1] ?? '').matchAll(/"([\w.-]{1,80})\\?"\s{0,4}:\s{0,4}\\?"([^"\\]*)/dg)) {
      const [start, end] = match.indices?.[2] ?? [0, 0];
      if (!USER_KEY.test(match[1] ?? '') && isPassword(match[2] ?? ''))
        found.push({ start: from + start, end: from + end, kind: 'secret' });
    }
  }
};

/** Adds all secrets that a phrase announces. */
export const findInPhrases = (text: string, zoneAt: ZoneAt, found: SecretSpan[]): void => {
  const lower = text.toLowerCase();
  findPhrases(text, lower, zoneAt, found);
  if (lower.includes('(') && /['"]/.test(lower)) findCalls(text, found);
  if (lower.includes('value')) findPairs(text, found);
  if (lower.includes('</')) findElements(text, found);
  if (lower.includes('secret') && lower.includes('data')) {
    if (/\bkind\\?["']?\s{0,4}:\s{0,4}\\?["']?secret/.test(lower)) findManifest(text, found);
    findManifestObject(text, found);
  }
};
