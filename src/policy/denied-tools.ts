import type { Vocabulary } from '../domain/answers/vocabulary.ts';

/**
 * Canonical names of the tools in `sharing.deny_tools`. A name outside the catalogue is counted
 * under `other`, which is then withheld as a whole, because the two cannot be told apart.
 */
export const deniedTools = (
  names: readonly string[],
  vocabulary: Pick<Vocabulary, 'canonicalTool'>,
): ReadonlySet<string> => new Set(names.map((name) => vocabulary.canonicalTool(name) ?? 'other'));
