/**
 * Secrets that reach their place through a variable or an argument: `p=secret; mysql -p"$p"`. The
 * words that they come from are masked too.
 */
import type { Analysis, Invocation, Word } from '../model.ts';
import { scanSecrets } from './secret-scan.ts';
import { isExpanded, partSpan, type SecretSpan } from './secret-span.ts';

/** Shorter values may be equal by chance. Those of variables that the line sets are less often. */
const MIN_LENGTH = 4;
const MIN_ASSIGNED = 2;
/** Programs whose expanded words are read, and characters of each. */
const MAX_PROGRAMS = 64;
const MAX_TEXT = 4096;

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

/** `export p=secret`, which is an argument to the parser. */
const isAssignment = ({ text }: Word): boolean => /^[A-Za-z_]\w*=/.test(text);

/** Adds the words that secrets come from. */
export const addOrigins = (text: string, analysis: Analysis, found: SecretSpan[]): void => {
  const { settings, functions, invocations } = analysis;
  const carried = found.map(({ from = '' }) => from);
  if (settings.length + functions.length > 0) {
    const assignments = settings.map(({ assignment }) => assignment);
    for (const program of [{ args: [], assignments }, ...invocations.slice(0, MAX_PROGRAMS)])
      carried.push(...secretsOf(text, program));
  }
  const secrets = new Set(carried.filter(({ length }) => length >= MIN_ASSIGNED));
  if (secrets.size === 0) return;
  const add = (word: Word | null, least: number): void => {
    if (!word?.exact || word.text.length > MAX_TEXT) return;
    // `who=bob:secret` holds the user too.
    for (const from of [0, word.text.indexOf(':') + 1, word.text.indexOf('=') + 1])
      if (word.text.length - from >= least && secrets.has(word.text.slice(from)))
        found.push(partSpan(text, word, from, word.text.slice(from), 'password'));
  };
  for (const { assignment } of settings)
    for (const word of [assignment.value, ...assignment.elements]) add(word, MIN_ASSIGNED);
  for (const { assignments, args } of invocations) {
    for (const { value } of assignments) add(value, MIN_ASSIGNED);
    for (const word of args) add(word, isAssignment(word) ? MIN_ASSIGNED : MIN_LENGTH);
  }
};
