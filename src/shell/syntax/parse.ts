import { MAX_DEPTH } from '../limits.ts';
import type { Dialect, Script } from '../model.ts';
import type { Source } from '../source.ts';
import { FISH_GRAMMAR } from './fish-parser.ts';
import { POSIX_GRAMMAR } from './parser.ts';
import { type AnalysisState, cutOff, newReader } from './reader.ts';

/** Parses text into a syntax tree and updates `state`. The tree is empty beyond the depth limit. */
export function parse(source: Source, dialect: Dialect, state: AnalysisState, depth = 0): Script {
  if (depth > MAX_DEPTH) {
    cutOff(state, source.from(0));
    return { items: [], start: source.from(0), end: source.to(source.text.length) };
  }
  const grammar = dialect === 'fish' ? FISH_GRAMMAR : POSIX_GRAMMAR;
  const reader = newReader(source, dialect, state, grammar, depth);
  const script = grammar.parseScript(reader, null);
  // A here-document whose body is missing.
  if (reader.documents.length > 0) state.complete = false;
  return script;
}
