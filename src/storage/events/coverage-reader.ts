import type { NodeSummary } from '../../domain/summaries/summary.ts';
import type { Database } from '../database.ts';

const COVERAGE = `SELECT shell, sum(redacted) AS redacted, sum(dropped) AS dropped
  FROM rollup_coverage WHERE slot >= ? AND slot < ? GROUP BY 1 ORDER BY 1`;

interface CoverageRow {
  readonly shell: string;
  readonly redacted: number;
  readonly dropped: number;
}

/**
 * How much of what was typed is behind the figures of the slots from `from` to before `to`. It
 * knows no tools, so where some are kept back it tells nothing that could be said of their
 * commands: not how many were masked, and no shell where nothing else was observed.
 *
 * @param observed commands of these slots without those of `keptBack`
 */
export function readCoverage(
  database: Database,
  [from, to]: readonly [from: number, to: number],
  observed: number,
  keptBack: readonly string[],
): NodeSummary['coverage'] {
  const rows = database.prepare(COVERAGE).all(from, to) as CoverageRow[];
  const total = (key: 'redacted' | 'dropped'): number => rows.reduce((sum, row) => sum + row[key], 0);
  const isWhole = keptBack.length === 0;
  return {
    observed,
    redacted: isWhole ? total('redacted') : 0,
    dropped: total('dropped'),
    shells: isWhole || observed > 0 ? rows.map(({ shell }) => shell) : [],
  };
}
