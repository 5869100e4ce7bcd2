/** What the sections of docs/performance.md are made of. */
import { numberAt, type Row } from './bench-results.ts';

export interface Figure {
  readonly title: string;
  readonly benchmark: string;
  readonly required?: string;
  readonly target?: string;
  /** How it is measured, in lines of at most 100 characters. */
  readonly method: readonly string[];
  /** One line for the overview. `runs` holds what each run printed, and is not empty. */
  readonly headline: (runs: Runs) => string;
  readonly tables: (runs: Runs) => readonly string[];
}

export type Runs = readonly (readonly Row[])[];

/** At most two decimals; `–` where nothing was measured. */
export const shown = (value: unknown): string => {
  if (typeof value === 'string') return value;
  return typeof value === 'number' && !Number.isNaN(value)
    ? value.toLocaleString('en', { maximumFractionDigits: 2 })
    : '–';
};

/** A table; a column of figures is aligned to the right, by `:` after its name. */
export function table(columns: readonly string[], rows: readonly (readonly unknown[])[]): readonly string[] {
  const cells = (values: readonly unknown[]): string => `| ${values.map(shown).join(' | ')} |`;
  const rule = columns.map((column) => (column.endsWith(':') ? '---:' : '---')).join('|');
  return [cells(columns.map((column) => column.replace(/:$/, ''))), `|${rule}|`, ...rows.map(cells)];
}

export const by =
  (...keys: readonly string[]) =>
  (a: Row, b: Row): number =>
    keys.map((key) => numberAt(a, key) - numberAt(b, key)).find((difference) => difference !== 0) ?? 0;
export const medianAndP99 = (row: Row | undefined, path = ''): string =>
  `${shown(numberAt(row, `${path}median`))} / ${shown(numberAt(row, `${path}p99`))}`;

export const range = (values: readonly number[], unit: string): string =>
  `${shown(Math.min(...values))} to ${shown(Math.max(...values))} ${unit}`;

/** The words of a name in camel case. */
export const spaced = (name: string): string => name.replaceAll(/[A-Z]|\d+/g, (part) => ` ${part.toLowerCase()}`);
