/**
 * Secrets that reach their place through a variable or an argument: `p=secret; mysql -p"$p"`. The
 * words that they come from are masked too.
 */
import type { Analysis, Invocation, Word } from '../model.ts';
import { scanSecrets } from './secret-scan.ts';
import type { SecretSpan } from './secret-span.ts';
import { partSpan } from './word-spans.ts';

/** Shorter values may be equal by chance. */
const MIN_LENGTH = 4;
/** Programs whose expanded words are read, and characters of each. */
const MAX_PROGRAMS = 64;
const MAX_TEXT = 4096;

/** Tells whether a part of the word stands for the value of a variable or argument of the line. */
export const isExpanded = (text: string, { parts }: Word): boolean =>
  parts.some((part) => part.kind === 'literal' && text[part.start] === '$' && !part.text.startsWith('$'));

/** What the words of a program hold once variables are replaced. */
const secretsOf = (
  text: string,
  { args, assignments }: Pick<Invocation, 'args' | 'assignments'>,
): readonly string[] => {
  const values = assignments.flatMap(({ name, value }) => (value ? [{ name, value }] : []));
  if (!args.some((word) => isExpanded(text, word)) && !values.some(({ value }) => isExpanded(text, value))) return [];
  const words = [...values.map(({ name, value }) => `${name}=${value.text}`), ...args.map((word) => word.text)].map(
    (word) => (/\s/.test(word) ? `"${word}"` : word),
  );
  const line = words.join(' ').slice(0, MAX_TEXT);
  return scanSecrets(line).map(({ start, end }) => line.slice(start, end));
};

/** Adds the words that secrets come from. */
export const addOrigins = (text: string, analysis: Analysis, found: SecretSpan[]): void => {
  const { settings, functions, invocations } = analysis;
  const carried = found.map(({ from = '' }) => from);
  if (settings.length + functions.length > 0) {
    const assignments = settings.map(({ assignment }) => assignment);
    for (const program of [{ args: [], assignments }, ...invocations.slice(0, MAX_PROGRAMS)])
      carried.push(...secretsOf(text, program));
  }
  const secrets = new Set(carried.filter(({ length }) => length >= MIN_LENGTH));
  if (secrets.size === 0) return;
  const add = (word: Word | null): void => {
    if (!word?.exact || word.text.length > MAX_TEXT) return;
    // `who=bob:secret` holds the user too.
    for (const from of [0, word.text.indexOf(':') + 1, word.text.indexOf('=') + 1])
      if (secrets.has(word.text.slice(from))) found.push(partSpan(text, word, from, word.text.slice(from), 'password'));
  };
  for (const { assignment } of settings) [assignment.value, ...assignment.elements].forEach(add);
  for (const { assignments, args } of invocations) {
    for (const { value } of assignments) add(value);
    args.forEach(add);
  }
};
