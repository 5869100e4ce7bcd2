import { FISH_GRAMMAR } from './fish-parser.ts';
import type { Frame, Walk } from './frame.ts';
import { MAX_DEPTH, MAX_LENGTH } from './limits.ts';
import type { Analysis, Dialect, Script } from './model.ts';
import { POSIX_GRAMMAR } from './parser.ts';
import { type Notes, newNotes, newReader } from './reader.ts';
import { runCall } from './runner.ts';
import { newScope } from './scope.ts';
import { lineSource, type Source } from './source.ts';
import { runScript } from './walker.ts';

/**
 * Tells what a command line would run (FR-403, FR-404).
 *
 * Pure and total: never throws, whatever the text; incomplete and wrong input is read as far as it goes (`complete`), limits on
 * size and depth cut the rest off (`truncated`). Time is linear in the length of `command` (UTF-16 units, at most 1 Mi are read).
 */
export function analyse(command: string, dialect: Dialect): Analysis {
  const notes = newNotes();
  if (command.length > MAX_LENGTH) notes.truncated = true;
  const text = command.slice(0, MAX_LENGTH);
  const walk = newWalk(notes);
  const script = parse(notes, lineSource(text), dialect, 0);
  walk.runScript(walk, script, topFrame(dialect));
  return {
    dialect,
    invocations: walk.invocations,
    tools: walk.invocations.filter(({ topLevel }) => topLevel).map(({ tool }) => tool),
    functions: walk.functions,
    settings: walk.settings,
    redirections: walk.redirections,
    comments: notes.comments,
    complete: notes.complete,
    truncated: notes.truncated,
  };
}

function parse(notes: Notes, source: Source, dialect: Dialect, depth: number): Script {
  if (depth > MAX_DEPTH) {
    notes.truncated = true;
    return { items: [], start: 0, end: 0 };
  }
  const grammar = dialect === 'fish' ? FISH_GRAMMAR : POSIX_GRAMMAR;
  return grammar.parseScript(newReader(source, dialect, notes, grammar, depth), null);
}

function newWalk(notes: Notes): Walk {
  // Whether a payload is complete says nothing about the line that holds it.
  const inner: Notes = notes;
  return {
    notes,
    scope: newScope(),
    invocations: [],
    functions: [],
    settings: [],
    redirections: [],
    runScript,
    runCall,
    parse: (source, dialect, depth) => {
      const { complete } = inner;
      const script = parse(inner, source, dialect, depth);
      inner.complete = complete;
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
  conditional: false,
  topLevel: true,
  depth: 0,
  input: { kind: 'inherited' },
  openArguments: false,
});
