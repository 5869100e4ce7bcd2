import { join } from 'node:path';
import { packageRoot } from '../package-root.ts';

/** Keep the idle service small; they count only when Node starts with them (docs/adr/0002). */
const FLAGS = ['--interrupt-budget=10000000', '--max-semi-space-size=2'];

/** Program and arguments that run the service in the foreground. */
export const serviceCommand = (): readonly [string, ...string[]] => [
  process.execPath,
  ...FLAGS,
  join(packageRoot(), 'bin', 'caro.js'),
  'service',
  'run',
];
