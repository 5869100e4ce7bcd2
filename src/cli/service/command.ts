import { join } from 'node:path';
import { packageRoot } from '../package-root.ts';

/**
 * Program and arguments that run the service in the foreground. `sh`, so that the shell part of
 * `bin/caro.js` chooses the V8 flags of the Node.js that runs at that time. It needs
 * `serviceEnvironment`.
 */
export const serviceCommand = (): readonly [string, ...string[]] => [
  '/bin/sh',
  join(packageRoot(), 'bin', 'caro.js'),
  'service',
  'run',
];

/** Makes `serviceCommand` run the Node.js of this process, which need not be on the PATH. */
export const serviceEnvironment = (): readonly (readonly [name: string, value: string])[] => [
  ['CARO_NODE', process.execPath],
];
