import { yieldToEventLoop } from '../../bus/event-loop.ts';

/**
 * Gathers names of changed files and tells of them together, one telling at a time: what the system
 * reports in one go, and what changes while the reader is busy, is read and committed together.
 * `tell` handles its own failures.
 */
export function gatherChanges(tell: (files: readonly string[]) => Promise<void>): (name: string) => void {
  const changed = new Set<string>();
  let telling = false;
  const tellAll = async (): Promise<void> => {
    telling = true;
    while (changed.size > 0) {
      // The events of one wake-up arrive one by one, each with its promises settled: without this
      // turn, each would be told of alone.
      await yieldToEventLoop();
      const files = [...changed];
      changed.clear();
      await tell(files);
    }
    telling = false;
  };
  return (name) => {
    changed.add(name);
    if (!telling) void tellAll();
  };
}
