import type { ListedEntry } from '../../domain/blind/exchange.ts';
import { CaroError } from '../../domain/errors.ts';
import type { LogHead } from '../../storage/blind/report-store.ts';
import { EMPTY_LOG, followRelease, provenTotal } from '../release-log.ts';
import type { OpenedTask } from '../task.ts';
import type { CourierPorts } from './courier.ts';

/**
 * Reads the trustee's release log on from where it was checked, and notes for each day of this node
 * in a total of how many nodes it is included. A total counts only with a proof for this node.
 *
 * @throws CaroError while the trustee is away; `release_invalid`, `release_forked`
 */
export async function readReleaseLog(task: OpenedTask, { store, exchange, audit }: CourierPorts): Promise<void> {
  const trustee = task.task.trustee.node;
  for (;;) {
    const head = store.logHead(task.id) ?? { ...EMPTY_LOG, forked: false };
    const reply = await exchange(trustee, { type: 'blind-log', body: { task: task.id, from: head.size } });
    if (reply.type !== 'blind-entries') throw new CaroError(reply.body.code, 'the trustee does not show its log now');
    const { entries } = reply.body;
    if (reply.body.size < head.size) throw await forked(head, 'a shorter log than before');
    if (entries.length === 0) return;
    for (const entry of entries) await follow(entry);
  }

  async function follow(listed: ListedEntry): Promise<void> {
    const known = store.logHead(task.id) ?? { ...EMPTY_LOG, forked: false };
    try {
      const { entry, head } = followRelease(known, listed.entry, { taskId: task.id, trustee });
      const mine = store.made(entry.day);
      const contributors = mine && listed.contribution ? provenTotal(entry, mine.node, listed.contribution) : null;
      store.follow(
        task.id,
        { ...head, forked: known.forked },
        { day: entry.day, contributors, withheld: entry.withheld },
      );
    } catch (error) {
      if (error instanceof CaroError && error.code === 'release_forked') throw await forked(known, 'another history');
      throw error;
    }
  }

  async function forked(head: LogHead, what: string): Promise<CaroError> {
    if (!head.forked) {
      store.follow(task.id, { ...head, forked: true }, null);
      await audit({ type: 'release.forked', peer: trustee, details: { task: task.id, entries: head.size } });
    }
    return new CaroError('release_forked', `expected the release log to continue what is known, got ${what}`);
  }
}
