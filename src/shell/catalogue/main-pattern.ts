import type { Pattern } from '../../domain/events/event.ts';
import type { Analysis } from '../model.ts';
import { familyOf, patternOf } from './catalogue.ts';

/** Commands that only prepare the main command of a line. */
const PREPARATION = new Set([
  ...['cd', 'pushd', 'popd', 'export', 'set', 'source', '.', 'echo', 'printf'],
  ...['true', ':', 'sleep', 'test', '[', '[[', 'clear'],
]);

/**
 * The pattern that a line is counted as: its first known command that is not preparation. `cd repo
 * && git pull` counts as `git pull`.
 */
export function mainPattern({ invocations }: Analysis): Pattern {
  const top = invocations.filter((invocation) => invocation.topLevel);
  const candidates = top.length > 0 ? top : invocations;
  const working = candidates.filter((invocation) => !PREPARATION.has(invocation.tool));
  const main = working.find(({ tool }) => familyOf(tool) !== 'other') ?? working[0] ?? candidates[0];
  const name = main ? patternOf(main) : 'other';
  return { name, tool: name.split(' ')[0] ?? name };
}
