import type { Actor } from '../../bus/actor.ts';
import type { BusClient } from '../../bus/bus.ts';
import type { RequestKind } from '../../bus/messages.ts';
import type { PeerAnswer, QueryBody } from '../../domain/answers/query.ts';
import type { EgressMessage } from '../../domain/audit/egress.ts';
import type { Configuration } from '../../domain/configuration.ts';
import { CaroError } from '../../domain/errors.ts';
import { type RollCall, rollCallOf } from '../../domain/fleet/roll-call.ts';
import type { KeyStatements } from '../../domain/identity/signed-envelope.ts';
import type { MeshStatus } from '../../domain/status/status.ts';
import type { Waiting } from '../../domain/status/waiting.ts';
import { DAY_MS } from '../../domain/time/period.ts';
import type { PeerKeys } from '../../keys/peer-keys.ts';
import type { EgressStore } from '../../storage/audit/egress-store.ts';
import type { SeenStore } from '../../storage/mesh/seen-store.ts';
import { nodeList, trustedIds } from './node-list.ts';
import type { OpenMesh } from './open-mesh.ts';
import { createSummaryPusher, type PusherPorts } from './summary-pusher.ts';

export interface GatewayPorts {
  readonly bus: BusClient;
  /** Loads the mesh's code and opens it. */
  readonly open: (configuration: Configuration) => Promise<OpenMesh>;
  readonly summaries: Omit<PusherPorts, 'mesh'>;
  readonly peerKeys: Pick<PeerKeys, 'family'>;
  readonly egress: Pick<EgressStore, 'list' | 'read' | 'prune'>;
  readonly seen: Pick<SeenStore, 'note' | 'all'>;
  /** This node's own id. */
  readonly self: () => string;
  readonly now: () => number;
}

type Kinds =
  | 'mesh.status'
  | 'mesh.changed'
  | 'mesh.reopen'
  | 'peer.ask'
  | 'peer.exchange'
  | 'peer.submit'
  | 'peer.advise'
  | 'peer.enrol'
  | 'peer.carry'
  | 'fleet.ask'
  | 'peer.carried'
  | 'peers.announce'
  | 'peers.invite'
  | 'peers.join'
  | 'keys.changed'
  | 'summary.made'
  | 'egress.list'
  | 'egress.show'
  | 'config.commit'
  | 'clock.quarter'
  | 'code.freed';

/** They wait for peers. */
const WAITING: readonly RequestKind[] = [
  'peers.join',
  'peer.ask',
  'peer.exchange',
  'peer.submit',
  'peer.advise',
  'peer.enrol',
  'peer.carry',
  'fleet.ask',
];

/**
 * Stands between this node and its peers: opens and closes the mesh as the configuration says,
 * delivers summaries, and reads the egress ledger. With the mesh off no socket is open and none of
 * its code is loaded.
 */
export function createMeshGateway(ports: GatewayPorts, initial: Configuration): Actor<Kinds> {
  const { bus, egress, peerKeys } = ports;
  const lifecycle = createMeshLifecycle(ports, initial);
  const pusher = createSummaryPusher({ ...ports.summaries, mesh: lifecycle.mesh });
  const pushAll = (): void => pusher.pushAll(lifecycle.configuration());
  /**
   * Live connections are judged again: a key may be retired, or two keys may claim to follow it.
   */
  const judgeAgain = (): void => {
    lifecycle.mesh()?.reload(lifecycle.configuration());
    pushAll();
  };
  const noteConnected = (): void => noteSeen(ports, lifecycle, idsOf(lifecycle.mesh()?.status().peers ?? []));
  return {
    name: 'mesh gateway',
    concurrent: WAITING,
    start: lifecycle.begin,
    stop: async () => {
      noteConnected();
      await lifecycle.close();
    },
    handlers: {
      'mesh.status': () => statusOf(ports, lifecycle),
      'fleet.ask': ({ timeoutMs }) => askFleet(ports, lifecycle, timeoutMs),
      'mesh.changed': (change) => {
        if (change.change === 'connected') pusher.push(lifecycle.configuration(), change);
        if (change.change === 'connected' || change.change === 'disconnected') noteSeen(ports, lifecycle, [change.id]);
      },
      'mesh.reopen': () => lifecycle.reopen().then(() => null),
      'peer.ask': ({ peers, query, deadlineMs }) => {
        const mesh = lifecycle.mesh();
        const away = mesh?.askAway(peers, query, deadlineMs);
        return peers.map((id) => answerOf(away?.get(id) ?? direct(mesh, id, query, deadlineMs)));
      },
      ...requestsTo(lifecycle),
      'peers.announce': (statements) => announce(lifecycle.mesh(), statements),
      'peers.invite': ({ host }) => lifecycle.opened().invite(host),
      'peers.join': async ({ code }) => {
        const peer = await lifecycle.opened().join(code);
        await bus.request('peer.paired', peer);
        return peer;
      },
      'keys.changed': judgeAgain,
      'summary.made': pushAll,
      'egress.list': async ({ peer, ...range }) =>
        egress.list(peer === undefined ? range : { ...range, recipients: await peerKeys.family(peer) }),
      'egress.show': ({ seq }) => egressMessage(egress, seq),
      'config.commit': async (next) => {
        await lifecycle.apply(next);
        pushAll();
        return null;
      },
      'code.freed': () => lifecycle.mesh()?.rehearse(),
      'clock.quarter': async ({ retentionMs }) => {
        egress.prune(retentionMs - lifecycle.configuration().retention.egress_days * DAY_MS);
        noteConnected();
        await lifecycle.keepUp();
      },
    },
  };
}

type Lifecycle = ReturnType<typeof createMeshLifecycle>;

/** Every trusted node: those that are connected, and over the relay the others. */
async function askFleet(ports: GatewayPorts, lifecycle: Lifecycle, timeoutMs: number): Promise<RollCall> {
  const away = statusOf(ports, lifecycle).peers.filter(({ state }) => state !== 'connected');
  const ids = away.map(({ id }) => id);
  const heard = ids.length === 0 ? undefined : await lifecycle.opened().rollCall(ids, timeoutMs);
  return rollCallOf(statusOf(ports, lifecycle).peers, heard);
}

/** Requests to one peer, which has one reply. */
const requestsTo = ({
  opened,
}: Lifecycle): Pick<
  Actor<Kinds>['handlers'],
  'peer.exchange' | 'peer.submit' | 'peer.advise' | 'peer.enrol' | 'peer.carry' | 'peer.carried'
> => ({
  'peer.carry': ({ boxes }) => opened().carry(boxes),
  'peer.carried': () => opened().carried(),
  'peer.exchange': ({ peer, request, deadlineMs }) => opened().exchange(peer, request, deadlineMs),
  'peer.submit': ({ peer, checkpoint, deadlineMs }) => opened().submit(peer, checkpoint, deadlineMs),
  'peer.advise': ({ peer, document, deadlineMs }) => opened().advise(peer, document, deadlineMs),
  'peer.enrol': async ({ peer, addresses, request }) => ({ result: await opened().enrol(peer, addresses, request) }),
});

/**
 * Notes that these nodes are, or were until now, connected. Only those that are trusted by name: a
 * subnet may hold any number of keys.
 */
function noteSeen({ seen, self, now }: GatewayPorts, lifecycle: Lifecycle, ids: readonly string[]): void {
  const mesh = lifecycle.mesh();
  if (mesh === null) return;
  const named = new Set(trustedIds(lifecycle.configuration(), self()).map(mesh.account));
  const versions = new Map(mesh.status().peers.map(({ peer, version }) => [peer, version]));
  const nodes = ids
    .map((id) => ({ id: mesh.account(id), version: versions.get(id) ?? null }))
    .filter(({ id }) => named.has(id));
  if (nodes.length > 0) seen.note(nodes, now());
}

function statusOf({ seen, self, now }: GatewayPorts, lifecycle: Lifecycle): MeshStatus {
  const mesh = lifecycle.mesh();
  const trouble = lifecycle.trouble();
  if (mesh === null) return { enabled: trouble !== null, listen: null, waiting: trouble, relay: null, peers: [] };
  const { listen, waiting, relay } = mesh.status();
  const configuration = lifecycle.configuration();
  const peers = nodeList({ configuration, mesh, seen: seen.all(), self: self(), nowMs: now() });
  return { enabled: true, listen, waiting, relay, peers };
}

async function direct(mesh: OpenMesh | null, id: string, query: QueryBody, deadlineMs: number): Promise<PeerAnswer> {
  if (mesh === null) return { ok: false, code: 'not_running' };
  return { ok: true, body: await mesh.ask(id, query, deadlineMs) };
}

/** Never rejects: whoever asks many peers accounts for each of them. */
const answerOf = (answer: Promise<PeerAnswer>): Promise<PeerAnswer> =>
  answer.catch((error: unknown) => ({ ok: false, code: error instanceof CaroError ? error.code : 'internal' }));

function egressMessage(egress: GatewayPorts['egress'], seq: number): EgressMessage {
  const message = egress.read(seq);
  if (message) return message;
  throw new CaroError('not_found', `expected the number of a message in the egress ledger, ${seq} is none`);
}

/** The mesh, open or closed as the configuration says. */
function createMeshLifecycle({ open }: Pick<GatewayPorts, 'open'>, initial: Configuration) {
  let configuration = initial;
  let mesh: OpenMesh | null = null;
  let trouble: Waiting | null = null;
  const close = async (): Promise<void> => {
    const present = mesh;
    mesh = null;
    trouble = null;
    await present?.close();
  };
  const reopen = async (): Promise<void> => {
    await close();
    if (configuration.mesh.enabled) mesh = await open(configuration);
  };
  /** Observation MUST start whatever is wrong with the mesh, which is tried again later. */
  const begin = (): Promise<void> =>
    reopen().catch((error: unknown) => {
      if (!(error instanceof CaroError)) throw error;
      trouble = { for: configuration.mesh.listen, code: error.code, reason: error.message };
    });
  return {
    configuration: () => configuration,
    mesh: () => mesh,
    trouble: () => trouble,
    opened: (): OpenMesh => {
      if (mesh) return mesh;
      throw new CaroError(
        'not_running',
        'expected the mesh to be on: set enabled = true under [mesh] in caro.toml, then caro reload',
      );
    },
    begin,
    close,
    /** With the current key and settings. */
    reopen,
    /** Tries again where it could not be opened. */
    keepUp: (): Promise<void> => mesh?.keepUp() ?? begin(),
    apply: async (next: Configuration): Promise<void> => {
      const before = configuration;
      configuration = next;
      if (mesh && JSON.stringify(socketSettings(before)) === JSON.stringify(socketSettings(next))) mesh.reload(next);
      else await reopen();
      if (before.mesh.listen !== next.mesh.listen) assertFree(mesh?.status());
    },
  };
}

/**
 * A port that is taken is waited for, but the owner who has just asked for it is told, and keeps
 * the former one.
 */
function assertFree(status: Pick<MeshStatus, 'waiting'> | undefined): void {
  if (status?.waiting?.code !== 'address_in_use') return;
  throw new CaroError(
    'address_in_use',
    `expected to listen on ${status.waiting.for} for the mesh, ${status.waiting.reason}; set another one as mesh.listen`,
  );
}

/** Settings that need a new socket. */
const socketSettings = ({ mesh, node }: Configuration): unknown => {
  const { enabled, listen, mdns, allow_dns, allow_public } = mesh;
  return { enabled, listen, mdns, allow_dns, allow_public, name: node.name };
};

/** Ids of the peers that took one of the statements. */
async function announce(mesh: OpenMesh | null, { rotations, revocations }: KeyStatements): Promise<readonly string[]> {
  const told = new Set<string>();
  // Rotations first: who hears that a key is bad MUST know by then what came after it.
  for (const statement of rotations.slice(-1))
    for (const id of (await mesh?.announceRotation(statement)) ?? []) told.add(id);
  for (const statement of revocations) for (const id of (await mesh?.announceRevocation(statement)) ?? []) told.add(id);
  return [...told];
}

const idsOf = (peers: readonly { readonly peer: string | null }[]): readonly string[] =>
  peers.flatMap(({ peer }) => peer ?? []);
