import type { Vocabulary } from '../domain/answers/vocabulary.ts';
import type { Configuration } from '../domain/configuration.ts';
import type { TrustLevel } from '../domain/policy/trust.ts';

/**
 * Valid settings of trust and sharing that may not do what the owner expects. `readVocabulary` is
 * called only if a name has to be looked up.
 */
export async function sharingWarnings(
  { sharing, trust }: Pick<Configuration, 'sharing' | 'trust'>,
  readVocabulary: () => Promise<Pick<Vocabulary, 'canonicalTool'>>,
): Promise<readonly string[]> {
  const open = sharing.level > 0 && trust.default !== 'untrusted' ? [openToAll(trust.default)] : [];
  if (sharing.deny_tools.length === 0) return open;
  const { canonicalTool } = await readVocabulary();
  return [...open, ...sharing.deny_tools.filter((name) => canonicalTool(name) === undefined).map(unknownTool)];
}

const MAY: Readonly<Record<Exclude<TrustLevel, 'untrusted'>, string>> = {
  share_to: 'receives summaries',
  query_from: 'may ask for summaries and aggregates',
  peer: 'receives summaries and may ask for summaries and aggregates',
  supervisor: 'may ask for aggregates',
};

const openToAll = (level: keyof typeof MAY): string =>
  `trust.default is "${level}" and sharing is on, so every node that no other rule names ${MAY[level]}; set levels under [trust.nodes] or [trust.subnets] instead`;

const unknownTool = (name: string): string =>
  `sharing.deny_tools: ${JSON.stringify(name)} is not in the catalogue of tools, so all tools outside the catalogue are withheld together; correct the name if it is a typing error`;
