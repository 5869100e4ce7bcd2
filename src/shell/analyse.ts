import type { Frame, Walk } from './execution/frame.ts';
import { runCall } from './execution/runner.ts';
import { runScript } from './execution/walker.ts';
import { newScope, type Scope } from './expansion/scope.ts';
import { MAX_LENGTH, MAX_PAYLOADS } from './limits.ts';
import type { Analysis, Dialect } from './model.ts';
import { readRest } from './rest.ts';
import { lineSource } from './source.ts';
import { parse } from './syntax/parse.ts';
import { type AnalysisState, cutOff, newAnalysisState } from './syntax/reader.ts';

/**
 * Determines what a command line would run (FR-403, FR-404).
 *
 * Pure, and never throws. Incomplete or invalid input is read as far as possible (`complete`);
 * limits on size and depth cut off the rest (`truncated`, `analysedTo`), of which only what looks
 * dangerous is parsed. Time is linear in the length of `command`.
 */
export function analyse(command: string, dialect: Dialect): Analysis {
  const state = newAnalysisState();
  if (command.length > MAX_LENGTH) cutOff(state, MAX_LENGTH);
  const text = command.slice(0, MAX_LENGTH);
  const walk = newWalk(state, newScope());
  const script = parse(lineSource(text), dialect, state);
  walk.runScript(walk, script, topFrame(dialect));
  const analysis = analysisOf(walk, dialect, command.length);
  return analysis.truncated ? withRest(analysis, walk.scope, command) : analysis;
}

const analysisOf = (walk: Walk, dialect: Dialect, length: number): Analysis => ({
  dialect,
  invocations: walk.invocations,
  tools: walk.invocations.filter(({ topLevel }) => topLevel).map(({ tool }) => tool),
  functions: walk.functions,
  settings: walk.settings,
  redirections: walk.redirections,
  groups: walk.groups,
  substituted: walk.substituted,
  comments: walk.state.comments,
  complete: walk.state.complete,
  truncated: walk.state.analysedTo < Number.POSITIVE_INFINITY,
  analysedTo: Math.min(walk.state.analysedTo, length),
  missed: false,
});

/** Adds the commands of the rest that look dangerous. What the line has set applies to them. */
function withRest(analysis: Analysis, scope: Scope, command: string): Analysis {
  const walk = newWalk(newAnalysisState(), { ...scope, directory: null });
  const frame = { ...topFrame(analysis.dialect), topLevel: false, conditional: true };
  const read = readRest(walk, command, analysis.analysedTo, frame);
  return {
    ...analysis,
    invocations: [...analysis.invocations, ...walk.invocations],
    functions: [...analysis.functions, ...walk.functions],
    settings: [...analysis.settings, ...walk.settings],
    redirections: [...analysis.redirections, ...walk.redirections],
    groups: [...analysis.groups, ...walk.groups],
    substituted: new Map([...analysis.substituted, ...walk.substituted]),
    missed: !read,
  };
}

function newWalk(state: AnalysisState, scope: Scope): Walk {
  return {
    state,
    scope,
    invocations: [],
    functions: [],
    settings: [],
    redirections: [],
    groups: [],
    substituted: new Map(),
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
