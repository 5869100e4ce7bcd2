import { randomBytes } from 'node:crypto';
import { CaroError } from '../domain/errors.ts';
import type { PeerReply, PeerRequest } from '../domain/exchange.ts';
import type { Carried } from '../domain/relay/carried.ts';
import type { Carrier } from '../mesh/relay/carrier.ts';
import { isRelayed, type RelayUsePorts } from './relay.ts';
import type { ServiceContext } from './service-context.ts';

const REFUSALS_MS = 60_000;

/** What travels in a folder; its code is loaded when the owner exports or imports one. */
export interface CarrierUse {
  /** Opens a visit and takes these boxes. @throws CaroError `not_found` without an organization */
  readonly begin: (texts: readonly string[]) => Promise<Carried['outcomes']>;
  /** Undefined without a visit, and for a request that needs a connection. */
  readonly exchange: (peer: string, request: PeerRequest) => Promise<PeerReply> | undefined;
  /** Ends the visit. */
  readonly end: () => Carried['boxes'];
}

export function createCarrierUse(context: ServiceContext, ports: RelayUsePorts): CarrierUse {
  let visit: { readonly carrier: Carrier; readonly close: () => void } | null = null;
  return {
    begin: async (texts) => {
      visit?.close();
      visit = await openVisit(context, ports);
      return visit.carrier.take(texts);
    },
    exchange: (peer, request) => (isRelayed(request) ? visit?.carrier.exchange(peer, request) : undefined),
    end: () => {
      const boxes = visit?.carrier.boxes ?? [];
      visit?.close();
      visit = null;
      return boxes;
    },
  };
}

async function openVisit({ identity, places, roster }: ServiceContext, ports: RelayUsePorts) {
  const view = roster.view();
  if (view === null)
    throw new CaroError('not_found', 'expected a node that has joined an organization, this one has not');
  const [{ createCarrier }, { createRefusalLog }, { openCardKeys }] = await Promise.all([
    import('../mesh/relay/carrier.ts'),
    import('../mesh/refusal-log.ts'),
    import('../keys/card-keys.ts'),
  ]);
  const keys = openCardKeys(places.cardKeys);
  const refusals = createRefusalLog(ports.audit, REFUSALS_MS, ({ peer }) => peer !== undefined && ports.isNamed(peer));
  const aggregators = [...view.current.supervisors, ...view.current.trustees];
  const carrier = createCarrier({
    identity,
    now: Date.now,
    randomBytes: (count) => new Uint8Array(randomBytes(count)),
    boxes: [{ publicKey: bytesOf(keys.card().sealingKey), secretKey: keys.sealingKey() }],
    boxOf: (id) => {
      const found = aggregators.find((node) => node.id === id);
      return found && bytesOf(found.card.sealingKey);
    },
    ports: {
      ...ports,
      onOrg: async (peer, request) => {
        const reply = await ports.onOrg(peer, request);
        if (reply.type === 'org-news') return reply;
        throw new CaroError('internal', 'expected news of the roster');
      },
      onRefuse: (code, peer) =>
        refusals.refuse({ code, address: null, direction: 'inbound', ...(peer === undefined ? {} : { peer }) }),
    },
  });
  return { carrier, close: refusals.close };
}

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));
