import type { Vocabulary } from '../domain/answers/vocabulary.ts';
import { deniedTools } from '../policy/denied-tools.ts';

/** Catalogue and rules are large: a node that answers no query and asks none never loads them. */
export const readVocabulary = async (): Promise<Vocabulary> => (await import('../risk/vocabulary.ts')).vocabulary();

/** Canonical names of denied tools. The catalogue is loaded only if there are any. */
export const canonicalTools = async (denyTools: readonly string[]): Promise<readonly string[]> =>
  denyTools.length === 0 ? [] : [...deniedTools(denyTools, await readVocabulary())];
