import { type ChildProcess, fork } from 'node:child_process';

/** Heap of the page's process in MB: it reads rollups and pages of events, never whole tables. */
const HEAP_MB = 96;

/** Starts the page's process with nothing of the daemon's environment but the time zone, and nothing on its standard streams. */
export function forkPage(path: string): ChildProcess {
  return fork(path, [], {
    env: environment(),
    execArgv: [`--max-old-space-size=${HEAP_MB}`],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}

function environment(): NodeJS.ProcessEnv {
  const zone = process.env['TZ'];
  return zone === undefined ? { NODE_ENV: 'production' } : { NODE_ENV: 'production', TZ: zone };
}
