import type { Envelope } from '../../domain/identity/signed-envelope.ts';
import type { Database } from '../database.ts';

export interface DueSummary {
  readonly id: string;
  readonly document: Envelope;
}

/**
 * Which of the node's own summaries each peer has. Undelivered ones are kept and sent once when the
 * peer is back (docs/design.md §7).
 */
export interface DeliveryStore {
  /**
   * Allows a peer the summaries that are made from `nowMs` on. Does nothing if it was allowed them
   * before.
   */
  readonly admit: (peer: string, nowMs: number) => void;
  /** The peer gets no more summaries, until it is admitted again. */
  readonly dismiss: (peer: string) => void;
  /**
   * Newest revisions of summaries of these node ids that the peer has not acknowledged, oldest
   * first.
   */
  readonly due: (nodes: readonly string[], peer: string, limit: number) => readonly DueSummary[];
  readonly acknowledge: (peer: string, summaryId: string, nowMs: number) => void;
}

export function createDeliveryStore(database: Database): DeliveryStore {
  const admit = database.prepare('INSERT OR IGNORE INTO recipient VALUES (?, ?)');
  const dismiss = database.prepare('DELETE FROM recipient WHERE peer = ?');
  const due = database.prepare(
    `SELECT id, document FROM summary AS one
     WHERE node IN (SELECT value FROM json_each(@nodes)) AND created_ms >= (SELECT since_ms FROM recipient WHERE peer = @peer)
       AND NOT EXISTS (SELECT 1 FROM delivery WHERE peer = @peer AND summary_id = one.id)
       AND NOT EXISTS (SELECT 1 FROM summary AS later
                       WHERE later.node IN (SELECT value FROM json_each(@nodes)) AND later.kind = one.kind AND later.start_ms = one.start_ms AND later.revision > one.revision)
     ORDER BY created_ms, id LIMIT @limit`,
  );
  const acknowledge = database.prepare('INSERT OR IGNORE INTO delivery VALUES (?, ?, ?)');
  return {
    admit: (peer, nowMs) => {
      admit.run(peer, nowMs);
    },
    dismiss: (peer) => {
      dismiss.run(peer);
    },
    due: (nodes, peer, limit) =>
      (due.all({ nodes: JSON.stringify(nodes), peer, limit }) as { id: string; document: string }[]).map(
        ({ id, document }) => ({
          id,
          document: JSON.parse(document) as Envelope,
        }),
      ),
    acknowledge: (peer, summaryId, nowMs) => {
      acknowledge.run(peer, summaryId, nowMs);
    },
  };
}
