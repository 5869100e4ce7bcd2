import type { NodeSummary } from './summary.ts';
import type { QueryType, TargetState } from './trust.ts';

/** Answer of `caro mesh query` (design.md §8, §10). `counts` add up to the number of targets. */
export interface QueryResult {
  readonly type: QueryType;
  readonly since: string;
  readonly until: string;
  readonly targets: readonly {
    readonly id: string;
    readonly name: string | null;
    readonly state: TargetState;
    readonly elapsedMs: number;
    readonly summary?: Partial<NodeSummary>;
  }[];
  readonly counts: Readonly<Record<TargetState, number>>;
  readonly contributors: number;
  readonly withheld: 'cohort_too_small' | null;
  readonly withheldCells: readonly string[];
  readonly aggregate: Readonly<Record<string, number | null>> | null;
  readonly elapsedMs: number;
}
