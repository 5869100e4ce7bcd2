/** Share of the coding agents in what was counted, over all nodes. Names no agent and no node. */
import { RISK_LEVELS } from '../events/risk-level.ts';
import { commandsOf, type FigureDay, figureOf, riskyOf, sumOf } from './figure-day.ts';
import { shareInPercent } from './figure-text.ts';

/** From 0 to 1; null where no day tells, or nothing was counted. */
export interface AgentShare {
  readonly commands: number | null;
  /** Of the commands of high and critical risk. */
  readonly risky: number | null;
}

type Amount = (day: FigureDay) => number | null;

export const agentShare = (days: readonly FigureDay[]): AgentShare => ({
  commands: shareOf(days, agentCommandsOf, commandsOf),
  risky: shareOf(days, (day) => byAgents(day, ['high', 'critical']), riskyOf),
});

/** Null where nothing is known. */
export function agentSentence({ commands, risky }: AgentShare): string | null {
  // Without a command there is no risky one either.
  if (commands === 0) return 'Coding agents ran none of the commands.';
  const known = [
    ...(commands === null ? [] : [`${shareInPercent(commands)} of the commands`]),
    ...(risky === null ? [] : [`${shareInPercent(risky)} of the risky ${commands === null ? 'commands' : 'ones'}`]),
  ];
  return known.length === 0 ? null : `Coding agents ran ${known.join(' and ')}.`;
}

/** Released totals have one cell for it as well, saved answers only one for each level. */
const agentCommandsOf: Amount = (day) => figureOf(day, 'authors.agent.count') ?? byAgents(day, RISK_LEVELS);

const byAgents = (day: FigureDay, levels: readonly string[]): number | null =>
  sumOf(levels.map((level) => figureOf(day, `authors.agent.${level}.count`)));

/** Over the days on which both are known. */
function shareOf(days: readonly FigureDay[], part: Amount, whole: Amount): number | null {
  let [sum, of] = [0, 0];
  for (const day of days) {
    const [some, all] = [part(day), whole(day)];
    if (some === null || all === null) continue;
    sum += some;
    of += all;
  }
  return of > 0 ? Math.min(1, sum / of) : null;
}
