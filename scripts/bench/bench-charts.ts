/** Charts of how the figures grow with stored events, with peers and with shells. */
import { type BenchResult, isNamed, numberAt, printedBy, type Row } from './bench-results.ts';
import { lineCharts, type Panel, type Series } from './line-chart.ts';

/** `file` is its name in `docs/images/`. */
export interface GrowthChart {
  readonly file: string;
  readonly subject: string;
  readonly svg: string;
}

/** The values at `y` by those at `x`, in order. Rows without one of them are left out. */
function series(label: string, rows: readonly Row[], x: string, y: string): Series {
  const points = rows.map((row): readonly [number, number] => [numberAt(row, x), numberAt(row, y)]);
  return { label, points: points.filter((point) => !point.some(Number.isNaN)).sort(([a], [b]) => a - b) };
}

const EVENTS = { xLabel: 'stored events (log scale)', xScale: 'log' } as const;
const SHELLS = { xLabel: 'shells at once', xScale: 'linear' } as const;
const PEERS = { xLabel: 'peers that answer', xScale: 'linear' } as const;
const COMMIT = {
  title: 'Spool write to commit',
  yLabel: 'milliseconds',
  limits: [
    { label: 'required p99', value: 10 },
    { label: 'target p99', value: 5 },
  ],
} as const;
const INGEST = {
  title: 'Ingest at full speed',
  yLabel: 'commands a second',
  limits: [{ label: 'target, at least', value: 5_000 }],
} as const;

function eventPanels(results: readonly BenchResult[]): readonly Panel[] {
  const commits = commitRows(results).filter((row) => numberAt(row, 'shells') === 1);
  const ingest = burstRows(results).filter((row) => numberAt(row, 'sessions') === 20);
  const pages = printedBy(results, 'dashboard').flat();
  const summaries = printedBy(results, 'summary')
    .flat()
    .filter((row) => row['kind'] === 'daily');
  const summaryRows = (name: string): readonly Row[] => summaries.filter((row) => isNamed(row, name));
  return [
    {
      ...COMMIT,
      ...EVENTS,
      series: [series('median', commits, 'stored', 'median'), series('p99', commits, 'stored', 'p99')],
    },
    { ...INGEST, ...EVENTS, series: [series('20 shells', ingest, 'stored', 'committedPerSecond')] },
    {
      title: 'Dashboard, first paint (median)',
      yLabel: 'milliseconds',
      ...EVENTS,
      limits: [{ label: 'required', value: 200 }],
      series: (['warm', 'cold'] as const).map((state) =>
        series(`${state} start`, pages, 'events', `browserMs.${state}.firstContentfulPaint.median`),
      ),
    },
    {
      title: 'Daily summary (median)',
      yLabel: 'milliseconds',
      xLabel: 'events in the day (log scale)',
      xScale: 'log',
      limits: [{ label: 'target', value: 100 }],
      series: (['warm', 'cold'] as const).map((state) =>
        series(`${state} thread`, summaryRows(state), 'events', 'median'),
      ),
    },
  ];
}

const commitRows = (results: readonly BenchResult[]): readonly Row[] =>
  printedBy(results, 'observe')
    .flat()
    .filter((row) => isNamed(row, 'spool write'));

const burstRows = (results: readonly BenchResult[]): readonly Row[] =>
  printedBy(results, 'ingest')
    .flat()
    .filter((row) => isNamed(row, 'as fast'));

function peerPanels(results: readonly BenchResult[]): readonly Panel[] {
  const rows = printedBy(results, 'mesh-query')
    .flat()
    .filter((row) => numberAt(row, 'dead') === 0);
  const limits = [{ label: 'required with 10 peers', value: 500 }];
  return [['First query of each type', 'firstOfEachTypeMs'] as const, ['Repeated query', 'repeatedMs'] as const].map(
    ([title, key]) => ({
      title,
      yLabel: 'milliseconds',
      ...PEERS,
      limits,
      series: [series('median', rows, 'nodes', `${key}.median`), series('p99', rows, 'nodes', `${key}.p99`)],
    }),
  );
}

function shellPanels(results: readonly BenchResult[]): readonly Panel[] {
  const commits = commitRows(results).filter((row) => numberAt(row, 'stored') === 0);
  const ingest = burstRows(results).filter((row) => numberAt(row, 'stored') === 0);
  return [
    {
      ...COMMIT,
      ...SHELLS,
      series: [series('median', commits, 'shells', 'median'), series('p99', commits, 'shells', 'p99')],
    },
    { ...INGEST, ...SHELLS, series: [series('empty database', ingest, 'sessions', 'committedPerSecond')] },
  ];
}

export function growthCharts(results: readonly BenchResult[]): readonly GrowthChart[] {
  const chart = (by: string, panels: readonly Panel[]): GrowthChart => {
    const titles = panels.map(({ title }) =>
      title
        .replace(/[,(].*/, '')
        .trim()
        .toLowerCase(),
    );
    const subject = `Growth with ${by}`;
    return {
      file: `growth-with-${by.split(' ').at(-1)}.svg`,
      subject,
      svg: lineCharts(
        `${subject}: ${titles.join('; ')}`,
        panels.filter((panel) => panel.series.some(({ points }) => points.length > 0)),
      ),
    };
  };
  return [
    chart('stored events', eventPanels(results)),
    chart('peers', peerPanels(results)),
    chart('shells', shellPanels(results)),
  ];
}
