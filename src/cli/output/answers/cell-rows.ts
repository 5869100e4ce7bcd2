import type { QueryResult } from '../../../domain/answers/query.ts';
import { duration } from '../output.ts';

/** One line of the sum: a name and its figures, or the rules that withhold them. */
export interface CellRow {
  readonly name: string;
  readonly values: readonly string[];
}

export interface CellTable {
  readonly titles: readonly string[];
  readonly rows: readonly CellRow[];
  /** Number of rows left out because all their figures are 0. */
  readonly zeros: number;
}

type Aggregate = NonNullable<QueryResult['aggregate']>;
/** The text of a cell: its figure, as this measure, or the rule that withholds it. */
type CellText = (measure: Measure, cell: string) => string;

export const WITHHELD = 'withheld: ';

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
  authors: authorName,
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
export function cellRows(aggregate: Aggregate, withheldBy: QueryResult['withheldBy']): CellTable {
  const textOf: CellText = (measure, cell) => {
    const sum = aggregate[cell] ?? null;
    return sum === null ? `${WITHHELD}${withheldBy[cell] ?? 'floor'}` : figure(measure, sum);
  };
  const measures = (Object.keys(MEASURES) as Measure[]).filter((measure) =>
    Object.keys(aggregate).some((cell) => cell.startsWith('families.') && cell.endsWith(`.${measure}`)),
  );
  const all = measures.length > 0 ? familyRows(aggregate, measures, textOf) : plainRows(aggregate, textOf);
  const rows = all.filter(({ values }) => values.some((value) => value !== '0' && value !== '0 ms'));
  const titles = measures.length > 0 ? ['FAMILY', ...measures.map((measure) => MEASURES[measure])] : ['WHAT', 'COUNT'];
  return { titles, rows, zeros: all.length - rows.length };
}

const plainRows = (aggregate: Aggregate, textOf: CellText): readonly CellRow[] =>
  Object.keys(aggregate)
    .filter((cell) => !REDUNDANT.test(cell) || (cell.startsWith(UNTOLD) && (aggregate[cell] ?? 0) > 0))
    .map((cell) => ({ name: cellName(cell), values: [textOf('count', cell)] }));

/** The rest of a level besides its commands by agents; withheld wherever these are. */
const REDUNDANT = /^authors\.(human|unknown)\./;
/** Commands of nodes that do not tell who ran them. */
const UNTOLD = 'authors.unknown.';

function authorName(cell: string): string {
  const [author = '', level = ''] = cell.split('.');
  return author === 'agent' ? `risk ${level}, by agents` : `risk ${level}, author not told`;
}

function cellName(cell: string): string {
  const dot = cell.indexOf('.');
  if (dot === -1) return TOTALS[cell] ?? cell;
  return SECTIONS[cell.slice(0, dot)]?.(cell.slice(dot + 1)) ?? cell;
}

function familyRows(aggregate: Aggregate, measures: readonly Measure[], textOf: CellText): readonly CellRow[] {
  const families = new Set(Object.keys(aggregate).flatMap((cell) => /^families\.(.+)\.\w+$/.exec(cell)?.[1] ?? []));
  const row = (name: string, cellOf: (measure: Measure) => string): CellRow => ({
    name,
    values: measures.map((measure) => textOf(measure, cellOf(measure))),
  });
  return [
    row('all', (measure) => (measure === 'count' ? 'commands' : measure)),
    ...[...families].map((family) => row(family, (measure) => `families.${family}.${measure}`)),
    ...unknownRow(aggregate, measures, textOf),
  ];
}

/** Failures are those of commands whose exit status is known: says how many others there are. */
function unknownRow(aggregate: Aggregate, measures: readonly Measure[], textOf: CellText): readonly CellRow[] {
  const unknown = aggregate['statuses.unknown'];
  if (unknown === undefined || unknown === 0) return [];
  const values = measures.map((measure) => (measure === 'count' ? textOf(measure, 'statuses.unknown') : '-'));
  return [{ name: 'unknown exit status', values }];
}

const figure = (measure: Measure, sum: number): string => (measure === 'durationMs' ? duration(sum) : String(sum));
