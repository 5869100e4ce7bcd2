/** The figures of docs/performance.md about the mesh. */
import { by, type Figure, medianAndP99, shown, table } from './bench-figure.ts';
import { numberAt, type Row } from './bench-results.ts';

export const query: Figure = {
  title: 'Mesh query round trip',
  benchmark: 'mesh-query',
  required: '< 500 ms with 10 nodes',
  target: '< 100 ms with 10 nodes; < 500 ms with 100',
  method: [
    'Real nodes on one machine; times in ms. A node repeats its figures for a minute, so the first query',
    'of each type costs more than later ones. The baseline is a bare WebSocket echo over the same TLS.',
  ],
  headline: (runs) =>
    runs
      .flat()
      .filter((row) => numberAt(row, 'dead') === 0 && numberAt(row, 'nodes') >= 10)
      .map((row) => `${shown(numberAt(row, 'firstOfEachTypeMs.median'))} ms (${shown(numberAt(row, 'nodes'))} nodes)`)
      .join(', '),
  tables: (runs) =>
    table(
      ['nodes:', 'of them dead:', 'first of each type:', 'repeated:', 'inside the asker:', 'bare echo:'],
      [...runs.flat()]
        .sort(by('nodes', 'dead'))
        .map((row) => [
          numberAt(row, 'nodes'),
          numberAt(row, 'dead'),
          ...['firstOfEachTypeMs.', 'repeatedMs.', 'insideAskerMs.', 'echo.'].map((path) => medianAndP99(row, path)),
        ]),
    ),
};

export const reconnect: Figure = {
  title: "Reconnecting after a hub's restart",
  benchmark: 'mesh-reconnect',
  target: '< 10 s with 60 peers',
  method: [
    'Real nodes on one machine. The peers dial the hub, and it dials them where it knows that they',
    'listen. Times in ms from the start of its process, after some seconds away.',
  ],
  headline: (runs) =>
    runs
      .flat()
      .map((row) => {
        const last = shown(numberAt(row, 'connectedAgainMs.max'));
        return `${last} ms for all of ${shown(numberAt(row, 'peers'))}, ${shown(numberAt(row, 'awaySeconds'))} s away`;
      })
      .join('; '),
  tables: (runs) =>
    table(
      ['peers:', 'seconds away:', 'ready:', 'median:', 'last:', 'CPU of the hub:'],
      [...runs.flat()]
        .sort(by('peers', 'awaySeconds'))
        .map((row) =>
          ['peers', 'awaySeconds', 'readyMs', 'connectedAgainMs.median', 'connectedAgainMs.max', 'hubCpuMs'].map(
            (path) => numberAt(row, path),
          ),
        ),
    ),
};

const FLEET_TABLE: readonly (readonly [string, (row: Row) => unknown])[] = [
  ['nodes:', (row) => numberAt(row, 'nodes')],
  ['roll-call, ms:', (row) => medianAndP99(row, 'rollCall.ms.')],
  ['sealed before, ms:', (row) => medianAndP99(row, 'ready.ms.')],
  ['question, ms:', (row) => medianAndP99(row, 'question.ms.')],
  ['bare messages, ms:', (row) => numberAt(row, 'baselineMs')],
  ['all back after a kill, ms:', (row) => medianAndP99(row, 'storm.connectedAgainMs.')],
  ['relay, MiB RSS:', (row) => numberAt(row, 'broker.rssMiB')],
  ['asker, MiB RSS:', (row) => numberAt(row, 'rollCall.askerRssMiB')],
];
const PARTS = ['broker', 'asker', 'nodes'] as const;
const IDLE = ['bare', 'code', 'connected'] as const;

export const fleet: Figure = {
  title: 'Many nodes on one relay',
  benchmark: 'fleet',
  required: '10,000 nodes < 4 s on two cores, 1,000 nodes < 1 s; 5,000 nodes back < 15 s',
  target: 'every node accounted for',
  method: [
    'Real nats-server with TLS and the real client; nodes share processes and one machine with the',
    'relay and the asker. A roll-call and a question go to all at once; each answer is signed and',
    'sealed. In another roll-call the nodes have sealed their answers before, as if each had a',
    'processor of its own: what is left is the work of the asker and the relay. The baseline is as',
    'many messages of 2 KiB through the same relay, neither sealed nor signed. The relay is killed and',
    'started again at once; times are from when it is ready.',
  ],
  headline: (runs) =>
    runs
      .flat()
      .map((row) => {
        const ms = shown(numberAt(row, 'rollCall.ms.median'));
        const ready = shown(numberAt(row, 'ready.ms.median'));
        const nodes = `${shown(numberAt(row, 'rollCall.leastAnswered'))} of ${shown(numberAt(row, 'nodes'))} nodes`;
        return `${ms} ms, ${ready} with answers sealed before, ${nodes}`;
      })
      .join('; '),
  tables: (runs) => {
    const rows = [...runs.flat()].sort(by('nodes'));
    return [
      ...table(
        FLEET_TABLE.map(([column]) => column),
        rows.map((row) => FLEET_TABLE.map(([, cell]) => cell(row))),
      ),
      '',
      ...table(
        ['µs of CPU for each answer', ...rows.map((row) => `${shown(numberAt(row, 'nodes'))} nodes:`)],
        PARTS.map((part) => [part, ...rows.map((row) => numberAt(row, `rollCall.cpuMicrosecondsPerMessage.${part}`))]),
      ),
      '',
      ...table(
        ['MiB RSS of an idle process', ...rows.map((row) => `${shown(numberAt(row, 'nodes'))} nodes:`)],
        IDLE.map((what) => [what, ...rows.map((row) => numberAt(row, `idleMemory.${what}.rssMiB`))]),
      ),
    ];
  },
};
