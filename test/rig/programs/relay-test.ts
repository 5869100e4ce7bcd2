import { test } from '@jest/globals';
import { hasProgram } from './require-shell.ts';

/** `test`, or a skip where nats-server is missing. With CI=true that fails the file instead. */
export const relayTest = ((): typeof test | typeof test.skip => {
  if (hasProgram('nats-server')) return test;
  if (process.env['CI'] === 'true') throw new Error('CI needs nats-server; .ci/run installs it');
  return test.skip;
})();
