/**
 * Writes docs/performance.md and its charts from `bench/results/*.json`: for each figure of
 * docs/design.md §13 the requirement, the target, what was measured and how to repeat it.
 *
 *   npm run bench:report
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { growthCharts } from './bench-charts.ts';
import { type Figure, table } from './bench-figure.ts';
import { type BenchResult, readResults } from './bench-results.ts';
import { FIGURES, runsOf } from './bench-tables.ts';

const INTRODUCTION = [
  'Written by `npm run bench:report` from `bench/results/`; do not edit it by hand. No test asserts',
  'these figures, because a busy machine is slower. Compare the ratio to the baseline of the same run',
  'rather than the figure itself.',
  '',
  'Pairs `a / b` are median and p99. The p99 of fewer than 100 samples is the maximum.',
];

/** Files below the root of the repository, each with its text. */
export function performanceReport(results: readonly BenchResult[]): ReadonlyMap<string, string> {
  const charts = growthCharts(results);
  const lines = [
    '# Performance',
    '',
    ...INTRODUCTION,
    '',
    machineOf(results),
    '',
    '## Overview',
    '',
    ...table(
      ['figure', 'required', 'target', 'measured'],
      FIGURES.map((figure) => [figure.title, figure.required, figure.target, headlineOf(results, figure)]),
    ),
    '',
    '## Growth',
    '',
    ...charts.flatMap(({ file, subject }) => [`![${subject}](images/${file})`, '']),
    ...FIGURES.flatMap((figure) => sectionOf(results, figure)),
    ...runsSection(results),
  ];
  return new Map([
    ['docs/performance.md', `${lines.join('\n').trimEnd()}\n`],
    ...charts.map(({ file, svg }) => [`docs/images/${file}`, svg] as const),
  ]);
}

function machineOf(results: readonly BenchResult[]): string {
  const printed = results.flatMap(({ runs }) => runs).find((run) => run.printed !== undefined)?.printed;
  if (printed === undefined) return 'Nothing has been measured yet.';
  const { cpus, model, kernel } = printed.machine;
  return `Measured with ${cpus} cores of ${model}, Linux ${kernel}, on ${printed.date.slice(0, 10)}.`;
}

function headlineOf(results: readonly BenchResult[], figure: Figure): string {
  const runs = runsOf(results, figure);
  return runs.length === 0 ? 'not measured' : figure.headline(runs);
}

function sectionOf(results: readonly BenchResult[], figure: Figure): readonly string[] {
  const runs = runsOf(results, figure);
  return [
    `## ${figure.title}`,
    '',
    ...goalsTable(figure, headlineOf(results, figure)),
    '',
    ...figure.method,
    '',
    ...(runs.length === 0 ? [] : [...figure.tables(runs), '']),
  ];
}

function goalsTable({ required, target, benchmark }: Figure, measured: string): readonly string[] {
  const repeat = `\`npm run bench -- --full --only ${benchmark}\``;
  return required === undefined
    ? table(['measured', 'repeat with'], [[measured, repeat]])
    : table(['required', 'target', 'measured', 'repeat with'], [[required, target, measured, repeat]]);
}

/**
 * Each run with its command line and the load of the machine; those that failed with the reason.
 */
function runsSection(results: readonly BenchResult[]): readonly string[] {
  const rows = results.flatMap(({ benchmark, form, node, runs }) =>
    runs.map((run) => [
      `\`npx ${`tsx bench/${benchmark}.ts ${run.arguments}`.trim()}\``,
      form,
      node.slice(1),
      run.seconds,
      run.load[0],
      run.load[1],
      run.failed === undefined ? 'ok' : `failed: ${run.failed.replaceAll(/[|\n]/g, ' ')}`,
    ]),
  );
  return [
    '## Runs',
    '',
    'The command of each run, and the load of the machine (1-minute average) before and after it.',
    '',
    ...table(['command', 'form', 'Node.js', 'seconds:', 'load before:', 'load after:', 'result'], rows),
  ];
}

function main(root: string): void {
  for (const [file, text] of performanceReport(readResults(root))) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
}

if (process.argv[1]?.endsWith('bench-report.ts') === true) main(resolve(__dirname, '../..'));
