/**
 * Milliseconds of a monotonic clock, counted from an arbitrary time. `performance.now()` would load
 * a part of Node.js that the idle service does not need otherwise (docs/adr/0002).
 */
export function steadyMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1_000 + nanoseconds / 1_000_000;
}
