import { HUMAN } from '../../domain/events/author.ts';
import { RISK_LEVELS } from '../../domain/events/risk-level.ts';
import type { AuthorFigures } from '../../domain/events/statistics.ts';
import type { Database } from '../database.ts';
import { agentsBetween } from './rollup-range.ts';

interface Row {
  readonly author: string;
  readonly risk: number;
  readonly count: number;
  readonly ended: number;
  readonly failures: number;
}

type Totals = Omit<AuthorFigures, 'author'>;

/** Commands of agents in the slots from `from` to before `to`, by name and risk. */
export function readAgents(database: Database, from: number, to: number, and = ''): readonly AuthorFigures[] {
  const rows = database
    .prepare(
      `SELECT author, risk, sum(count) AS count, sum(ended) AS ended, sum(failures) AS failures
       FROM ${agentsBetween(from, to, and)} GROUP BY author, risk`,
    )
    .all() as Row[];
  return [...new Set(rows.map(({ author }) => author))].map((author) => {
    const own = rows.filter((row) => row.author === author);
    const sum = (of: 'count' | 'ended' | 'failures'): number => own.reduce((total, row) => total + row[of], 0);
    return {
      author,
      commands: sum('count'),
      ended: sum('ended'),
      failures: sum('failures'),
      levels: levelsFrom((rank) => own.find(({ risk }) => risk === rank)?.count ?? 0),
    };
  });
}

/** People first, then agents with the most commands first. People are the total without agents. */
export function byAuthor(total: Totals, agents: readonly AuthorFigures[]): readonly AuthorFigures[] {
  const less = (of: 'commands' | 'ended' | 'failures'): number =>
    agents.reduce((rest, agent) => rest - agent[of], total[of]);
  const levels = levelsFrom((rank) => {
    const level = RISK_LEVELS[rank] ?? 'critical';
    return agents.reduce((rest, agent) => rest - agent.levels[level], total.levels[level]);
  });
  const people = {
    author: HUMAN,
    commands: less('commands'),
    ended: less('ended'),
    failures: less('failures'),
    levels,
  };
  return [people, ...agents.toSorted((a, b) => b.commands - a.commands || (a.author < b.author ? -1 : 1))];
}

const levelsFrom = (countOf: (rank: number) => number): AuthorFigures['levels'] =>
  Object.fromEntries(RISK_LEVELS.map((level, rank) => [level, countOf(rank)])) as AuthorFigures['levels'];
