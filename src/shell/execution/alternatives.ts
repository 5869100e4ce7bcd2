/**
 * Values that a variable may still have, because its last assignment may not have run:
 * `x=/; [ "$a" ] && x=/tmp/y; rm -rf $x`, or because another variable may be empty:
 * `x=${a:-/}; rm -rf $x`. What reads the variable is walked with each of them.
 */
import { type Scope, setVariable } from '../expansion/scope.ts';
import type { SimpleCommand, Word, WordPart } from '../model.ts';
import { wordOf } from '../syntax/parts.ts';

const MAX_ALTERNATIVES = 4;
const MAX_ASSIGNED = 64;
/** Commands run once more: combinations of many variables must not fill the limits of a line. */
const MAX_REPEATED = 64;

/** Notes an assignment; MUST come before the value changes. */
export function noteAssigned({ assigned, alternatives, values }: Scope, name: string): void {
  const before = values.get(name);
  const earlier = alternatives.get(name) ?? [];
  alternatives.delete(name);
  if (before && assigned.length < MAX_ASSIGNED) assigned.push({ name, values: [before, ...earlier] });
}

/** Keeps the default in `x=${a:-word}`, where the line does not tell whether `a` has a value. */
export function noteDefault({ alternatives }: Scope, name: string, { parts, start, end }: Word): void {
  const chosen = parts.flatMap((part) => defaultOf(part)?.parts ?? [part]);
  if (parts.some((part) => defaultOf(part))) alternatives.set(name, [wordOf(chosen, start, end, false)]);
}

/** An empty default says that the variable may be missing, not what it is. */
const defaultOf = (part: WordPart): Word | null =>
  part.kind === 'variable' && /^:?[-=]$/.test(part.operator) && part.argument?.text !== '' ? part.argument : null;

/** Keeps the earlier values of what was assigned since `from`: it may not have been. */
export function doubtAssigned({ assigned, alternatives, values }: Scope, from: number): void {
  for (const { name, values: earlier } of assigned.slice(from)) {
    const known = alternatives.get(name) ?? [];
    const current = values.get(name)?.text;
    const further = earlier.filter(({ text }) => text !== current && !known.some((word) => word.text === text));
    alternatives.set(name, [...known, ...further].slice(0, MAX_ALTERNATIVES));
  }
}

/** Runs the command once for each combination of further values of the variables in its words. */
export function withAlternatives(scope: Scope, command: SimpleCommand, run: () => void): void {
  const { alternatives } = scope;
  if (alternatives.size === 0) return;
  const { words, redirections, assignments } = command;
  const set = assignments.flatMap(({ value }) => value ?? []);
  const name = firstOf(alternatives, [...words, ...redirections.map(({ target }) => target), ...set]);
  const values = alternatives.get(name);
  if (values === undefined) return;
  const [current, place] = [scope.variables.get(name), scope.places.get(name)];
  alternatives.delete(name);
  for (const value of values) {
    scope.repeated += 1;
    if (scope.repeated > MAX_REPEATED) break;
    setVariable(scope, name, value);
    const from = scope.assigned.length;
    run();
    doubtAssigned(scope, from);
  }
  if (current === undefined) scope.variables.delete(name);
  else scope.variables.set(name, current);
  if (place) scope.places.set(name, place);
  else scope.places.delete(name);
  withAlternatives(scope, command, run);
  alternatives.set(name, values);
}

const firstOf = (alternatives: ReadonlyMap<string, unknown>, words: readonly Word[]): string => {
  for (const { parts } of words)
    for (const part of parts) if (part.kind === 'variable' && alternatives.has(part.name)) return part.name;
  return '';
};
