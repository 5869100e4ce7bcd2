import type { StartedCommand } from '../../domain/events/event.ts';
import { RISK_LEVELS } from '../../domain/events/risk-level.ts';
import type { ShellKind } from '../../domain/events/shell-kind.ts';
import type { Database } from '../database.ts';
import { agentOf } from '../events/event-row.ts';
import { AGENT_COUNTS, ROLLUP_COUNTS } from '../rollups/rollup-row.ts';
import { type End, RollupTally } from '../rollups/rollup-tally.ts';
import type { Row } from './damaged-rows.ts';

const TABLES = {
  count: { table: 'rollup', keys: ['slot', 'pattern_id', 'risk'], sums: ROLLUP_COUNTS },
  countRule: { table: 'rollup_rule', keys: ['slot', 'rule'], sums: ['count'] },
  countAgents: { table: 'rollup_agent', keys: ['slot', 'author', 'pattern_id', 'risk'], sums: AGENT_COUNTS },
  addCoverage: { table: 'rollup_coverage', keys: ['slot', 'shell'], sums: ['observed', 'redacted', 'dropped'] },
} as const;
type Figure = keyof typeof TABLES;
export const FIGURE_TABLES = Object.values(TABLES).map(({ table }) => table);

/** The rollup that an event is counted in. */
export interface EventFacts
  extends Pick<StartedCommand, 'startMs' | 'risk' | 'rules' | 'shell' | 'redacted' | 'origin' | 'agent'> {
  readonly end: End | null;
}

/** @throws RangeError for a row that is readable but not an event */
export function eventFacts(row: Row, isImported: boolean): EventFacts {
  const risk = RISK_LEVELS[Number(row['risk'])];
  const startMs = Number(row['time_ms']);
  const rules: unknown = JSON.parse(String(row['rules']));
  if (risk === undefined || !Number.isSafeInteger(startMs) || !Array.isArray(rules))
    throw new RangeError('expected an event');
  const [exitCode, durationMs] = [row['exit_code'] as number | null, row['duration_ms'] as number | null];
  return {
    startMs,
    risk,
    rules,
    shell: row['shell'] as ShellKind,
    // Not stored separately; the mask in the text shows it.
    redacted: String(row['command']).includes('‹redacted:'),
    ...agentOf(row['author'] === undefined ? undefined : String(row['author'])),
    ...(isImported ? { origin: 'imported' } : {}),
    end: exitCode === null && durationMs === null ? null : { exitCode, durationMs },
  };
}

type Counts = Map<string, { readonly key: readonly (string | number)[]; readonly counts: readonly number[] }>;

const noCounts = (): Record<Figure, Counts> => ({
  count: new Map(),
  countRule: new Map(),
  countAgents: new Map(),
  addCoverage: new Map(),
});

/**
 * The figures to add from a damaged database: its rollups, or the sums of its readable events where
 * these are higher (a page of rollups may be lost), minus the events that the intact database has
 * already.
 */
export class SalvagedFigures {
  readonly #readable = new RollupTally();
  readonly #known = new RollupTally();
  readonly #rollups = noCounts();

  /** @param patternId its id in the whole database */
  event({ end, ...facts }: EventFacts, patternId: number, isKnown: boolean): void {
    this.#readable.add(facts, patternId, end);
    if (isKnown) this.#known.add(facts, patternId, end);
  }

  /** A row of one of `FIGURE_TABLES`, with the pattern's id in the whole database. */
  rollup(table: string, row: Row): void {
    for (const [figure, { table: name, keys, sums }] of Object.entries(TABLES)) {
      if (name !== table) continue;
      const key = keys.map((column) => row[column] as string | number);
      const counts = sums.map((column) => Number(row[column] ?? 0));
      const before = this.#rollups[figure as Figure].get(key.join(' '))?.counts;
      // Patterns whose rows were lost share one id.
      put(this.#rollups[figure as Figure], key, before ? before.map((count, at) => count + (counts[at] ?? 0)) : counts);
    }
  }

  write(into: Database): void {
    const readable = countsOf(this.#readable);
    const known = countsOf(this.#known);
    for (const figure of Object.keys(TABLES) as Figure[]) {
      const { table, keys, sums } = TABLES[figure];
      const add = into.prepare(
        `INSERT INTO ${table} (${[...keys, ...sums].join(', ')}) VALUES (${[...keys, ...sums].map(() => '?').join(', ')})
         ON CONFLICT DO UPDATE SET ${sums.map((name) => `${name} = ${name} + excluded.${name}`).join(', ')}`,
      );
      const rollups = this.#rollups[figure];
      for (const [name, { key }] of new Map([...rollups, ...readable[figure]])) {
        const counts = sums.map((_, at) => {
          const [stored, seen, twice] = [rollups, readable[figure], known[figure]].map(
            (from) => from.get(name)?.counts[at] ?? 0,
          ) as [number, number, number];
          return Math.max(stored, seen) - twice;
        });
        if (counts.some((count) => count !== 0)) add.run(...key, ...counts);
      }
    }
  }
}

function countsOf(tally: RollupTally): Record<Figure, Counts> {
  const figures = noCounts();
  const taken = (figure: Figure) => ({
    run: (...values: readonly (string | number)[]): void => {
      const { length } = TABLES[figure].keys;
      put(figures[figure], values.slice(0, length), values.slice(length).map(Number));
    },
  });
  tally.write({
    count: taken('count'),
    countEnds: taken('count'),
    countRule: taken('countRule'),
    addCoverage: taken('addCoverage'),
    countAgents: taken('countAgents'),
    countAgentEnds: taken('countAgents'),
  });
  return figures;
}

const put = (into: Counts, key: readonly (string | number)[], counts: readonly number[]): void => {
  into.set(key.join(' '), { key, counts });
};
