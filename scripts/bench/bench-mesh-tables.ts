/** The figures of docs/performance.md about the mesh. */
import { by, type Figure, medianAndP99, shown, table } from './bench-figure.ts';
import { numberAt } from './bench-results.ts';

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
