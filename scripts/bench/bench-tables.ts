/** The figures of docs/performance.md: for each its requirement, its target and its tables. */
import { blindAggregators, blindNode, customRules, heatMap } from './bench-blind-tables.ts';
import { by, type Figure, medianAndP99, type Runs, range, shown, spaced, table } from './bench-figure.ts';
import { fleet, query, reconnect } from './bench-mesh-tables.ts';
import { agentHook, guard, search } from './bench-owner-tables.ts';
import { dashboard, posture } from './bench-page-tables.ts';
import { type BenchResult, isNamed, numberAt, printedBy, type Row } from './bench-results.ts';

const hook: Figure = {
  title: 'Time a hook adds to a command',
  benchmark: 'hook',
  required: '< 10 ms',
  target: 'median < 0.3 ms; at most 0.1 of a hook that forks twice',
  method: [
    'Time from Enter to the next prompt in a pseudo-terminal, in ms; medians unless stated otherwise.',
    "Shells without a hook, with Caro's hook, with a hook that forks a small binary twice, and with",
    "zoxide's hook take turns in random order.",
  ],
  headline: (runs) =>
    `median ${range(
      runs
        .flat()
        .filter((row) => row['variant'] === 'caro')
        .map((row) => numberAt(row, 'addedMedianMs')),
      'ms',
    )}, by shell`,
  tables: (runs) => {
    const rows = runs.flat();
    const of = (shell: unknown, variant: string): Row | undefined =>
      rows.find((row) => row['shell'] === shell && row['variant'] === variant);
    const added = (shell: unknown, variant: string): number => numberAt(of(shell, variant), 'addedMedianMs');
    return table(
      ['shell', 'no hook:', 'Caro adds:', 'two forks add:', 'zoxide adds:', 'Caro / two forks:', 'p99 with Caro:'],
      [...new Set(rows.map((row) => row['shell']))].map((shell) => [
        shell,
        numberAt(of(shell, 'none'), 'medianMs'),
        ...['caro', 'two forks', 'zoxide'].map((variant) => added(shell, variant)),
        numberAt(of(shell, 'caro'), 'ratioToTwoForks'),
        numberAt(of(shell, 'caro'), 'p99Ms'),
      ]),
    );
  },
};

const observe: Figure = {
  title: 'Spool write to commit in SQLite',
  benchmark: 'observe',
  required: 'p99 < 10 ms',
  target: 'p99 < 5 ms, no slower with 10 million stored events',
  method: [
    'A real service; records are appended as hooks append them. The time ends when a subscriber of the',
    'control socket receives the event. Times in ms. The baseline, an append with fsync to the',
    'same disk, is the least that any durable store needs.',
  ],
  headline: (runs) => {
    const p99 = runs.map(([row]) => numberAt(row, 'p99'));
    return `p99 ${range(p99, 'ms')}`;
  },
  tables: (runs) =>
    table(
      ['stored events:', 'shells:', 'median:', 'p99:', 'maximum:', 'append and fsync, median:', 'ratio:'],
      runs.map(([row, baseline]) => [
        ...['stored', 'shells', 'median', 'p99', 'max'].map((key) => numberAt(row, key)),
        numberAt(baseline, 'median'),
        numberAt(row, 'ratioToBaseline'),
      ]),
    ),
};

const idle: Figure = {
  title: 'Idle memory',
  benchmark: 'idle-memory',
  required: '< 50 MiB RSS fresh; < 60 MiB with the mesh on and after use',
  target: '< 50 MiB RSS in each case; anonymous < 20 MiB',
  method: [
    'Memory of the whole process tree after 30 s without work: RSS / anonymous memory in MiB. The',
    'baseline is a Node.js process that does nothing. [ADR 0002](adr/0002-small-idle-daemon.md) explains',
    'what uses the memory and what was tried.',
  ],
  headline: (runs) => {
    const services = runs.flat().filter((row) => !isNamed(row, 'baseline'));
    const fresh = services.filter((row) => row['name'] === 'fresh node');
    const each = fresh.map((row) => numberAt(row, 'rssMiB').toFixed(1)).join(' / ');
    const highest = Math.max(...services.map((row) => numberAt(row, 'rssMiB')));
    return `fresh ${each} MiB on Node.js ${fresh.map(majorOf).join(' / ')}; highest ${highest.toFixed(1)} MiB`;
  },
  tables: (runs) => {
    const rows = runs.flat();
    const versions = [...new Set(rows.map((row) => String(row['node'])))];
    const cell = (name: unknown, node: string): string => {
      const row = rows.find((one) => one['name'] === name && one['node'] === node);
      return row ? `${shown(numberAt(row, 'rssMiB'))} / ${shown(numberAt(row, 'anonymousMiB'))}` : '–';
    };
    return table(
      ['MiB RSS / anonymous', ...versions.map((version) => `Node.js ${version.slice(1)}:`)],
      [...new Set(rows.map((row) => row['name']))].map((name) => [
        name,
        ...versions.map((version) => cell(name, version)),
      ]),
    );
  },
};

const majorOf = (row: Row): string => String(row['node']).slice(1).split('.')[0] ?? '';

const summary: Figure = {
  title: 'Summary of a period',
  benchmark: 'summary',
  required: '< 1 s',
  target: '< 100 ms with 1 million events in the period',
  method: [
    'Making and signing one summary in a worker thread, in ms. The baseline counts the same patterns',
    'from the events, without rollups.',
  ],
  headline: (runs) => {
    const medians = (thread: string): readonly number[] =>
      runs
        .flat()
        .filter((row) => isNamed(row, thread))
        .map((row) => numberAt(row, 'median'));
    return `median ${range(medians('warm'), 'ms')} in a warm thread, ${range(medians('cold'), 'ms')} in a new one`;
  },
  tables: (runs) => {
    const rows = [...runs.flat()].sort(by('events'));
    const periods = rows.filter((row) => isNamed(row, 'cold'));
    const of = ({ kind, events }: Row, name: string): Row | undefined =>
      rows.find((row) => row['kind'] === kind && row['events'] === events && isNamed(row, name));
    return table(
      ['period', 'events:', 'rollup rows:', 'new thread:', 'warm thread:', 'one count over the events:'],
      periods.map((row) => [
        row['kind'],
        numberAt(row, 'events'),
        numberAt(row, 'rollupRows'),
        ...['cold', 'warm'].map((name) => medianAndP99(of(row, name))),
        medianAndP99(of(row, 'baseline')),
      ]),
    );
  },
};

const ingest: Figure = {
  title: 'Ingest',
  benchmark: 'ingest',
  required: 'no loss',
  target: '≥ 5,000 commands a second, 20 shells at once',
  method: [
    'Several shells write start and end records as hooks do. The lag is the time from the last record to',
    'the last commit. The baseline inserts the same rows into a bare table, 1,000 a transaction.',
  ],
  headline: (runs) => {
    const rows = runs.flat();
    const rates = rows.filter((row) => isNamed(row, 'as fast')).map((row) => numberAt(row, 'committedPerSecond'));
    const ends = rows.filter((row) => isNamed(row, 'in the end'));
    const sum = (key: string): string => shown(ends.reduce((total, row) => total + numberAt(row, key), 0));
    return `${range(rates, 'a second')}; ${sum('lost')} lost, ${sum('doubled')} stored twice`;
  },
  tables: (runs) => {
    const rounds = runs.flatMap((rows) => {
      const [end, bare] = ['in the end', 'baseline'].map((name) => rows.find((row) => isNamed(row, name)));
      return rows
        .filter((row) => numberAt(row, 'sessions') > 0)
        .map((row) => ({ ...row, lost: numberAt(end, 'lost'), bare: numberAt(bare, 'rowsPerSecond') }));
    });
    const columns = ['lagMs', 'serviceCpuMicrosecondsPerCommand', 'lost', 'bare'];
    return table(
      [
        'stored:',
        'shells:',
        'written',
        'committed a second:',
        'lag, ms:',
        'CPU each, µs:',
        'lost:',
        'bare inserts a second:',
      ],
      [...rounds]
        .sort(by('stored', 'sessions'))
        .map((row) => [
          numberAt(row, 'stored'),
          numberAt(row, 'sessions'),
          isNamed(row, 'as fast') ? 'full speed' : 'paced',
          numberAt(row, 'committedPerSecond'),
          ...columns.map((key) => numberAt(row, key)),
        ]),
    );
  },
};

const startup: Figure = {
  title: 'Start and stop',
  benchmark: 'startup',
  method: ['From spawning the service to its ready line, and from SIGTERM to its exit, in ms.'],
  headline: (runs) => {
    const medians = (name: string): readonly number[] =>
      runs
        .flat()
        .filter((row) => isNamed(row, name))
        .map((row) => numberAt(row, 'median'));
    return `start ${range(medians('spawn'), 'ms')}, stop ${range(medians('SIGTERM'), 'ms')}`;
  },
  tables: (runs) =>
    table(
      ['step', 'stored events:', 'median:', 'p99:'],
      runs.flat().map((row) => [row['name'], ...['stored', 'median', 'p99'].map((key) => numberAt(row, key))]),
    ),
};

const assess: Figure = {
  title: 'Rating one command',
  benchmark: 'assess',
  method: [
    'Analysing, rating and redacting real commands. The baseline splits the same text by a regular',
    'expression.',
  ],
  headline: (runs) => `median ${shown(numberAt(runs.flat()[0], 'median'))} µs`,
  tables: (runs) => {
    const rows = runs.flat();
    const ratios = rows.find((row) => 'toSplit' in row);
    const heap = rows.find((row) => 'loadedBytes' in row);
    const hostile = (rows.find((row) => 'lines' in row)?.['lines'] ?? []) as readonly Row[];
    return [
      ...table(
        ['µs per command', 'median:', 'p99:', 'maximum:'],
        rows
          .filter((row) => 'samples' in row)
          .map((row) => [row['what'], ...['median', 'p99', 'max'].map((key) => numberAt(row, key))]),
      ),
      '',
      `Compared by their medians: ${shown(numberAt(ratios, 'toAnalyse'))} times the analysis, ${shown(numberAt(ratios, 'toSplit'))} times the split.`,
      `The bundled code has ${shown(numberAt(heap, 'bundleBytes'))} bytes. It adds ${shown(numberAt(heap, 'loadedBytes'))} bytes to the heap`,
      `when loaded and ${shown(numberAt(heap, 'afterUseBytes'))} after use.`,
      '',
      'Hostile lines, the longest of three runs of each:',
      '',
      ...table(
        ['line made of', 'characters:', 'processor ms:', 'wall-clock ms:', 'level'],
        hostile.map((row) => [
          spaced(String(row['name'])),
          numberAt(row, 'characters'),
          numberAt(row, 'cpuMs'),
          numberAt(row, 'wallMs'),
          row['level'],
        ]),
      ),
    ];
  },
};

const verify: Figure = {
  title: 'Checking signatures',
  benchmark: 'verify',
  method: ['Ed25519 signatures checked in the worker pool, and by `node:crypto` in the calling thread.'],
  headline: (runs) => `${range(rates(runs, 'pool'), 'a second')} in the pool`,
  tables: (runs) =>
    table(
      ['batch:', 'pool, ms:', 'pool, signatures a second:', 'in process, ms:', 'in process, signatures a second:'],
      [...new Set(runs.flat().map((row) => row['batch']))].map((batch) => {
        const of = (name: string): Row | undefined =>
          runs.flat().find((row) => row['batch'] === batch && isNamed(row, name));
        return [
          batch,
          ...['pool', 'node:crypto'].flatMap((name) => [
            medianAndP99(of(name)),
            numberAt(of(name), 'signaturesPerSecond'),
          ]),
        ];
      }),
    ),
};

const rates = (runs: Runs, name: string): readonly number[] =>
  runs
    .flat()
    .filter((row) => isNamed(row, name))
    .map((row) => numberAt(row, 'signaturesPerSecond'));

/** In the order of docs/design.md §13, then those without a target. */
export const FIGURES: readonly Figure[] = [
  hook,
  observe,
  idle,
  summary,
  query,
  reconnect,
  fleet,
  blindNode,
  blindAggregators,
  heatMap,
  dashboard,
  posture,
  search,
  guard,
  agentHook,
  ingest,
  startup,
  assess,
  customRules,
  verify,
];

/** What was measured of a figure. */
export const runsOf = (results: readonly BenchResult[], { benchmark }: Figure): Runs => printedBy(results, benchmark);
