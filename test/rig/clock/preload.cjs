/*
 * Loaded into a real service by `NODE_OPTIONS=--require`: its wall clock is the machine's plus the
 * offset in the file CARO_TEST_CLOCK, which all services of a test share. Steady clocks are not
 * changed. The sweep, which notices that a quarter of an hour is over, runs more often, and a
 * leader gathers reports for a shorter time, so that a week passes within a minute.
 */
const { openSync, readSync } = require('node:fs');
const { promisify } = require('node:util');

const file = process.env.CARO_TEST_CLOCK;
if (file !== undefined) {
  const SWEEP_MS = 5_000;
  const GATHER_MS = 25_000;
  const QUICK_MS = 250;
  const descriptor = openSync(file, 'r');
  const text = Buffer.alloc(20);
  const RealDate = Date;
  const realNow = Date.now.bind(Date);
  const now = () => realNow() + Number(text.toString('latin1', 0, readSync(descriptor, text, 0, text.length, 0)));
  class TestDate extends RealDate {
    constructor(...parts) {
      if (parts.length === 0) super(now());
      else super(...parts);
    }
    static now() {
      return now();
    }
  }
  globalThis.Date = TestDate;
  const realTimeout = setTimeout;
  const quickTimeout = (work, ms, ...rest) => realTimeout(work, ms === GATHER_MS ? QUICK_MS : ms, ...rest);
  Object.defineProperty(quickTimeout, promisify.custom, { value: realTimeout[promisify.custom] });
  globalThis.setTimeout = quickTimeout;
  const realInterval = setInterval;
  globalThis.setInterval = (work, ms, ...rest) => realInterval(work, ms === SWEEP_MS ? QUICK_MS : ms, ...rest);
}
