import { join } from 'node:path';
import { packageRoot } from '../package-root.ts';

/** Keeps the optimising compiler out of the idle service's memory; it counts only when Node starts with it (docs/adr/0002). */
const FLAG = '--interrupt-budget=10000000';

/** Program and arguments that run the service in the foreground. */
export const serviceCommand = (): readonly [string, ...string[]] => [
  process.execPath,
  FLAG,
  join(packageRoot(), 'bin', 'caro.js'),
  'service',
  'run',
];
