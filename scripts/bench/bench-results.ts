/**
 * The files that `npm run bench` writes to `bench/results/`, read for the report and its charts.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Row = Readonly<Record<string, unknown>>;

export interface BenchRun {
  readonly arguments: string;
  readonly seconds: number;
  /** Load of the machine before and after. */
  readonly load: readonly [number, number];
  readonly printed?: {
    readonly date: string;
    readonly machine: { readonly cpus: number; readonly model: string; readonly kernel: string };
    readonly results: readonly Row[];
  };
  readonly failed?: string;
}

export interface BenchResult {
  readonly benchmark: string;
  /** `quick` or `full`. */
  readonly form: string;
  /** As `process.version`. */
  readonly node: string;
  readonly runs: readonly BenchRun[];
}

/** In the order of their names. */
export function readResults(root: string): readonly BenchResult[] {
  const folder = join(root, 'bench', 'results');
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as BenchResult);
}

/** What each run of a benchmark printed; runs that failed are left out. */
export function printedBy(results: readonly BenchResult[], benchmark: string): readonly (readonly Row[])[] {
  const runs = results.find((result) => result.benchmark === benchmark)?.runs ?? [];
  return runs.flatMap(({ printed }) => (printed === undefined ? [] : [printed.results]));
}

/** Whether a row's name begins with these words. */
export const isNamed = (row: Row, start: string): boolean => String(row['name']).startsWith(start);

/** The part of a row at `path` (`browserMs.warm.firstFigures`); NaN where it has none. */
export function numberAt(row: Row | undefined, path: string): number {
  const found = path
    .split('.')
    .reduce<unknown>((part, key) => (part as Readonly<Record<string, unknown>> | null | undefined)?.[key], row);
  return typeof found === 'number' ? found : Number.NaN;
}
