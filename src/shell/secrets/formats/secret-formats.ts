/**
 * Recognizes tokens by their format. One search finds the places where a prefix of the table
 * occurs; only there are patterns tried. Matching is linear: what is read is consumed, or bounded.
 */
import type { SecretSpan } from '../secret-span.ts';
import { ALPHABETS, MARKED_FORMATS, VENDOR_FORMATS } from './vendor-formats.ts';

/** `<hex>` is an alphabet, `<hex>32` that many characters or more. */
const compile = (body: string): string =>
  body.replace(/(?<!\(\?)<(\w+)>(\d+)?/g, (_, name: string, least?: string) => {
    const alphabet = ALPHABETS[name] ?? '';
    return least === undefined ? alphabet : `${alphabet}{${least},}`;
  });

const literal = (text: string): string => text.replace(/[$.*+?()[\]{}|\\^/]/g, '\\$&');

interface PrefixFormat {
  readonly kind: string;
  /** Matches from the end of the prefix. */
  readonly body: RegExp;
}
interface PrefixIndex {
  readonly search: RegExp;
  /** By prefix: its formats, then those of shorter prefixes that it begins with. */
  readonly formats: ReadonlyMap<string, readonly { readonly length: number; readonly format: PrefixFormat }[]>;
}

const buildIndex = (): PrefixIndex => {
  const rows = VENDOR_FORMATS.flatMap(([kind, prefixes, body]) => {
    const format: PrefixFormat = { kind, body: new RegExp(compile(body), 'y') };
    return prefixes.split(' ').map((prefix) => ({ prefix, format }));
  }).sort((a, b) => b.prefix.length - a.prefix.length);
  const formats = new Map(
    rows.map(({ prefix }) => [
      prefix,
      rows
        .filter((row) => prefix.startsWith(row.prefix))
        .map((row) => ({ length: row.prefix.length, format: row.format })),
    ]),
  );
  const search = new RegExp(`(?<![A-Za-z0-9_])(?:${[...formats.keys()].map(literal).join('|')})`, 'g');
  return { search, formats };
};

let index: PrefixIndex | null = null;

/** False at the end of the text (NaN). */
const isAlphanumeric = (code: number): boolean =>
  (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);

/** The identifiers of key pairs, which are no secrets where the text before calls them that. */
const KEY_ID = /^(?:A[KSB]IA|ACCA|A3TX|LTAI|AKID)/;
const NAMED_ID = /(?:key_?-?id|Credential|accesskeyid)\\?["']?\s{0,3}[\s=:]\s{0,3}\\?["']?$/i;
const isNamedId = (text: string, prefix: string, at: number): boolean =>
  KEY_ID.test(prefix) && NAMED_ID.test(text.slice(Math.max(0, at - 48), at));

const findPrefixed = (text: string, found: SecretSpan[]): void => {
  index ??= buildIndex();
  const { search, formats } = index;
  search.lastIndex = 0;
  for (let hit = search.exec(text); hit; hit = search.exec(text)) {
    let consumed = 0;
    for (const { length, format } of formats.get(hit[0]) ?? []) {
      const { kind, body } = format;
      body.lastIndex = hit.index + length;
      const match = body.exec(text);
      if (!match) continue;
      consumed = body.lastIndex;
      if (match.groups?.['none'] !== undefined || isNamedId(text, hit[0], hit.index)) continue;
      while (isAlphanumeric(text.charCodeAt(consumed))) consumed += 1;
      found.push({ start: hit.index, end: consumed, kind });
      break;
    }
    if (consumed > search.lastIndex) search.lastIndex = consumed;
  }
};

interface Marked {
  readonly kind: string;
  readonly mark: string;
  readonly pattern: RegExp;
}
let marked: readonly Marked[] | null = null;

const markedFormats = (): readonly Marked[] =>
  (marked ??= MARKED_FORMATS.map(([kind, mark, before, after]) => {
    const source = `(?<=(?<![A-Za-z0-9_])(${compile(before)}))${literal(mark)}${compile(after)}`;
    return { kind, mark, pattern: new RegExp(source, 'dy') };
  }));

const findMarked = (text: string, found: SecretSpan[]): void => {
  for (const { kind, mark, pattern } of markedFormats())
    for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, pattern.lastIndex)) {
      pattern.lastIndex = at;
      const match = pattern.exec(text);
      if (match) found.push({ start: match.indices?.[1]?.[0] ?? at, end: pattern.lastIndex, kind });
      else pattern.lastIndex = at + mark.length;
    }
};

/** Secrets recognized by the text before them; the first group is the secret. */
const CONTEXTS: readonly (readonly [kind: string, hint: string, source: string])[] = [
  ['password-hash', '$', '(\\$(?:1|2[abxy]|5|6|7|y|apr1|argon2id?)\\$[./A-Za-z0-9$=,+]{20,})'],
  ['password-hash', '$', '\\b(?:pbkdf2|scrypt|bcrypt|sha\\d+)[\\w:]{0,30}\\$([./A-Za-z0-9$=+]{20,})'],
  ['password-hash', 'SHA', '\\{S?SHA\\d{0,3}\\}([A-Za-z0-9+/=]{20,})'],
  ['azure-key', 'AccountKey=', 'AccountKey=([A-Za-z0-9+/]{40,}={0,2})'],
  ['azure-key', 'SharedAccessKey=', 'SharedAccessKey=([A-Za-z0-9+/]{20,}={0,2})'],
  ['azure-signature', 'sig=', '[?&;]sig=([A-Za-z0-9%+/]{30,}={0,2})'],
  ['signature', 'X-Amz-Signature=', 'X-Amz-Signature=([0-9a-f]{40,})'],
  ['slack-webhook', 'hooks.slack.com', 'hooks\\.slack\\.com/(?:services|workflows|triggers)/([A-Za-z0-9/_+]{20,})'],
  ['discord-webhook', '/api/webhooks/', '/api/webhooks/\\d{5,25}/([\\w-]{30,})'],
  ['teams-webhook', 'webhook', 'webhook\\.office\\.com/webhookb2/([\\w@/-]{40,})'],
  ['teams-webhook', 'outlook.office', 'outlook\\.office(?:365)?\\.com/webhook/([\\w@/-]{40,})'],
  ['webhook', 'hooks.zapier.com', 'hooks\\.zapier\\.com/hooks/catch/([\\w/]{8,})'],
  ['webhook', 'maker.ifttt.com', 'maker\\.ifttt\\.com/trigger/\\w{1,60}/(?:json/)?with/key/([\\w-]{10,})'],
  ['password', 'BUNDLE_', 'BUNDLE_[A-Z0-9_]{1,80}__[A-Z0-9_]{1,20}[=:]\\s?["\']?([^\\s\'":]{1,64}:[^\\s\'"]{3,})'],
  ['telegram-token', '/bot', '/bot(\\d{5,16}:[\\w-]{30,})'],
];

/** The kinds of all formats. */
export const FORMAT_KINDS: readonly string[] = [...VENDOR_FORMATS, ...MARKED_FORMATS, ...CONTEXTS].map(
  ([kind]) => kind,
);

let contexts: readonly { readonly kind: string; readonly hint: string; readonly pattern: RegExp }[] | null = null;

const findInContext = (text: string, found: SecretSpan[]): void => {
  contexts ??= CONTEXTS.map(([kind, hint, source]) => ({ kind, hint, pattern: new RegExp(source, 'dg') }));
  for (const { kind, hint, pattern } of contexts) {
    if (!text.includes(hint)) continue;
    for (const match of text.matchAll(pattern)) {
      const [start, end] = match.indices?.[1] ?? [0, 0];
      found.push({ start, end, kind });
    }
  }
};

/** Adds all tokens with a known format. Takes time linear in the length of the text. */
export const findFormats = (text: string, found: SecretSpan[]): void => {
  findPrefixed(text, found);
  findMarked(text, found);
  findInContext(text, found);
};
