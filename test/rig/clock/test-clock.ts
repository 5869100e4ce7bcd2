import { closeSync, openSync, writeSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The wall clock of real services: it moves on as the machine's does, or when it is set. */
export interface TestClock {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Moves on; never back. */
  readonly set: (ms: number) => void;
  /** Command with its arguments that starts a service on this clock. */
  readonly prefix: readonly string[];
  readonly close: () => void;
}

const PRELOAD = resolve(__dirname, 'preload.cjs');
const DIGITS = 20;

/** @param offsetMs how far it is ahead of the machine's at first */
export function makeClock(folder: string, offsetMs = 0): TestClock {
  const file = join(folder, 'clock');
  const descriptor = openSync(file, 'w+');
  let aheadMs = offsetMs;
  /** Written in one call of the same length, so that no reader sees half of it. */
  const write = (): void => void writeSync(descriptor, String(aheadMs).padEnd(DIGITS), 0, 'latin1');
  write();
  return {
    now: () => Date.now() + aheadMs,
    set: (ms) => {
      if (ms < Date.now() + aheadMs) throw new RangeError('expected a later time');
      aheadMs = ms - Date.now();
      write();
    },
    prefix: ['env', `NODE_OPTIONS=--require=${PRELOAD}`, `CARO_TEST_CLOCK=${file}`],
    close: () => closeSync(descriptor),
  };
}
