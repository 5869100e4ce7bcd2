import { join } from 'node:path';
import { packageRoot } from '../package-root.ts';

const NEVER = 1_000_000;
/** Keep the idle service small; they count only when Node starts with them, and are named anew by each V8, as in bin/caro.js (docs/adr/0002). */
const TIERING: Readonly<Record<string, readonly string[]>> = {
  '20': ['--interrupt-budget=10000000'],
  ...Object.fromEntries(
    ['22', '23', '24', '25'].map((major) => [
      major,
      ['maglev', 'maglev-osr', 'turbofan', 'osr'].map((tier) => `--invocation-count-for-${tier}=${NEVER}`),
    ]),
  ),
};

/** Program and arguments that run the service in the foreground. */
export const serviceCommand = (): readonly [string, ...string[]] => [
  process.execPath,
  ...(TIERING[process.versions.node.split('.')[0] ?? ''] ?? []),
  '--max-semi-space-size=2',
  join(packageRoot(), 'bin', 'caro.js'),
  'service',
  'run',
];
