import { newScope } from '../expansion/scope.ts';
import type { Dialect } from '../model.ts';
import type { Source } from '../source.ts';
import type { Frame, Output, Walk } from './frame.ts';

/** Parses and walks text given to a shell. */
export function runText(walk: Walk, source: Source, dialect: Dialect, frame: Frame): Output {
  const script = walk.parse(source, dialect, frame.depth);
  return walk.runScript(walk, script, { ...frame, dialect });
}

/**
 * Walks text that a later shell will run, such as an alias or a profile, like the body of a
 * function that is only defined.
 */
export function runBody(walk: Walk, source: Source, name: string, frame: Frame): void {
  const from = walk.invocations.length;
  const inner: Frame = { ...frame, input: { kind: 'inherited' }, conditional: true, topLevel: false };
  runText(walk, source, frame.dialect, { ...inner, inFunction: name, depth: frame.depth + 1 });
  const { start, end } = { start: source.from(0), end: source.to(source.text.length) };
  walk.functions.push({ name, invocations: walk.invocations.splice(from), start, end });
}

/** Walks text that may never run: it changes nothing on this line, and nothing in it is rated. */
export function readUnrated(walk: Walk, source: Source, name: string, frame: Frame): void {
  const apart = { scope: newScope(), invocations: [], functions: [], settings: [], redirections: [] };
  const inner: Walk = { ...walk, ...apart, groups: [], substituted: new Map() };
  runBody(inner, source, name, frame);
  for (const definition of inner.functions) walk.functions.push({ ...definition, unrated: true });
}
