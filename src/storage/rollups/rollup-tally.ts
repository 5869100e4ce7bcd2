import { HUMAN } from '../../domain/events/author.ts';
import type { StartedCommand } from '../../domain/events/event.ts';
import { riskRank } from '../../domain/events/risk-level.ts';
import { durationBucket } from '../../domain/summaries/summary.ts';
import { slotOf } from '../../domain/time/period.ts';
import { AGENT_COUNTS, AGENT_COVERAGE, ROLLUP_COUNTS } from './rollup-row.ts';

/** Places in `ROLLUP_COUNTS`; the buckets follow the last. */
const [ENDED, FAILURES, DURATION] = [1, 2, 3] as const;

interface Statement {
  readonly run: (...values: readonly (string | number)[]) => unknown;
}

/** Writers of a tally: each adds its counts to the existing row. */
export interface RollupStatements {
  /** Slot, pattern id, risk, then `ROLLUP_COUNTS`. */
  readonly count: Statement;
  /** The same, where the row may have been removed. */
  readonly countEnds: Statement;
  /** Slot, rule, count. */
  readonly countRule: Statement;
  /** Slot, shell, observed, redacted, dropped. */
  readonly addCoverage: Statement;
  /** Slot, author, pattern id, risk, then `AGENT_COUNTS`. */
  readonly countAgents: Statement;
  /** The same, where the row may have been removed. */
  readonly countAgentEnds: Statement;
}

/** How a command ended; null where that is not known. */
export interface End {
  readonly exitCode: number | null;
  readonly durationMs: number | null;
}

/** What decides in which rollups a command is counted. */
type CountedFacts = Pick<StartedCommand, 'startMs' | 'risk' | 'rules' | 'shell' | 'redacted' | 'origin' | 'agent'>;

interface Row {
  readonly key: readonly (string | number)[];
  readonly counts: number[];
}

/** Which rollup a command is counted in; `risk` is the index in `RISK_LEVELS`. */
export interface RollupKey {
  readonly author: string;
  readonly slot: number;
  readonly patternId: number;
  readonly risk: number;
}

/**
 * Rollups of the commands that begin or end in one commit, added up so that each row is written
 * once.
 */
export class RollupTally {
  readonly #usage = new Map<string, Row>();
  readonly #ends = new Map<string, Row>();
  readonly #rules = new Map<string, Row>();
  readonly #coverage = new Map<string, Row>();
  readonly #agents = new Map<string, Row>();
  readonly #agentEnds = new Map<string, Row>();

  /** @param end null while the command runs. */
  add(
    { startMs, risk, rules, shell, redacted, origin, agent }: CountedFacts,
    patternId: number,
    end: End | null,
  ): void {
    const slot = slotOf(startMs);
    const usage = countsOf(this.#usage, [slot, patternId, riskRank(risk)], ROLLUP_COUNTS.length);
    increase(usage, 0, 1);
    if (end) addEnd(usage, end);
    if (agent) {
      const counts = countsOf(this.#agents, [slot, agent.name, patternId, riskRank(risk)], AGENT_COUNTS.length);
      increase(counts, 0, 1);
      if (end) addStatus(counts, end);
    }
    for (const rule of rules) increase(countsOf(this.#rules, [slot, rule], 1), 0, 1);
    const coverage = countsOf(this.#coverage, [slot, agent ? AGENT_COVERAGE : shell], 3);
    if (origin === undefined) increase(coverage, 0, 1);
    if (redacted) increase(coverage, 1, 1);
  }

  /** Counts the end of a command that was added in an earlier commit. */
  end({ slot, patternId, risk, author }: RollupKey, end: End): void {
    addEnd(countsOf(this.#ends, [slot, patternId, risk], ROLLUP_COUNTS.length), end);
    if (author === HUMAN) return;
    addStatus(countsOf(this.#agentEnds, [slot, author, patternId, risk], AGENT_COUNTS.length), end);
  }

  write({ count, countEnds, countRule, addCoverage, countAgents, countAgentEnds }: RollupStatements): void {
    for (const [rows, statement] of [
      [this.#usage, count],
      [this.#ends, countEnds],
      [this.#rules, countRule],
      [this.#coverage, addCoverage],
      [this.#agents, countAgents],
      [this.#agentEnds, countAgentEnds],
    ] as const) {
      for (const { key, counts } of rows.values()) statement.run(...key, ...counts);
    }
  }
}

/** The counts under a key, zeros where it is new. */
function countsOf(rows: Map<string, Row>, key: Row['key'], size: number): number[] {
  const name = key.join(' ');
  const row = rows.get(name) ?? { key, counts: new Array<number>(size).fill(0) };
  if (row.key === key) rows.set(name, row);
  return row.counts;
}

const increase = (counts: number[], at: number, by: number): void => {
  counts[at] = (counts[at] ?? 0) + by;
};

/** Adds to `ROLLUP_COUNTS` what is known of a command's end: nothing for unknown values. */
function addEnd(counts: number[], end: End): void {
  addStatus(counts, end);
  const { durationMs } = end;
  if (durationMs === null) return;
  increase(counts, DURATION, durationMs);
  increase(counts, DURATION + 1 + durationBucket(durationMs), 1);
}

function addStatus(counts: number[], { exitCode }: End): void {
  if (exitCode === null) return;
  increase(counts, ENDED, 1);
  if (exitCode !== 0) increase(counts, FAILURES, 1);
}
