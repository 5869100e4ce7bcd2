/** The figures of docs/performance.md about what the owner of a node uses. */
import { type Figure, medianAndP99, shown, table } from './bench-figure.ts';
import { numberAt, type Row } from './bench-results.ts';

export const search: Figure = {
  title: 'Search over the own commands',
  benchmark: 'search',
  target: 'first list < 100 ms with 1 million events, each keystroke < 30 ms',
  method: [
    'The interactive search, in ms: until the first list is there, until all commands are read, and one',
    'keystroke after that. Waiting commands are in the spool, as after a time without the service. The',
    "baseline is SQLite's LIKE over the same events.",
  ],
  headline: (runs) => {
    const [row] = runs.flat();
    return `first list ${medianAndP99(row, 'firstListMs.')} ms, keystroke ${medianAndP99(row, 'keystrokeMs.')} ms`;
  },
  tables: (runs) =>
    table(
      ['events:', 'different commands:', 'waiting:', 'first list:', 'all read:', 'keystroke:', 'LIKE:'],
      runs
        .flat()
        .map((row) => [
          ...['events', 'texts', 'waiting'].map((key) => numberAt(row, key)),
          ...['firstListMs.', 'allReadMs.', 'keystrokeMs.', 'likeMs.'].map((path) => medianAndP99(row, path)),
        ]),
    ),
};

export const guard: Figure = {
  title: 'The guard',
  benchmark: 'guard',
  target: '< 150 ms',
  method: [
    'From the start of the guard to its answer, in ms, in turn with Node.js that only reads its input.',
    'Then a line that runs unasked, which the service allows in place of the guard: what an agent waits,',
    'and what Enter waits in a shell. [The guard](guard.md) says how.',
  ],
  headline: (runs) => {
    const of = (name: string): Row | undefined => runs.flat().find((row) => row['name'] === name);
    const [withIt, without] = ['with', 'without'].map((word) =>
      shown(numberAt(of(`agent: caro guard, ${word} the service`), 'median')),
    );
    return `agent ${withIt ?? '–'} ms with the service, ${without ?? '–'} ms without`;
  },
  tables: (runs) =>
    table(
      ['ms', 'median / p99:', 'ratio to its baseline:'],
      runs.flat().map((row) => [row['name'], medianAndP99(row), numberAt(row, 'ratioToBaseline')]),
    ),
};

export const agentHook: Figure = {
  title: 'Recording the commands of a coding agent',
  benchmark: 'agent-hook',
  target: '< 5 ms where possible',
  method: ['One call of the hook of coding agents, in ms, beside other programs in turn.'],
  headline: (runs) => {
    const row = runs.flat().find(({ name }) => name === 'hook, start of a command');
    return `median ${shown(numberAt(row, 'medianMs'))} ms`;
  },
  tables: (runs) =>
    table(
      ['call', 'median:', 'p99:', 'more than `true`:', 'ratio to Node.js:'],
      runs
        .flat()
        .map((row) => [
          row['name'],
          ...['medianMs', 'p99Ms', 'addedMs', 'ratioToNode'].map((key) => numberAt(row, key)),
        ]),
    ),
};
