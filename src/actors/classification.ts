import type { Classification, CommandText } from '../bus/messages.ts';
import type { Pattern } from '../domain/event.ts';
import { analyse } from '../shell/analyse.ts';
import { familyOf, patternOf } from '../shell/catalogue.ts';
import type { Analysis } from '../shell/model.ts';
import { redact } from '../shell/redact.ts';

/** Tool, family and pattern of one command, and its text with secrets masked (FR-403). */
export function classify({ command, shell }: CommandText): Classification {
  const analysis = analyse(command, shell);
  const { text, kinds } = redact(command, analysis);
  const pattern = mainPattern(analysis);
  return {
    analysis,
    text,
    redacted: kinds.length > 0,
    tools: analysis.tools,
    category: familyOf(pattern.tool),
    pattern,
  };
}

/** Commands that prepare for the one that a line is about. */
const PREPARATION = new Set([
  'cd',
  'pushd',
  'popd',
  'export',
  'set',
  'source',
  '.',
  'echo',
  'printf',
  'true',
  ':',
  'sleep',
  'test',
  '[',
  'clear',
]);

/** A line counts once, as its first command that is more than preparation: `cd repo && git pull` is a `git pull`. */
function mainPattern({ invocations }: Analysis): Pattern {
  const top = invocations.filter((invocation) => invocation.topLevel);
  const main = top.find((invocation) => !PREPARATION.has(invocation.tool)) ?? top[0];
  const name = main ? patternOf(main) : 'other';
  return { name, tool: name.split(' ')[0] ?? name };
}
