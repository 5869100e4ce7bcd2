import type { NodeSummary } from '../../domain/summaries/summary.ts';
import type { Database } from '../database.ts';
import { AGENT_COVERAGE } from '../rollups/rollup-row.ts';

const COVERAGE = `SELECT shell, sum(observed) + sum(dropped) AS reported, sum(redacted) AS redacted, sum(dropped) AS dropped
  FROM rollup_coverage WHERE slot >= ? AND slot < ? GROUP BY 1 ORDER BY 1`;

interface CoverageRow {
  readonly shell: string;
  /** 0 where all of its commands were imported. */
  readonly reported: number;
  readonly redacted: number;
  readonly dropped: number;
}

/**
 * Coverage of the slots in [from, to). A shell counts if its hook reported something; an imported
 * history does not. Coverage is not counted per tool. Where tools are denied, it
 * therefore leaves out what could describe their commands: the number of masked ones, and the
 * shells where no other command was observed.
 *
 * @param observed commands of these slots without those of `denied`
 */
export function readCoverage(
  database: Database,
  [from, to]: readonly [from: number, to: number],
  observed: number,
  denied: readonly string[],
): NodeSummary['coverage'] {
  const rows = database.prepare(COVERAGE).all(from, to) as CoverageRow[];
  const total = (key: 'redacted' | 'dropped'): number => rows.reduce((sum, row) => sum + row[key], 0);
  const isWhole = denied.length === 0;
  return {
    observed,
    redacted: isWhole ? total('redacted') : 0,
    dropped: total('dropped'),
    shells:
      isWhole || observed > 0
        ? rows.filter(({ shell, reported }) => reported > 0 && shell !== AGENT_COVERAGE).map(({ shell }) => shell)
        : [],
  };
}
