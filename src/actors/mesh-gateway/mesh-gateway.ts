import type { Actor } from '../../bus/actor.ts';
import type { BusClient } from '../../bus/bus.ts';
import type { EgressLine, EgressMessage, LedgerFilter } from '../../domain/audit/egress.ts';
import type { Configuration } from '../../domain/configuration.ts';
import { CaroError } from '../../domain/errors.ts';
import type { DualEnvelope, Envelope } from '../../domain/identity/signed-envelope.ts';
import type { MeshStatus, OpenInvite, PairedNode, RotationStatus } from '../../domain/status/status.ts';
import { DAY_MS } from '../../domain/time/period.ts';
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
  /** Tells connected peers of our own keys; ids of those that were told. */
  readonly announce: (statements: KeyNews) => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

/** What is new about this node's own key. */
export interface KeyNews {
  readonly rotations: readonly DualEnvelope[];
  readonly revocations: readonly Envelope[];
}

/** The change of this node's own key. */
export interface RotationPorts {
  /** On disk and on record when it resolves. @throws CaroError `rotation_pending` */
  readonly begin: (compromised: boolean) => Promise<RotationStatus & { readonly news: KeyNews }>;
  /** Takes the next key into use, if its time has come; tells whether it did. */
  readonly complete: () => Promise<boolean>;
  /** Publishes `identity.due` when the time comes. */
  readonly arm: () => void;
  readonly stop: () => void;
}

/** The keys of peers. */
export interface PeerKeyPorts {
  /** Puts moves of trust on record, and publishes `keys.changed` when the next one comes. */
  readonly settle: () => Promise<void>;
  /** A key, those before it and those that follow it. */
  readonly family: (id: string) => Promise<readonly string[]>;
  readonly stop: () => void;
}

export interface GatewayPorts {
  readonly rotation: RotationPorts;
  readonly peerKeys: PeerKeyPorts;
  readonly bus: BusClient;
  /** Reads the mesh's code and opens it. */
  readonly open: (configuration: Configuration) => Promise<OpenMesh>;
  readonly pusher: SummaryPusher;
  readonly egress: {
    readonly list: (filter: LedgerFilter) => readonly EgressLine[];
    readonly read: (seq: number) => EgressMessage | undefined;
    readonly prune: (beforeMs: number) => void;
  };
}

type Kinds =
  | 'mesh.status'
  | 'mesh.changed'
  | 'peers.invite'
  | 'peers.join'
  | 'keys.changed'
  | 'identity.rotate'
  | 'identity.due'
  | 'summary.made'
  | 'egress.list'
  | 'egress.show'
  | 'config.commit'
  | 'clock.quarter';

/**
 * Stands between this node and its peers: opens and closes the mesh as the configuration says, sees
 * to it that summaries reach those who may have them, and keeps the ledger of what left. With the
 * mesh off no socket is opened and none of its code is read.
 */
export function createMeshGateway(ports: GatewayPorts, initial: Configuration): Actor<Kinds> {
  const { egress, peerKeys, pusher, rotation } = ports;
  const door = createDoor(ports, initial);
  const pushAll = (): void => pusher.pushAll(door.configuration());
  /**
   * Live connections are judged again: the key behind one may be retired, or two keys claim to
   * follow it.
   */
  const judgeKeys = async (): Promise<void> => {
    await peerKeys.settle();
    door.mesh()?.reload(door.configuration());
    pushAll();
  };
  const completeRotation = async (): Promise<void> => {
    const isCompleted = await rotation.complete();
    rotation.arm();
    if (isCompleted) await door.reopen().catch(notOpened);
  };
  return {
    name: 'mesh gateway',
    concurrent: ['peers.join'],
    start: async () => {
      await peerKeys.settle();
      await door.apply(initial);
      rotation.arm();
    },
    stop: async () => {
      rotation.stop();
      peerKeys.stop();
      await door.close();
    },
    handlers: {
      'mesh.status': door.status,
      'mesh.changed': (change) => {
        if (change.change === 'connected') pusher.push(door.configuration(), change);
      },
      'peers.invite': ({ host }) => door.opened().invite(host),
      'peers.join': ({ code }) => door.opened().join(code),
      'keys.changed': judgeKeys,
      'identity.rotate': async ({ compromised = false }) => {
        const { news, ...status } = await rotation.begin(compromised);
        const told = (await door.mesh()?.announce(news)) ?? [];
        await completeRotation();
        return { ...status, told };
      },
      'identity.due': completeRotation,
      'summary.made': pushAll,
      'egress.list': async ({ peer, ...range }) =>
        egress.list(peer === undefined ? range : { ...range, recipients: await peerKeys.family(peer) }),
      'egress.show': ({ seq }) => egressMessage(egress, seq),
      'config.commit': async (next) => {
        await door.apply(next);
        pushAll();
        return null;
      },
      'clock.quarter': async ({ retentionMs }) => {
        egress.prune(retentionMs - door.configuration().retention.egress_days * DAY_MS);
        await judgeKeys();
        await completeRotation();
        await door.keepUp();
      },
    },
  };
}

function egressMessage(egress: GatewayPorts['egress'], seq: number): EgressMessage {
  const message = egress.read(seq);
  if (message) return message;
  throw new CaroError('not_found', `expected the number of a message in the egress ledger, ${seq} is none`);
}

/**
 * The change of key stands all the same, so nobody must take it for undone and order another one.
 */
function notOpened(error: unknown): never {
  if (!(error instanceof CaroError)) throw error;
  throw new CaroError(
    error.code,
    `the key has changed, but the mesh is not open with it yet; the service tries again within a quarter of an hour: ${error.message}`,
    { cause: error },
  );
}

/** The mesh, open or not, as the configuration wants it. */
function createDoor({ open }: Pick<GatewayPorts, 'open'>, initial: Configuration) {
  let configuration = initial;
  let mesh: OpenMesh | null = null;
  const close = async (): Promise<void> => {
    const present = mesh;
    mesh = null;
    await present?.close();
  };
  const reopen = async (): Promise<void> => {
    await close();
    if (configuration.mesh.enabled) mesh = await open(configuration);
  };
  return {
    configuration: () => configuration,
    mesh: () => mesh,
    status: (): MeshStatus => ({ enabled: mesh !== null, ...(mesh?.status() ?? { listen: null, peers: [] }) }),
    opened: (): OpenMesh => {
      if (mesh) return mesh;
      throw new CaroError(
        'not_running',
        'expected the mesh to be on: set enabled = true under [mesh] in caro.toml, then caro reload',
      );
    },
    close,
    /** With the key and the settings of the moment. */
    reopen,
    /** Tries again where it could not be opened. */
    keepUp: (): Promise<void> => mesh?.renew() ?? reopen(),
    apply: async (next: Configuration): Promise<void> => {
      const isSame = JSON.stringify(socketSettings(configuration)) === JSON.stringify(socketSettings(next));
      configuration = next;
      if (mesh && isSame) mesh.reload(next);
      else await reopen();
    },
  };
}

/** Settings that only a new socket can take over. */
const socketSettings = ({ mesh, node }: Configuration): unknown => {
  const { enabled, listen, mdns, allow_dns, allow_public } = mesh;
  return { enabled, listen, mdns, allow_dns, allow_public, name: node.name };
};
