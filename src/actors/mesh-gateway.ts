import type { Actor } from '../bus/actor.ts';
import type { Speaker } from '../bus/bus.ts';
import type { Configuration } from '../domain/configuration.ts';
import type { EgressFilter, EgressLine, EgressMessage } from '../domain/egress.ts';
import { CaroError } from '../domain/errors.ts';
import { DAY_MS } from '../domain/period.ts';
import type { MeshStatus, OpenInvite, PairedNode } from '../domain/status.ts';
import type { SummaryPusher } from './summary-pusher.ts';

/** The open mesh, as the gateway needs it. */
export interface OpenMesh {
  readonly status: () => Pick<MeshStatus, 'listen' | 'peers'>;
  /** Takes over new settings; live connections are judged again at once. */
  readonly reload: (configuration: Configuration) => void;
  readonly invite: (host?: string) => OpenInvite;
  readonly join: (code: string) => Promise<PairedNode>;
  /** Makes a new certificate if the present one ends soon. */
  readonly renew: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface GatewayPorts {
  readonly bus: Speaker;
  /** Reads the mesh's code and opens it. */
  readonly open: (configuration: Configuration) => Promise<OpenMesh>;
  readonly pusher: SummaryPusher;
  readonly egress: {
    readonly list: (filter: EgressFilter) => readonly EgressLine[];
    readonly read: (seq: number) => EgressMessage | undefined;
    readonly prune: (beforeMs: number) => void;
  };
}

type Kinds =
  | 'mesh.status'
  | 'mesh.changed'
  | 'peers.invite'
  | 'peers.join'
  | 'summary.made'
  | 'egress.list'
  | 'egress.show'
  | 'config.commit'
  | 'clock.quarter';

/**
 * Stands between this node and its peers: opens and closes the mesh as the configuration says, sees to it that summaries reach those who
 * may have them, and keeps the ledger of what left. With the mesh off no socket is opened and none of its code is read.
 */
export function createMeshGateway(ports: GatewayPorts, initial: Configuration): Actor<Kinds> {
  let configuration = initial;
  let mesh: OpenMesh | null = null;
  const opened = (): OpenMesh => {
    if (mesh) return mesh;
    throw new CaroError(
      'not_running',
      'expected the mesh to be on: set enabled = true under [mesh] in caro.toml, then caro reload',
    );
  };
  const close = async (): Promise<void> => {
    const open = mesh;
    mesh = null;
    await open?.close();
  };
  const apply = async (next: Configuration): Promise<void> => {
    const isSame = JSON.stringify(socketSettings(configuration)) === JSON.stringify(socketSettings(next));
    configuration = next;
    if (mesh && isSame) {
      mesh.reload(next);
      return;
    }
    await close();
    if (next.mesh.enabled) mesh = await ports.open(next);
  };
  return {
    name: 'mesh gateway',
    concurrent: ['peers.join'],
    start: () => apply(initial),
    stop: close,
    handlers: {
      'mesh.status': () => ({ enabled: mesh !== null, ...(mesh?.status() ?? { listen: null, peers: [] }) }),
      'mesh.changed': (change) => {
        if (change.change === 'connected') ports.pusher.push(configuration, change);
      },
      'peers.invite': ({ host }) => opened().invite(host),
      'peers.join': ({ code }) => opened().join(code),
      'summary.made': () => ports.pusher.pushAll(configuration),
      'egress.list': (filter) => ports.egress.list(filter),
      'egress.show': ({ seq }) => {
        const message = ports.egress.read(seq);
        if (!message)
          throw new CaroError('not_found', `expected the number of a message in the egress ledger, ${seq} is none`);
        return message;
      },
      'config.commit': async (next) => {
        await apply(next);
        ports.pusher.pushAll(next);
        return null;
      },
      'clock.quarter': async ({ retentionMs }) => {
        ports.egress.prune(retentionMs - configuration.retention.egress_days * DAY_MS);
        ports.pusher.pushAll(configuration);
        await mesh?.renew();
      },
    },
  };
}

/** Settings that only a new socket can take over. */
const socketSettings = ({ mesh, node }: Configuration): unknown => {
  const { enabled, listen, mdns, allow_dns, allow_public } = mesh;
  return { enabled, listen, mdns, allow_dns, allow_public, name: node.name };
};
