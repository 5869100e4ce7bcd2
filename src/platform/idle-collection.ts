/**
 * Processor time between two calls, in ms, below which the service counts as idle: that of five
 * seconds of sweeps and heartbeats.
 */
const QUIET_MS = 100;
/** Processor time of work, in ms, that justifies collections of about 40 ms each. */
const WORTH_MS = 400;
/**
 * The second one frees the code that has not run since the first (`--bytecode-old-age` in
 * bin/v8-flags.txt).
 */
const TIMES = 2;

/**
 * Quiet looks after them. V8 collects again by itself within 9 seconds of the last one, and frees
 * what did not run since.
 */
const SETTLE_LOOKS = 3;

export interface IdleCollectionPorts {
  /** As `process.cpuUsage()`: of all threads, in microseconds since the start. */
  readonly cpuUsage: () => { readonly user: number; readonly system: number };
  readonly collect: () => void;
  /** Called when the last collection is over, V8's own included. */
  readonly onFreed: () => void;
}

/**
 * Collects garbage once the service is idle after work (NFR-101). V8 does so by itself only after a
 * full collection that the work itself caused. That often does not happen, and the garbage of a
 * start or a burst stays in memory (docs/adr/0002).
 *
 * @returns a function to be called every few seconds; the start of the service counts as work
 */
export function createIdleCollection({ cpuUsage, collect, onFreed }: IdleCollectionPorts): () => void {
  const usedMs = (): number => {
    const { user, system } = cpuUsage();
    return (user + system) / 1_000;
  };
  let before = usedMs();
  let worked = WORTH_MS;
  let due = 0;
  return () => {
    const now = usedMs();
    const spent = now - before;
    before = now;
    worked += spent;
    if (worked >= WORTH_MS) {
      due = TIMES + SETTLE_LOOKS;
      worked = 0;
    }
    if (spent >= QUIET_MS || due === 0) return;
    if (due > SETTLE_LOOKS) collect();
    due -= 1;
    if (due === 0) onFreed();
    before = usedMs();
  };
}

/**
 * From Node.js 22 on, the second call returns freed pages of the heap to the system, which Node.js
 * 26 otherwise keeps for a while. Node.js 20 takes its argument for a wish to collect the young
 * generation alone, so the first call is needed.
 */
function collectAll(): void {
  globalThis.gc?.();
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}

/** The same for this process. `gc` exists because of a V8 flag (bin/v8-flags.txt). */
export const createProcessIdleCollection = (onFreed: () => void): (() => void) =>
  createIdleCollection({ cpuUsage: () => process.cpuUsage(), collect: collectAll, onFreed });
