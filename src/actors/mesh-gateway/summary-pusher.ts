import type { AuditEntry } from '../../domain/audit/audit-record.ts';
import type { Configuration } from '../../domain/configuration.ts';
import { CaroError } from '../../domain/errors.ts';
import type { PeerAt } from '../../domain/identity/peer-at.ts';
import type { Envelope } from '../../domain/identity/signed-envelope.ts';
import type { SummaryResult } from '../../domain/summaries/summary.ts';

export interface PusherPorts {
  /** Ids of this node, now and before: the authors of what is pushed. */
  readonly nodes: () => readonly string[];
  /** The same for all keys of a peer, so that it gets nothing twice when its key changes. */
  readonly account: (peer: string) => string;
  readonly connected: () => readonly PeerAt[];
  readonly mayHaveSummaries: (configuration: Configuration, peer: PeerAt) => boolean;
  /** Resolves with what the peer did with it; rejects while it is away. */
  readonly deliver: (peer: string, document: Envelope, id: string) => Promise<SummaryResult>;
  readonly deliveries: {
    readonly admit: (peer: string, nowMs: number) => void;
    readonly dismiss: (peer: string) => void;
    readonly due: (
      nodes: readonly string[],
      peer: string,
      limit: number,
    ) => readonly { readonly id: string; readonly document: Envelope }[];
    readonly acknowledge: (peer: string, summaryId: string, nowMs: number) => void;
  };
  readonly audit: (entry: AuditEntry) => Promise<unknown>;
  readonly now: () => number;
}

export interface SummaryPusher {
  /** Begins to send a connected peer what it has not acknowledged, if it may have it. */
  readonly push: (configuration: Configuration, peer: PeerAt) => void;
  readonly pushAll: (configuration: Configuration) => void;
}

const BATCH = 20;

/**
 * Summaries that could not be delivered are kept and sent when the peer is back, once each
 * (design.md §7): a summary counts as delivered when the peer has acknowledged it, whatever it did
 * with it, or when its words may not leave any more. One delivery to a peer is under way at a time,
 * outside the mailbox.
 */
export function createSummaryPusher(ports: PusherPorts): SummaryPusher {
  const active = new Set<string>();
  const send = async (peer: string, account: string): Promise<void> => {
    for (;;) {
      const due = ports.deliveries.due(ports.nodes(), account, BATCH);
      if (due.length === 0) return;
      for (const { id, document } of due) {
        const result = await ports.deliver(peer, document, id).catch(keptBack);
        ports.deliveries.acknowledge(account, id, ports.now());
        if (result !== null) await ports.audit({ type: 'summary.sent', peer, details: { id, result } });
      }
    }
  };
  const push: SummaryPusher['push'] = (configuration, peer) => {
    const account = ports.account(peer.id);
    if (!ports.mayHaveSummaries(configuration, peer)) {
      ports.deliveries.dismiss(account);
      return;
    }
    ports.deliveries.admit(account, ports.now());
    if (active.has(account)) return;
    active.add(account);
    send(peer.id, account)
      .catch((error: unknown) => {
        // A refusal by the gate is on record already, a peer that left gets the rest when it is
        // back.
        if (!(error instanceof CaroError)) throw error;
      })
      .finally(() => active.delete(account));
  };
  return {
    push,
    pushAll: (configuration) => {
      for (const peer of ports.connected()) push(configuration, peer);
    },
  };
}

/**
 * Null where the gate keeps the document back for what stands in it, such as a tool that is denied
 * since it was made: it never may leave as it is, a revision takes its place, and those behind it
 * must not wait. The refusal is on record already.
 */
function keptBack(error: unknown): null {
  if (error instanceof CaroError && error.code === 'egress_schema') return null;
  throw error;
}
