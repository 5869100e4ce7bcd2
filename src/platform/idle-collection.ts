/**
 * Processor time between two looks, in ms, below which the service counts as idle: what five
 * seconds of sweeps and heartbeats take.
 */
const QUIET_MS = 100;
/** So much work, in ms of processor time, is worth collections of some 40 each. */
const WORTH_MS = 400;
/**
 * The second one frees the code that has not run since the first (`--bytecode-old-age`,
 * src/cli/service/command.ts).
 */
const TIMES = 2;

export interface IdleCollectionPorts {
  /** As `process.cpuUsage()`: of all threads, in microseconds since the start. */
  readonly cpuUsage: () => { readonly user: number; readonly system: number };
  readonly collect: () => void;
}

/**
 * Collects garbage once the service has fallen quiet after work (NFR-101). V8 does so by itself
 * only after a full collection that work has forced, which often does not come: then everything
 * that a start or a burst has left stays (docs/adr/0002).
 *
 * @returns what is to be called every few seconds; a start counts as work
 */
export function createIdleCollection({ cpuUsage, collect }: IdleCollectionPorts): () => void {
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
      due = TIMES;
      worked = 0;
    }
    if (spent >= QUIET_MS || due === 0) return;
    collect();
    due -= 1;
    before = usedMs();
  };
}
