import type { Scope } from '../expansion/scope.ts';
import { MAX_INVOCATIONS } from '../limits.ts';
import type {
  Assignment,
  Code,
  Dialect,
  FunctionDefinition,
  Input,
  Invocation,
  OutputGroup,
  PlacedRedirection,
  Redirection,
  Script,
  Setting,
  Span,
  Substitution,
  Word,
} from '../model.ts';
import type { Source } from '../source.ts';
import { type AnalysisState, cutOff, type Mutable } from '../syntax/reader.ts';

/** Context in which a command runs; passed down and never modified. */
export interface Frame
  extends Pick<
    Invocation,
    | 'via'
    | 'elevated'
    | 'remote'
    | 'contained'
    | 'background'
    | 'inFunction'
    | 'inLoop'
    | 'endless'
    | 'conditional'
    | 'topLevel'
    | 'depth'
    | 'input'
    | 'openArguments'
  > {
  readonly dialect: Dialect;
}

/** What a command prints; null if unknown. */
export type Output = string | null;

/** A simple command after expansion. */
export interface Call extends Span {
  readonly words: readonly Word[];
  readonly assignments: readonly Assignment[];
  readonly redirections: readonly Redirection[];
  readonly substitutions: readonly Substitution[];
}

/** State of the walk over one command line, and the two functions that walk it. */
export interface Walk {
  readonly state: AnalysisState;
  readonly scope: Scope;
  readonly invocations: Mutable<Invocation>[];
  readonly functions: FunctionDefinition[];
  readonly settings: Setting[];
  readonly redirections: PlacedRedirection[];
  readonly groups: OutputGroup[];
  readonly substituted: Map<Script, Invocation[]>;
  /** Walks a parsed script. */
  readonly runScript: (walk: Walk, script: Script, frame: Frame) => Output;
  /** Walks a command whose words are known. */
  readonly runCall: (walk: Walk, call: Call, frame: Frame) => Output;
  /** Parses text given to a shell; returns an empty script beyond the depth limit. */
  readonly parse: (source: Source, dialect: Dialect, depth: number) => Script;
}

const NO_TEXTS: readonly string[] = [];

/** Adds an invocation; returns null and cuts the analysis off when there are too many. */
export function addInvocation(
  walk: Walk,
  frame: Frame,
  call: Call,
  tool: string,
  name: Word,
  input: Input,
  code: Code | null,
): Mutable<Invocation> | null {
  if (walk.invocations.length >= MAX_INVOCATIONS) {
    cutOff(walk.state, call.start);
    return null;
  }
  const invocation: Mutable<Invocation> = {
    tool,
    name,
    args: call.words.slice(1),
    redirections: call.redirections,
    assignments: call.assignments,
    via: frame.via,
    elevated: frame.elevated,
    remote: frame.remote,
    contained: frame.contained,
    input,
    pipesTo: null,
    background: frame.background,
    directory: walk.scope.directory,
    inFunction: frame.inFunction,
    inLoop: frame.inLoop,
    endless: frame.endless,
    conditional: frame.conditional,
    topLevel: frame.topLevel,
    depth: frame.depth,
    openArguments: frame.openArguments,
    code,
    substitutions: call.substitutions,
    referencedTexts: NO_TEXTS,
    start: call.start,
    end: call.end,
  };
  walk.invocations.push(invocation);
  return invocation;
}

/**
 * The input of a command: its own redirections take precedence over the inherited input. `< <(…)`
 * is a pipe by another name.
 */
export function inputOf(
  redirections: readonly Redirection[],
  frame: Frame,
  substitutions: readonly Substitution[] = [],
): Input {
  let input = frame.input;
  for (const redirection of redirections) {
    if (redirection.fd !== 0) continue;
    const { operator, body, target } = redirection;
    if (body !== null) input = { kind: 'here-document', word: body, text: body.text };
    else if (operator === '<<<') input = { kind: 'here-string', word: target, text: target.text };
    else if (operator === '<' || operator === '<>') {
      const isProcess = target.parts.length === 1 && target.parts[0]?.kind === 'process';
      const found = isProcess ? substitutions.filter(({ kind, argument }) => kind === 'process' && argument < 0) : [];
      const [only] = found;
      input =
        only && found.length === 1
          ? { kind: 'pipe', from: only.invocations, output: only.output }
          : { kind: 'file', word: target };
    }
  }
  return input;
}
