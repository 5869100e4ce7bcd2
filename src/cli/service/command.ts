import { join } from 'node:path';
import { packageRoot } from '../package-root.ts';

/**
 * How often a function runs before it is compiled by an optimiser. V8 multiplies it by the length
 * of the function's bytecode, in 32 bits.
 */
const OFTEN = 5_000_000;
/**
 * So long may a function be, in bytes of bytecode, that the product above does not overflow: those
 * that do are optimised at once.
 */
const LONGEST = 420;

/**
 * Keep the idle service small; they count only when Node starts with them, are named anew by each
 * V8, and are the same in bin/caro.js (docs/adr/0002, docs/adr/0011). An optimising compiler that
 * ran once leaves 4 to 9 MiB of its own code in memory, so functions reach it late;
 * `--no-short-builtin-calls` does without a second copy of V8's built-in code. Code that did not
 * run between two collections goes at the second instead of at the sixth, and so does what the
 * first compiler made of it. Without Node's snapshot only what the service needs of Node's own
 * modules is made, at 35 ms of each start. `gc()` is for src/platform/idle-collection.ts.
 */
const EVERY: readonly string[] = [
  '--no-short-builtin-calls',
  '--no-node-snapshot',
  '--bytecode-old-age=1',
  '--flush-baseline-code',
  '--expose-gc',
];
const NEWER: readonly string[] = [
  ...['maglev', 'maglev-osr', 'turbofan', 'osr'].map((tier) => `--invocation-count-for-${tier}=${OFTEN}`),
  `--max-optimized-bytecode-size=${LONGEST}`,
  '--no-use-osr',
  '--optimize-for-size',
  ...EVERY,
];
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  '20': ['--interrupt-budget=100000000', ...EVERY],
  ...Object.fromEntries(['22', '23', '24', '25'].map((major) => [major, NEWER])),
};

/** Program and arguments that run the service in the foreground. */
export const serviceCommand = (): readonly [string, ...string[]] => [
  process.execPath,
  ...(FLAGS[process.versions.node.split('.')[0] ?? ''] ?? []),
  '--max-semi-space-size=2',
  join(packageRoot(), 'bin', 'caro.js'),
  'service',
  'run',
];
