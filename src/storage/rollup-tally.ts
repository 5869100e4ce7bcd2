import type { StartedCommand } from '../domain/event.ts';
import { slotOf } from '../domain/period.ts';
import { riskRank } from '../domain/risk-level.ts';
import { DURATION_BUCKETS, durationBucket } from '../domain/summary.ts';

interface Statement {
  readonly run: (...values: readonly (string | number)[]) => unknown;
}

/** What writes a tally: each adds its counts to the row that is there. */
export interface RollupStatements {
  /** Slot, pattern id, risk, then `ROLLUP_COUNTS`. */
  readonly count: Statement;
  /** The same, where the row may be gone. */
  readonly countEnds: Statement;
  /** Slot, rule, count. */
  readonly countRule: Statement;
  /** Slot, shell, observed, redacted, dropped. */
  readonly addCoverage: Statement;
}

/** How a command ended. */
export interface End {
  readonly exitCode: number | null;
  readonly durationMs: number | null;
}

interface Row {
  readonly key: readonly (string | number)[];
  readonly counts: number[];
}

/** Which rollup a command is counted in; `risk` is the index in `RISK_LEVELS`. */
export interface RollupKey {
  readonly slot: number;
  readonly patternId: number;
  readonly risk: number;
}

/** Rollups of the commands that begin or end in one commit, added up so that each row is written once. */
export class RollupTally {
  readonly #usage = new Map<string, Row>();
  readonly #ends = new Map<string, Row>();
  readonly #rules = new Map<string, Row>();
  readonly #coverage = new Map<string, Row>();

  /** @param end null while the command runs. */
  add({ startMs, risk, rules, shell, redacted }: StartedCommand, patternId: number, end: End | null): void {
    const slot = slotOf(startMs);
    add(this.#usage, [slot, patternId, riskRank(risk)], [1, ...endCounts(end)]);
    for (const rule of rules) add(this.#rules, [slot, rule], [1]);
    add(this.#coverage, [slot, shell], [1, redacted ? 1 : 0, 0]);
  }

  /** Counts the end of a command that was added in an earlier commit. */
  end({ slot, patternId, risk }: RollupKey, end: End): void {
    add(this.#ends, [slot, patternId, risk], [0, ...endCounts(end)]);
  }

  write({ count, countEnds, countRule, addCoverage }: RollupStatements): void {
    for (const [rows, statement] of [
      [this.#usage, count],
      [this.#ends, countEnds],
      [this.#rules, countRule],
      [this.#coverage, addCoverage],
    ] as const) {
      for (const { key, counts } of rows.values()) statement.run(...key, ...counts);
    }
  }
}

function add(rows: Map<string, Row>, key: Row['key'], counts: readonly number[]): void {
  const name = key.join(' ');
  const row = rows.get(name);
  if (row) for (const [index, count] of counts.entries()) row.counts[index] = (row.counts[index] ?? 0) + count;
  else rows.set(name, { key, counts: [...counts] });
}

/** `ended`, `failures`, `duration_ms` and the buckets. */
function endCounts(end: End | null): readonly number[] {
  const buckets = Array.from({ length: DURATION_BUCKETS }, () => 0);
  if (end === null) return [0, 0, 0, ...buckets];
  const durationMs = end.durationMs ?? 0;
  buckets[durationBucket(durationMs)] = 1;
  return [1, end.exitCode !== null && end.exitCode !== 0 ? 1 : 0, durationMs, ...buckets];
}
