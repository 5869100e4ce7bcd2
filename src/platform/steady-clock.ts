/**
 * Milliseconds on a clock that never leaps, from some moment in the past. `steadyMs()` would load a
 * part of Node that nothing else here needs.
 */
export function steadyMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1_000 + nanoseconds / 1_000_000;
}
