/** The figures of docs/performance.md about the dashboard. */
import { by, type Figure, medianAndP99, type Runs, range, shown, spaced, table } from './bench-figure.ts';
import { numberAt, type Row } from './bench-results.ts';

const rssOf = (rows: readonly Row[]): readonly number[] => rows.map((row) => numberAt(row, 'pageProcessRssMiB'));

const IN_BROWSER = ['warm', 'cold', 'coldWithoutCache'].flatMap((state) =>
  ['firstContentfulPaint', 'firstFigures'].map((what): readonly [string, string] => [
    `${spaced(state)}, ${spaced(what)}`,
    `browserMs.${state}.${what}`,
  ]),
);
/** The runs of the owner's view, by stored events. */
const sizesOf = (runs: Runs): readonly Row[] =>
  runs
    .flat()
    .filter((row) => 'events' in row)
    .sort(by('events'));

export const dashboard: Figure = {
  title: 'Dashboard',
  benchmark: 'dashboard',
  required: 'first contentful paint < 200 ms',
  target: '< 100 ms warm, < 200 ms cold, with 10 million stored events',
  method: ["Times in ms. Cold means that the page's process is started first."],
  headline: (runs) => {
    const row = sizesOf(runs).at(-1);
    const paint = (state: string): string =>
      `${shown(numberAt(row, `browserMs.${state}.firstContentfulPaint.median`))} ms ${state}`;
    return `${paint('warm')}, ${paint('cold')} (${shown(numberAt(row, 'events'))} events)`;
  },
  tables: (runs) => {
    const rows = sizesOf(runs);
    const sizes = rows.map((row) => `${shown(numberAt(row, 'events'))} events:`);
    const across = (first: string, names: readonly (readonly [string, string])[]): readonly string[] =>
      table(
        [first, ...sizes],
        names.map(([name, path]) => [name, ...rows.map((row) => medianAndP99(row, `${path}.`))]),
      );
    const answers = Object.keys(rows[0]?.['serverMs'] ?? {});
    return [
      ...across('in the browser', IN_BROWSER),
      ...['', 'Time to the first byte, and the time the service needs for each answer:', ''],
      ...across('on the server', [
        ...['warm', 'cold'].map((state): readonly [string, string] => [`${state}, first byte`, `firstByteMs.${state}`]),
        ...answers.map((name): readonly [string, string] => [spaced(name), `serverMs.${name}`]),
      ]),
      ...['', `RSS of the process that serves the page: ${range(rssOf(rows), 'MiB')}.`],
    ];
  },
};

/** `firstFigures` as words. */

export const posture: Figure = {
  title: 'Posture view of the analyst',
  benchmark: 'dashboard',
  target: 'first contentful paint < 100 ms warm, < 200 ms cold',
  method: [
    'The view opens over a seeded year of 40 units and 10,000 members. Times in ms. Cold means that the',
    "page's process is started first.",
  ],
  headline: (runs) => {
    const [row] = postureOf(runs);
    return ['warm', 'cold']
      .map((state) => `${shown(numberAt(row, `browserMs.${state}.firstContentfulPaint.median`))} ms ${state}`)
      .join(', ');
  },
  tables: (runs) => {
    const [row] = postureOf(runs);
    const answers = Object.keys(row?.['serverMs'] ?? {});
    return [
      ...table(
        ['in the browser', 'median / p99:'],
        IN_BROWSER.map(([name, path]) => [name, medianAndP99(row, `${path}.`)]),
      ),
      '',
      ...table(
        ['on the server', 'median / p99:'],
        answers.map((name) => [spaced(name), medianAndP99(row, `serverMs.${name}.`)]),
      ),
    ];
  },
};

const postureOf = (runs: Runs): readonly Row[] => runs.flat().filter(({ view }) => view === 'posture');
