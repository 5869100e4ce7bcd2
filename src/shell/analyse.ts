import type { Frame, Walk } from './execution/frame.ts';
import { runCall } from './execution/runner.ts';
import { runScript } from './execution/walker.ts';
import { newScope } from './expansion/scope.ts';
import { MAX_LENGTH, MAX_PAYLOADS } from './limits.ts';
import type { Analysis, Dialect } from './model.ts';
import { lineSource } from './source.ts';
import { parse } from './syntax/parse.ts';
import { type AnalysisState, cutOff, newAnalysisState } from './syntax/reader.ts';

/**
 * Determines what a command line would run (FR-403, FR-404).
 *
 * Pure, and never throws. Incomplete or invalid input is read as far as possible (`complete`);
 * limits on size and depth cut off the rest (`truncated`, `analysedTo`). Time is linear in the
 * length of `command`, of which at most 256 Ki UTF-16 units are read.
 */
export function analyse(command: string, dialect: Dialect): Analysis {
  const state = newAnalysisState();
  if (command.length > MAX_LENGTH) cutOff(state, MAX_LENGTH);
  const text = command.slice(0, MAX_LENGTH);
  const walk = newWalk(state);
  const script = parse(lineSource(text), dialect, state);
  walk.runScript(walk, script, topFrame(dialect));
  return {
    dialect,
    invocations: walk.invocations,
    tools: walk.invocations.filter(({ topLevel }) => topLevel).map(({ tool }) => tool),
    functions: walk.functions,
    settings: walk.settings,
    redirections: walk.redirections,
    comments: state.comments,
    complete: state.complete,
    truncated: state.analysedTo < Number.POSITIVE_INFINITY,
    analysedTo: Math.min(state.analysedTo, command.length),
  };
}

function newWalk(state: AnalysisState): Walk {
  return {
    state,
    scope: newScope(),
    invocations: [],
    functions: [],
    settings: [],
    redirections: [],
    runScript,
    runCall,
    parse: (source, dialect, depth) => {
      // An incomplete payload does not make the line that contains it incomplete.
      const { complete } = state;
      state.payload += source.text.length;
      if (state.payload > MAX_PAYLOADS) {
        cutOff(state, source.from(0));
        return { items: [], start: 0, end: 0 };
      }
      const script = parse(source, dialect, state, depth);
      state.complete = complete;
      return script;
    },
  };
}

const topFrame = (dialect: Dialect): Frame => ({
  dialect,
  via: [],
  elevated: false,
  remote: false,
  contained: false,
  background: false,
  inFunction: null,
  inLoop: false,
  endless: false,
  conditional: false,
  topLevel: true,
  depth: 0,
  input: { kind: 'inherited' },
  openArguments: false,
});
