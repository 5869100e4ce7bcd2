/* Rates a node's stored commands again with custom rules. */
import type { TerminalEvent } from '../../domain/events/event.ts';
import { RISK_LEVELS, type RiskLevel, riskRank } from '../../domain/events/risk-level.ts';
import type { ReplayedCommand, ReplayResult } from '../../domain/rules/custom-rule.ts';
import { analyse } from '../../shell/analyse.ts';
import { assess } from '../assess.ts';
import { stepsOf } from '../step.ts';
import type { PathContext } from '../subjects/paths.ts';
import { type CustomRuleOptions, CustomRuleSet } from './custom-rule-set.ts';
import { type RuleCollection, reportOf } from './rule-files.ts';

/** Newest commands that a result shows. */
const EXAMPLES = 50;
const PAUSE_AFTER = 200;

export interface ReplayOptions extends CustomRuleOptions {
  /** ISO 8601 UTC. */
  readonly since: string;
  readonly home: string;
  /** Asked between two commands; true ends the replay. */
  readonly isOver: () => boolean;
  /** Called now and then, so that an interrupt is noticed. */
  readonly pause?: () => Promise<void>;
}

/** @param events newest first, as stored: secrets in their text are masked */
export async function replay(
  collection: RuleCollection,
  events: Iterable<TerminalEvent>,
  options: ReplayOptions,
): Promise<ReplayResult> {
  const set = new CustomRuleSet(collection.rules, options);
  const counts = new Map<string, number>();
  const examples: ReplayedCommand[] = [];
  let [commands, matches] = [0, 0];
  let readTo: string | null = null;
  for (const event of events) {
    if (options.isOver()) {
      readTo = event.time;
      break;
    }
    commands += 1;
    if (commands % PAUSE_AFTER === 0) await options.pause?.();
    const replayed = rated(set, event, options.home);
    if (!replayed) continue;
    matches += 1;
    if (replayed.from === replayed.to) continue;
    const key = `${replayed.from} ${replayed.to}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    if (examples.length < EXAMPLES) examples.push(replayed);
  }
  const { rules } = reportOf('', collection, options.system);
  return { rules, since: options.since, commands, matches, changes: changesOf(counts), examples, readTo };
}

/** Null where no rule matches. */
function rated(set: CustomRuleSet, event: TerminalEvent, home: string): ReplayedCommand | null {
  const { id, time, command, shell, cwd } = event;
  const context = { home, ...(cwd === null ? {} : { cwd }) };
  const { findings: matched } = set.assess(stepsOf(analyse(command, shell), context));
  if (matched.length === 0) return null;
  const ids = new Set(set.rules.map((rule) => rule.id));
  const raised = matched.reduce<RiskLevel>((level, found) => higher(level, found.level), 'safe');
  const from = levelWithout(event, ids, context);
  return { id, time, command, from, to: higher(from, raised), rules: matched.map(({ rule }) => rule) };
}

const higher = (a: RiskLevel, b: RiskLevel): RiskLevel => (riskRank(a) >= riskRank(b) ? a : b);

/**
 * The level that is stored. Where an earlier version of one of these rules is part of it, the
 * built-in rules rate the command again.
 */
function levelWithout(event: TerminalEvent, ids: ReadonlySet<string>, context: PathContext): RiskLevel {
  if (!event.rules.some((rule) => ids.has(rule))) return event.risk;
  return assess(analyse(event.command, event.shell), context).level;
}

const changesOf = (counts: ReadonlyMap<string, number>): ReplayResult['changes'] =>
  RISK_LEVELS.flatMap((from) =>
    RISK_LEVELS.flatMap((to) => {
      const count = counts.get(`${from} ${to}`) ?? 0;
      return count === 0 ? [] : [{ from, to, count }];
    }),
  );
