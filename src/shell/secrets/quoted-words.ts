/**
 * Secrets in words with quotes inside of quotes or with line breaks that are printed, which hide
 * them from a search of the raw text: `bash -c 'mysql -e "… IDENTIFIED BY '\''secret'\''"'`. The
 * text that the program receives is searched, and what is found there is mapped back.
 */
import type { Analysis, Invocation, Word, WordPart } from '../model.ts';
import type { Source } from '../source.ts';
import { scanSecrets } from './secret-scan.ts';
import { type SecretSpan, wordSource } from './secret-span.ts';
import type { ZoneAt } from './text-zones.ts';

/** Without an escape or two quotes side by side, no word has quotes of that kind. */
const REQUOTED = /\\|["']["']/;
const PRINTERS = new Set(['printf', 'echo', 'print']);
/** A blank and a line break have the length of the escape. */
const PRINTED_BREAK = /\\[nrt]/g;
/** An escape, or a part that begins with quotes of its own right after another quoted part. */
const isRequoted = (part: WordPart, before: WordPart | undefined): boolean =>
  part.kind === 'literal' &&
  part.quoted &&
  (part.end - part.start !== part.text.length ||
    (before?.kind === 'literal' && before.quoted && part.start > before.end));

/** The zones by offsets of the source. */
const zonesIn =
  ({ text, from }: Source, zoneAt: ZoneAt): ZoneAt =>
  (offset) => {
    const zone = zoneAt(from(offset));
    if (zone === null) return null;
    let [end, beyond] = [offset, text.length];
    while (end < beyond) {
      const middle = (end + beyond) >> 1;
      if (from(middle) < zone.end) end = middle + 1;
      else beyond = middle;
    }
    return { ...zone, start: offset, end };
  };

const wordsOf = ({ args, assignments, input, via }: Invocation): readonly (Word | null)[] => [
  ...args,
  ...assignments.map(({ value }) => value),
  input.kind === 'here-document' || input.kind === 'here-string' ? input.word : null,
  ...via.flatMap((wrapper) => wrapper.args),
];

/** Adds what the words hold once their quotes are removed. `analysis` MUST be that of `text`. */
export const findInQuotedWords = (text: string, analysis: Analysis, zones: () => ZoneAt): readonly SecretSpan[] => {
  const found: SecretSpan[] = [];
  if (!REQUOTED.test(text)) return found;
  const { invocations, functions, settings } = analysis;
  const programs = [...invocations, ...functions.flatMap((definition) => definition.invocations)];
  const values = settings.flatMap(({ assignment }) => [assignment.value, ...assignment.elements]);
  const printed = new Set(programs.filter(({ tool }) => PRINTERS.has(tool)).flatMap(({ args }) => args));
  // Wrappers share their words with what they start.
  const words = new Set([...programs.flatMap(wordsOf), ...values]);
  for (const word of words) {
    if (!word?.exact) continue;
    const hasBreaks = printed.has(word) && word.text.includes('\\n');
    if (!hasBreaks && !word.parts.some((part, at) => isRequoted(part, word.parts[at - 1]))) continue;
    const source = wordSource(text, word);
    const read = hasBreaks ? source.text.replace(PRINTED_BREAK, ' \n') : source.text;
    for (const span of scanSecrets(read, () => zonesIn(source, zones())))
      found.push({ ...span, start: source.from(span.start), end: source.to(span.end) });
  }
  return found;
};
