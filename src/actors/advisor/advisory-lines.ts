import type { AdvisedRule, AdvisoryLine } from '../../domain/advisories/advisory.ts';
import { rulesOf } from '../../domain/advisories/advisory-fault.ts';
import type { Vocabulary } from '../../domain/answers/vocabulary.ts';
import { DAY_MS } from '../../domain/time/period.ts';
import type { RuleMatches } from '../../storage/events/rule-matches.ts';
import type { StoredAdvisory } from '../../storage/mesh/advisory-store.ts';

export interface LinePorts {
  /** The owner's own matches. They are shown here, and MUST NOT be sent. */
  readonly matches: RuleMatches;
  readonly vocabulary: () => Promise<Vocabulary>;
  /** Loads the descriptions of rules. */
  readonly describe: (
    ids: readonly string[],
  ) => Promise<readonly { readonly id: string; readonly reason: string; readonly safer: string }[]>;
}

const LOOK_BACK_DAYS = 30;
const MOST_RULES = 5;
const MOST_COMMANDS = 20;

/** Advisories with what they mean to the owner of this node. */
export async function advisoryLines(
  ports: LinePorts,
  advisories: readonly StoredAdvisory[],
  nowMs: number,
): Promise<readonly AdvisoryLine[]> {
  if (advisories.length === 0) return [];
  const words = await ports.vocabulary();
  const sinceMs = nowMs - LOOK_BACK_DAYS * DAY_MS;
  const lines: AdvisoryLine[] = [];
  for (const { isOwn, delivered, ...advisory } of advisories) {
    const ids = rulesOf(advisory.subject, words);
    const rules = await advisedRules(ports, advisory.subject.kind === 'rule', ids, sinceMs);
    const commands = rules.some(({ matches }) => matches > 0) ? ports.matches.newest(ids, sinceMs, MOST_COMMANDS) : [];
    lines.push({ ...advisory, delivered: isOwn ? delivered : null, rules, commands });
  }
  return lines;
}

async function advisedRules(
  { matches, describe }: LinePorts,
  isRule: boolean,
  ids: readonly string[],
  sinceMs: number,
): Promise<readonly AdvisedRule[]> {
  const counts = matches.counts(ids, sinceMs);
  const shown = isRule ? ids : [...counts.keys()].sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0));
  const described = await describe(shown.slice(0, MOST_RULES));
  return described.map(({ id, reason, safer }) => ({ id, reason, safer, matches: counts.get(id) ?? 0 }));
}
