/**
 * Writes docs/performance.md from `bench/results/*.json`: what was required (design.md §13) beside
 * what was measured, and then all figures.
 *
 *   npm run bench:report
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

type Row = Readonly<Record<string, unknown>>;

interface Result {
  readonly benchmark: string;
  readonly form: string;
  readonly node: string;
  readonly runs: readonly {
    readonly arguments: string;
    readonly seconds: number;
    readonly load: readonly [number, number];
    readonly printed?: {
      readonly date: string;
      readonly machine: { readonly cpus: number; readonly model: string; readonly kernel: string };
      readonly results: readonly Row[];
    };
    readonly failed?: string;
  }[];
}

interface Goal {
  readonly what: string;
  readonly required: string;
  readonly aim: string;
  readonly benchmark: string;
  /** A figure with its circumstances, or null where a row is about something else. */
  readonly figure: (row: Row) => string | null;
}

const named = (row: Row, start: string): boolean => String(row['name']).startsWith(start);
const text = (value: unknown): string =>
  typeof value === 'number'
    ? value.toLocaleString('en', { maximumFractionDigits: 2 })
    : typeof value === 'string'
      ? value
      : JSON.stringify(value ?? null);
const figures = (value: unknown): string => {
  const { median, p99 } = value as { readonly median: number; readonly p99: number };
  return `median ${text(median)} ms, p99 ${text(p99)} ms`;
};
const isWithFigures = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && 'median' in value;

const GOALS: readonly Goal[] = [
  {
    what: 'time a hook adds to a command',
    required: '< 10 ms',
    aim: 'median < 0.3 ms; a tenth of two forks',
    benchmark: 'hook',
    figure: (row) =>
      row['variant'] === 'caro'
        ? `${text(row['shell'])}: ${text(row['addedMedianMs'])} ms, ${text(row['ratioToTwoForks'])} of two forks`
        : null,
  },
  {
    what: 'hook’s write → committed in SQLite',
    required: '< 10 ms p99',
    aim: '< 5 ms p99, no slower at 10 M stored events',
    benchmark: 'observe',
    figure: (row) =>
      named(row, 'spool write')
        ? `${text(row['stored'])} stored, ${text(row['shells'])} shells: ${figures(row)}`
        : null,
  },
  {
    what: 'idle memory, whole process tree',
    required: '< 50 MiB RSS fresh, < 60 MiB with the mesh up and after use',
    aim: '< 50 MiB there, too; anonymous < 20 MiB',
    benchmark: 'idle-memory',
    figure: (row) =>
      `Node.js ${text(row['node'])}, ${text(row['name'])}: ${text(row['rssMiB'])} MiB RSS, ${text(row['pssMiB'])} PSS, ${text(row['anonymousMiB'])} anonymous`,
  },
  {
    what: 'summary of any period',
    required: '< 1 s',
    aim: '< 100 ms with 1 M events in it',
    benchmark: 'summary',
    figure: (row) =>
      named(row, 'baseline')
        ? null
        : `${text(row['kind'])}, ${text(row['events'])} events, ${text(row['name'])}: ${figures(row)}`,
  },
  {
    what: 'mesh query round trip',
    required: '< 500 ms, 10 nodes',
    aim: '< 100 ms at 10 nodes, < 500 ms at 100',
    benchmark: 'mesh-query',
    figure: (row) =>
      `${text(row['nodes'])} nodes, ${text(row['dead'])} of them dead: ${figures(row['firstOfEachTypeMs'])}; repeated ${figures(row['repeatedMs'])}`,
  },
  {
    what: 'dashboard in the browser: first contentful paint, then first figures',
    required: '< 200 ms',
    aim: '< 100 ms warm, < 200 ms cold, at 10 M events',
    benchmark: 'dashboard',
    figure: (row) => {
      const browser = row['browserMs'] as Readonly<Record<'warm' | 'cold', Row>> | null;
      return browser === null
        ? `${text(row['events'])} stored: no browser here`
        : `${text(row['events'])} stored: ${(['warm', 'cold'] as const)
            .map((state) => {
              const { firstContentfulPaint, firstFigures } = browser[state];
              return `${state} ${figures(firstContentfulPaint)}, then ${figures(firstFigures)}`;
            })
            .join('; ')}`;
    },
  },
  {
    what: 'ingest',
    required: 'no loss',
    aim: '≥ 5,000 events/s sustained, 20 shells at once',
    benchmark: 'ingest',
    figure: (row) => {
      if (named(row, 'in the end')) return `lost ${text(row['lost'])}, doubled ${text(row['doubled'])}`;
      if (named(row, 'baseline')) return null;
      return `${text(row['stored'])} stored, ${text(row['sessions'])} shells, ${text(row['name'])}: ${text(row['committedPerSecond'])} a second, ${text(row['serviceCpuMicrosecondsPerCommand'])} µs of processor time for each`;
    },
  },
];

/**
 * One level of columns: figures become their median and p99, other objects their parts with a
 * dotted name.
 */
function flat(row: Row, before = ''): readonly (readonly [string, unknown])[] {
  return Object.entries(row).flatMap(([key, value]): readonly (readonly [string, unknown])[] => {
    const name = before + key;
    if (isWithFigures(value)) return [[name, `${text(value['median'])} / ${text(value['p99'])}`]];
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return flat(value as Row, `${name}.`);
    return [[name, value]];
  });
}

const line = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

function goalsTable(results: readonly Result[]): readonly string[] {
  const rows = GOALS.map(({ what, required, aim, benchmark, figure }) => {
    const runs = results.find((result) => result.benchmark === benchmark)?.runs ?? [];
    const found = runs.flatMap((run) =>
      run.printed === undefined
        ? [`${run.arguments}: ${run.failed ?? 'no figures'}`]
        : run.printed.results.map(figure).filter((one) => one !== null),
    );
    return line([what, required, aim, found.length === 0 ? 'not measured' : found.join('<br>')]);
  });
  return ['| what | required | aimed at | measured |', '|---|---|---|---|', ...rows];
}

function details({ benchmark, form, node, runs }: Result): readonly string[] {
  const parts = runs.flatMap((run) => {
    const circumstances = `\`npx tsx bench/${benchmark}.ts ${run.arguments}\`, ${node}, ${form}, ${run.seconds} s, load ${run.load.map(text).join(' → ')}`;
    if (run.printed === undefined) return [circumstances, '', `Failed: ${run.failed ?? ''}`, ''];
    const rows = run.printed.results.map((row) =>
      flat(row)
        .map(([name, value]) => `${name} ${text(value)}`)
        .join(' · '),
    );
    return [circumstances, '', ...rows.map((row) => `- ${row}`), ''];
  });
  return [`### ${benchmark}`, '', ...parts];
}

function main(root: string): void {
  const folder = join(root, 'bench', 'results');
  const results = readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Result);
  const first = results.flatMap(({ runs }) => runs).find(({ printed }) => printed !== undefined)?.printed;
  const where = first
    ? `${first.machine.cpus} cores of ${first.machine.model}, Linux ${first.machine.kernel}, ${first.date.slice(0, 10)}.`
    : 'No figures yet.';
  const lines = [
    '# Performance',
    '',
    'Made by `npm run bench:report` from `bench/results/`, which `npm run bench -- --full` writes. Nothing here is asserted by a test: a busy',
    'machine is slower. Ratios to the baseline beside each figure say more than the figure. Pairs `a / b` are median and p99.',
    '',
    where,
    '',
    ...goalsTable(results),
    '',
    '## All figures',
    '',
    ...results.flatMap(details),
  ];
  writeFileSync(join(root, 'docs', 'performance.md'), `${lines.join('\n').trimEnd()}\n`);
}

main(resolve(__dirname, '..'));
