import { analyse } from '../../../src/shell/analyse.ts';
import type { Dialect, Invocation } from '../../../src/shell/model.ts';

/** An invocation in one line: wrappers, tool and arguments, such as `sudo > rm [-rf] [/]`. */
export function describeInvocation({ via, tool, args }: Invocation): string {
  return [...via.map(({ name }) => `${name} >`), tool, ...args.map(({ text }) => `[${text}]`)].join(' ');
}

/** What a command line runs, one line per invocation, in order. */
export const runs = (text: string, dialect: Dialect = 'bash'): string[] =>
  analyse(text, dialect).invocations.map(describeInvocation);

/** The last invocation of a command line, without its wrappers. */
export const runsLast = (text: string, dialect: Dialect = 'bash'): string => runs(text, dialect).at(-1) ?? '';

/** The only invocation of a tool; fails if there is none or more than one. */
export function only(text: string, tool: string, dialect: Dialect = 'bash'): Invocation {
  const found = analyse(text, dialect).invocations.filter((invocation) => invocation.tool === tool);
  const [first] = found;
  if (first === undefined || found.length > 1) throw new Error(`${found.length} invocations of ${tool}`);
  return first;
}
