/** Statistics and output that all benchmarks share. */
import { cpus, release } from 'node:os';

export interface Figures {
  readonly samples: number;
  readonly median: number;
  readonly p99: number;
  readonly min: number;
  readonly max: number;
}

/** Nearest-rank percentiles, three decimals. */
export function summary(values: readonly number[]): Figures {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number =>
    round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN);
  return { samples: sorted.length, median: at(0.5), p99: at(0.99), min: at(0), max: at(1) };
}

export const round = (value: number): number => Math.round(value * 1_000) / 1_000;

/** Prints one JSON object with the date, the Node.js version and the machine, for comparisons. */
export function report(benchmark: string, results: readonly unknown[]): void {
  const machine = {
    cpus: cpus().length,
    model: cpus()[0]?.model ?? 'unknown',
    platform: process.platform,
    kernel: release(),
  };
  console.log(
    JSON.stringify({ benchmark, date: new Date().toISOString(), node: process.version, machine, results }, null, 2),
  );
}
