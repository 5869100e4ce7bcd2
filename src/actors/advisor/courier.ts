import type { BusClient } from '../../bus/bus.ts';
import type { Advisory } from '../../domain/advisories/advisory.ts';
import { CaroError } from '../../domain/errors.ts';
import type { Envelope } from '../../domain/identity/signed-envelope.ts';
import type { AdvisoryStore, StoredAdvisory } from '../../storage/mesh/advisory-store.ts';

export interface CourierPorts {
  readonly bus: BusClient;
  readonly store: Pick<AdvisoryStore, 'due' | 'deliver'>;
  readonly account: (id: string) => Promise<string>;
  readonly self: () => string;
  readonly seal: (advisory: Advisory) => Promise<Envelope>;
  readonly now: () => number;
}

export interface Courier {
  /** Sends a connected peer what it has not got yet. Resolves when it has answered, or is gone. */
  readonly to: (peer: string) => Promise<void>;
  readonly all: () => Promise<void>;
}

/** A peer stores one row. */
const ADVISE_MS = 10_000;

/** Advisories are kept until a peer has them. One delivery to a peer runs at a time. */
export function createCourier(ports: CourierPorts): Courier {
  const active = new Set<string>();
  const to = async (peer: string): Promise<void> => {
    const node = await ports.account(peer);
    if (active.has(node)) return;
    active.add(node);
    try {
      for (const advisory of ports.store.due(node, ports.now())) await deliver(ports, { peer, node }, advisory);
    } catch (error) {
      // The gate records its refusals; a peer that left gets the rest when it is back.
      if (!(error instanceof CaroError)) throw error;
    } finally {
      active.delete(node);
    }
  };
  return {
    to,
    all: async () => {
      const { peers } = await ports.bus.request('mesh.status', {});
      await Promise.all(peers.filter(({ state }) => state === 'connected').map(({ id }) => to(id)));
    },
  };
}

async function deliver(
  { bus, store, seal, self, now }: CourierPorts,
  { peer, node }: { readonly peer: string; readonly node: string },
  { id, issuedAt, subject, priority, until }: StoredAdvisory,
): Promise<void> {
  // By the current key: an advisory that waits may be older than it.
  const document = await seal({
    type: 'caro.advisory',
    version: 1,
    id,
    author: self(),
    issuedAt,
    subject,
    priority,
    until,
  });
  const result = await bus.request('peer.advise', { peer, document, deadlineMs: ADVISE_MS }, 2 * ADVISE_MS);
  store.deliver(id, node, result, now());
}
