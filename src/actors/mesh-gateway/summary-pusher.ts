import type { AuditEntry } from '../../domain/audit/audit-record.ts';
import type { Configuration } from '../../domain/configuration.ts';
import { CaroError } from '../../domain/errors.ts';
import type { PeerAt } from '../../domain/identity/peer-at.ts';
import { parseEndpoint } from '../../domain/ip-address.ts';
import type { SummaryResult } from '../../domain/summaries/summary.ts';
import { decide } from '../../policy/decide.ts';
import type { DeliveryStore } from '../../storage/mesh/delivery-store.ts';
import type { OpenMesh } from './open-mesh.ts';

export interface PusherPorts {
  /** Null while the mesh is off. */
  readonly mesh: () => Pick<OpenMesh, 'status' | 'asker' | 'account' | 'deliver'> | null;
  /** Ids of this node, now and before: the authors of what is pushed. */
  readonly nodes: () => readonly string[];
  readonly deliveries: DeliveryStore;
  readonly audit: (entry: AuditEntry) => Promise<unknown>;
  readonly now: () => number;
}

export interface SummaryPusher {
  /** Starts to send a connected peer what it has not acknowledged, if it may have it. */
  readonly push: (configuration: Configuration, peer: PeerAt) => void;
  readonly pushAll: (configuration: Configuration) => void;
}

const BATCH = 20;

/**
 * Summaries that could not be delivered are kept and sent when the peer is back, once each
 * (docs/design.md §7). A summary counts as delivered when the peer has acknowledged it, whatever it
 * did with it, or when its content may not leave any more. Only one delivery to a peer runs at a
 * time, outside the mailbox.
 */
export function createSummaryPusher(ports: PusherPorts): SummaryPusher {
  const active = new Set<string>();
  const send = async (peer: string, account: string): Promise<void> => {
    for (;;) {
      const due = ports.deliveries.due(ports.nodes(), account, BATCH);
      if (due.length === 0) return;
      for (const { id, document } of due) {
        const result = await deliver(ports, peer, document, id);
        ports.deliveries.acknowledge(account, id, ports.now());
        if (result !== null) await ports.audit({ type: 'summary.sent', peer, details: { id, result } });
      }
    }
  };
  const push: SummaryPusher['push'] = (configuration, peer) => {
    const mesh = ports.mesh();
    if (!mesh) return;
    // One account for all keys of a peer, so that it gets nothing twice when its key changes.
    const account = mesh.account(peer.id);
    if (!decide(configuration, { ...mesh.asker(peer), action: 'receive-summary' }).allow) {
      ports.deliveries.dismiss(account);
      return;
    }
    ports.deliveries.admit(account, ports.now());
    if (active.has(account)) return;
    active.add(account);
    send(peer.id, account)
      .catch((error: unknown) => {
        // The gate records its refusals; a peer that left gets the rest when it is back.
        if (!(error instanceof CaroError)) throw error;
      })
      .finally(() => active.delete(account));
  };
  return {
    push,
    pushAll: (configuration) => {
      for (const { peer, address } of ports.mesh()?.status().peers ?? [])
        if (peer !== null) push(configuration, { id: peer, address: parseEndpoint(address)?.host ?? address });
    },
  };
}

/**
 * Null where the gate refuses the document for its content, such as a tool that has been denied
 * since it was made. It may never leave as it is, a revision replaces it, and those behind it must
 * not wait. The gate has recorded the refusal.
 */
async function deliver(
  ports: PusherPorts,
  peer: string,
  document: Parameters<OpenMesh['deliver']>[1],
  id: string,
): Promise<SummaryResult | null> {
  const mesh = ports.mesh();
  if (!mesh) throw new CaroError('not_running', 'expected a connection to this peer, the mesh is off');
  try {
    return await mesh.deliver(peer, document, id);
  } catch (error) {
    if (error instanceof CaroError && error.code === 'egress_schema') return null;
    throw error;
  }
}
