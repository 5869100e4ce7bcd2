/** The figures of docs/performance.md about blind totals, the heat map and rules of one's own. */
import { by, type Figure, medianAndP99, shown, table } from './bench-figure.ts';
import { isNamed, numberAt, type Row } from './bench-results.ts';

const starting = (rows: readonly Row[], words: string): Row | undefined =>
  rows.find(({ what }) => String(what).startsWith(words));

export const blindNode: Figure = {
  title: 'Blind totals: one report on a node',
  benchmark: 'blind-node',
  required: '< 100 ms of CPU, once a day, in a thread that ends',
  method: [
    'CPU of measuring a day, making both shares and signing them, in ms, with the V8 flags of the',
    'service. The thread is started for it; a warm one has done it before. The baseline is a thread that',
    'does nothing. [Blind totals](blind-totals.md#what-it-costs) says what the time goes to.',
  ],
  headline: (runs) => {
    const cold = runs.flat().find((row) => isNamed(row, 'cold'));
    return `${medianAndP99(cold)} ms of CPU`;
  },
  tables: (runs) => {
    const rows = runs.flat();
    const sizes = rows.find((row) => isNamed(row, 'envelopes'));
    return [
      ...table(
        ['ms of CPU', 'median / p99:', 'ratio to the baseline:'],
        rows
          .filter((row) => 'median' in row)
          .map((row) => [row['name'], medianAndP99(row), numberAt(row, 'ratioToBaseline')]),
      ),
      '',
      `The envelope for the leader has ${shown(numberAt(sizes, 'leader'))} bytes, the one for the trustee ${shown(numberAt(sizes, 'trustee'))}.`,
    ];
  },
};

const AGGREGATOR_TABLE: readonly (readonly [string, (row: Row) => unknown])[] = [
  ['aggregator', (row) => row['name']],
  ['reports:', (row) => numberAt(row, 'reports')],
  ['CPU, s:', (row) => numberAt(row, 'cpuSeconds')],
  ['CPU each, ms:', (row) => numberAt(row, 'cpuMsEach')],
  ['MiB RSS before:', (row) => numberAt(row, 'rssBeforeMiB')],
  ['MiB RSS, highest:', (row) => numberAt(row, 'rssPeakMiB')],
  ['database, MiB:', (row) => numberAt(row, 'databaseMiB')],
  ['CPU for 10,000 / 240 s:', (row) => numberAt(row, 'ratioToTarget')],
];

export const blindAggregators: Figure = {
  title: 'Blind totals: a day at leader and trustee',
  benchmark: 'blind',
  required: '10,000 reports: < 240 s of CPU and < 200 MiB RSS at each, exact totals',
  method: [
    'Intake, preparation in threads, release and total, with real databases. The nodes are simulated in',
    'another process; TLS is not measured. RSS includes the loader of TypeScript. A total that is not',
    'the true sum fails the benchmark.',
  ],
  headline: (runs) => {
    const rows = [...runs.flat()].sort(by('reports'));
    const most = numberAt(rows.at(-1), 'reports');
    return rows
      .filter((row) => numberAt(row, 'reports') === most)
      .map(
        (row) =>
          `${shown(row['name'])} ${shown(numberAt(row, 'cpuSeconds'))} s, ${shown(numberAt(row, 'rssPeakMiB'))} MiB`,
      )
      .join('; ')
      .concat(` (${shown(most)} reports)`);
  },
  tables: (runs) =>
    table(
      AGGREGATOR_TABLE.map(([column]) => column),
      [...runs.flat()].sort(by('reports')).map((row) => AGGREGATOR_TABLE.map(([, cell]) => cell(row))),
    ),
};

export const heatMap: Figure = {
  title: 'Heat map of the analyst',
  benchmark: 'heat-map',
  required: '90 days × 90 techniques < 20 ms from the store',
  method: ["The analyst's store holds a year of 40 units. Times in ms. The floor is applied once, before storing."],
  headline: (runs) => `${medianAndP99(starting(runs.flat(), '90 days'))} ms`,
  tables: (runs) => [
    ...table(
      ['ms', 'median / p99:'],
      runs
        .flat()
        .filter((row) => 'median' in row)
        .map((row) => [String(row['what']).replace(/, ms$/, ''), medianAndP99(row)]),
    ),
    '',
    `The store of that year has ${shown(numberAt(starting(runs.flat(), 'a year'), 'size'))} MiB.`,
  ],
};

export const customRules: Figure = {
  title: "Rules of one's own",
  benchmark: 'custom-rules',
  method: [
    'Rating a command with and without 200 rules in the proportions of those of SigmaHQ for Linux, in µs.',
    'The baseline is the rating without them.',
  ],
  headline: (runs) => `${shown(numberAt(starting(runs.flat(), 'ratio'), 'ratio'))} times the time without them`,
  tables: (runs) => {
    const rows = runs.flat();
    const lines = (rows.find((row) => 'lines' in row)?.['lines'] ?? []) as readonly Row[];
    return [
      ...table(
        ['µs per command', 'median / p99:'],
        ['assess without', 'assess with 200'].map((words) => {
          const row = starting(rows, words);
          return [String(row?.['what']).split(',')[0], medianAndP99(row)];
        }),
      ),
      '',
      `To load the rules takes ${shown(numberAt(starting(rows, 'loading'), 'milliseconds'))} ms. Hostile lines, the shortest of three runs:`,
      '',
      ...table(
        ['line made of', 'characters:', 'without, ms:', 'with 200 rules, ms:'],
        lines.map((row) => [row['name'], ...['characters', 'withoutMs', 'withMs'].map((key) => numberAt(row, key))]),
      ),
    ];
  },
};
