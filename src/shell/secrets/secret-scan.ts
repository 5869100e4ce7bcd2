/**
 * Finds secrets in raw text of any kind: a command, a here-document, a `-c` string, a JSON body,
 * text that does not parse. It knows nothing of shell words; `secret-options.ts` adds what needs
 * the parsed command.
 */

import { findInPhrases } from './formats/phrases.ts';
import { findFormats } from './formats/secret-formats.ts';
import { findNamed } from './named-values.ts';
import { isSecretValue, looksLikeKey, NAME_HINT } from './secret-names.ts';
import type { SecretSpan } from './secret-span.ts';
import type { ZoneAt } from './text-zones.ts';

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
    found.push({ start, end: stop, kind: 'private-key' });
    // Further beginnings before the end are part of this key. Searching from each of them would
    // take quadratic time.
    begin.lastIndex = stop;
  }
};

/** `scheme://user:password@host`, `scheme://token@host`, `scheme://token:@host`. */
const findUrlCredentials = (text: string, found: SecretSpan[]): void => {
  const authority = /:\/\/([^\s/:@'"`<>|;()]*)(?::([^\s/'"`<>|;()]*))?@/dy;
  for (let from = text.indexOf('://'); from >= 0; from = text.indexOf('://', from + 3)) {
    authority.lastIndex = from;
    const match = authority.exec(text);
    if (!match) continue;
    const [, user = '', password = ''] = match;
    const isKey = looksLikeKey(user) || (password === '' && match[2] !== undefined && user.length >= 16);
    const [userStart, userEnd] = match.indices?.[1] ?? [0, 0];
    if (isKey && !/\.[a-z]{2,}$/i.test(user)) found.push({ start: userStart, end: userEnd, kind: 'token' });
    const [start, end] = match.indices?.[2] ?? [0, 0];
    if (isSecretValue(password, 'password') && !/^x-oauth-basic$/.test(password))
      found.push({ start, end, kind: 'password' });
  }
};

const NO_ZONE: ZoneAt = () => null;

/**
 * All secrets found in the text alone, unordered and possibly overlapping. `zoneAt` tells where the
 * text is a message or a pattern; it is asked for only where a name of a secret occurs. Takes time
 * linear in the length of the text.
 */
export const scanSecrets = (text: string, zones: () => ZoneAt = () => NO_ZONE): readonly SecretSpan[] => {
  const found: SecretSpan[] = [];
  findFormats(text, found);
  if (text.includes('PRIVATE KEY')) findPem(text, found);
  if (text.includes('://')) findUrlCredentials(text, found);
  if (NAME_HINT.test(text)) {
    const zoneAt = zones();
    findNamed(text, zoneAt, found);
    findInPhrases(text, zoneAt, found);
  }
  return found;
};
