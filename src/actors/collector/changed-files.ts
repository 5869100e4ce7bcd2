import { yieldToEventLoop } from '../../bus/event-loop.ts';

/**
 * Collects names of changed files and reports them in batches, one batch at a time. Changes that
 * the system reports together, or that happen while the reader is busy, are thus committed
 * together. `report` handles its own failures.
 */
export function gatherChanges(report: (files: readonly string[]) => Promise<void>): (name: string) => void {
  const changed = new Set<string>();
  let reporting = false;
  const reportAll = async (): Promise<void> => {
    reporting = true;
    while (changed.size > 0) {
      // Events of one wake-up arrive one by one, with all promises settled between them. Without
      // this turn of the event loop each would be a batch of its own.
      await yieldToEventLoop();
      const files = [...changed];
      changed.clear();
      await report(files);
    }
    reporting = false;
  };
  return (name) => {
    changed.add(name);
    if (!reporting) void reportAll();
  };
}
