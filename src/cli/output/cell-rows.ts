import { duration } from './output.ts';

/** One line of the sum: a name and its figures; null is withheld. */
export interface CellRow {
  readonly name: string;
  readonly values: readonly (string | null)[];
}

export interface CellTable {
  readonly titles: readonly string[];
  readonly rows: readonly CellRow[];
  /** Number of rows left out because all their figures are 0. */
  readonly zeros: number;
}

type Aggregate = Readonly<Record<string, number | null>>;

/** Measures of `families.F.measure`, in the order of their columns. */
const MEASURES = { count: 'COMMANDS', failures: 'FAILURES', durationMs: 'TIME' } as const;
type Measure = keyof typeof MEASURES;

/** Display text by the first part of a cell's name (docs/queries.md "Vectors"). */
const SECTIONS: Readonly<Record<string, (rest: string) => string>> = {
  levels: (level) => `risk ${level}`,
  rules: (family) => `rules about ${family}`,
  hours: (hour) => `${hour.padStart(2, '0')}:00 to ${hour.padStart(2, '0')}:59`,
  weekdays: (day) => day,
  anomalies: (kind) => kind,
  shells: (shell) => `nodes with ${shell}`,
};
const TOTALS: Readonly<Record<string, string>> = {
  commands: 'commands',
  rules: 'matches of risk rules',
  anomalies: 'anomalies',
  redacted: 'commands with masked secrets',
  dropped: 'records dropped',
};

/**
 * Converts an aggregate to table rows. Unknown names are shown unchanged.
 */
export function cellRows(aggregate: Aggregate): CellTable {
  const measures = (Object.keys(MEASURES) as Measure[]).filter((measure) =>
    Object.keys(aggregate).some((cell) => cell.startsWith('families.') && cell.endsWith(`.${measure}`)),
  );
  const all = measures.length > 0 ? familyRows(aggregate, measures) : plainRows(aggregate);
  const rows = all.filter(({ values }) => values.some((value) => value !== '0' && value !== '0 ms'));
  const titles = measures.length > 0 ? ['FAMILY', ...measures.map((measure) => MEASURES[measure])] : ['WHAT', 'COUNT'];
  return { titles, rows, zeros: all.length - rows.length };
}

const plainRows = (aggregate: Aggregate): readonly CellRow[] =>
  Object.entries(aggregate).map(([cell, sum]) => ({ name: cellName(cell), values: [figure('count', sum)] }));

function cellName(cell: string): string {
  const dot = cell.indexOf('.');
  if (dot === -1) return TOTALS[cell] ?? cell;
  return SECTIONS[cell.slice(0, dot)]?.(cell.slice(dot + 1)) ?? cell;
}

function familyRows(aggregate: Aggregate, measures: readonly Measure[]): readonly CellRow[] {
  const families = new Set(Object.keys(aggregate).flatMap((cell) => /^families\.(.+)\.\w+$/.exec(cell)?.[1] ?? []));
  const row = (name: string, cellOf: (measure: Measure) => string): CellRow => ({
    name,
    values: measures.map((measure) => figure(measure, aggregate[cellOf(measure)] ?? null)),
  });
  return [
    row('all', (measure) => (measure === 'count' ? 'commands' : measure)),
    ...[...families].map((family) => row(family, (measure) => `families.${family}.${measure}`)),
    ...unknownRow(aggregate, measures),
  ];
}

/** Failures are those of commands whose exit status is known: says how many others there are. */
function unknownRow(aggregate: Aggregate, measures: readonly Measure[]): readonly CellRow[] {
  const unknown = aggregate['statuses.unknown'];
  if (unknown === undefined || unknown === 0) return [];
  const values = measures.map((measure) => (measure === 'count' ? figure(measure, unknown) : '-'));
  return [{ name: 'unknown exit status', values }];
}

function figure(measure: Measure, sum: number | null): string | null {
  if (sum === null) return null;
  return measure === 'durationMs' ? duration(sum) : String(sum);
}
