import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { GatewayPorts, KeyNews, OpenMesh } from '../actors/mesh-gateway/mesh-gateway.ts';
import { createSummaryPusher } from '../actors/mesh-gateway/summary-pusher.ts';
import type { AskPorts } from '../actors/query-router/mesh-question.ts';
import { changeManaged, nodeName } from '../config/loader.ts';
import { withPeer } from '../config/managed-changes.ts';
import { answerFault, summaryFault } from '../domain/answers/answer-check.ts';
import type { ResponseBody } from '../domain/answers/query.ts';
import type { AuditEntry } from '../domain/audit/audit-record.ts';
import type { Configuration } from '../domain/configuration.ts';
import { CaroError, type ErrorCode } from '../domain/errors.ts';
import type { PeerAt } from '../domain/identity/peer-at.ts';
import { parseEndpoint } from '../domain/ip-address.ts';
import type { Asker } from '../domain/policy/policy.ts';
import type { TrustLevel } from '../domain/policy/trust.ts';
import type { MeshStatus, PairedNode } from '../domain/status/status.ts';
import type { NodeSummary } from '../domain/summaries/summary.ts';
import { intakeFault } from '../domain/summaries/summary-intake.ts';
import type { PeerKeyStore } from '../keys/peer-key-store.ts';
import type { Mesh } from '../mesh/mesh-options.ts';
import type { KeyStatements, MeshPorts, PairedPeer, ReceivedSummary } from '../mesh/ports.ts';
import { replacePrivately } from '../platform/private-file.ts';
import { decide, decideConnection } from '../policy/decide.ts';
import { deniedTools } from '../policy/denied-tools.ts';
import { egressQuestion } from '../policy/egress.ts';
import { explain } from '../policy/explanation.ts';
import { createDeliveryStore } from '../storage/delivery-store.ts';
import { createEgressStore } from '../storage/egress-store.ts';
import { withFileLock } from '../storage/instance-lock.ts';
import { createSummaryStore } from '../storage/summary-store.ts';
import { findPeers } from './discovery.ts';
import { peerKeyPorts, rotationPorts } from './rotation.ts';
import type { ServiceContext } from './service-context.ts';

/**
 * Where the mesh is while it is open, with what is known of its peers' keys; what asks it is made
 * before.
 */
export interface MeshSlot {
  open: { readonly mesh: Mesh; readonly keys: PeerKeyStore } | null;
}

const MESH_OFF = 'expected a connection to this peer, the mesh is off: set mesh.enabled = true';

/** Under which id a node is counted, whichever of its keys it is named by. */
export const accountThrough =
  (slot: MeshSlot): AskPorts['account'] =>
  (id) =>
    slot.open?.keys.account(id) ?? id;

/** How the query router reaches peers. */
export const askThrough =
  (slot: MeshSlot): AskPorts['ask'] =>
  async (id, query, deadlineMs) => {
    if (!slot.open) throw new CaroError('not_running', MESH_OFF);
    return slot.open.mesh.ask(id, query, deadlineMs);
  };

export function gatewayPorts(context: ServiceContext, slot: MeshSlot): GatewayPorts {
  const { bus, database } = context;
  const audit = (entry: AuditEntry): Promise<unknown> => bus.request('audit.append', entry);
  return {
    bus,
    rotation: rotationPorts(context),
    peerKeys: peerKeyPorts(context),
    egress: createEgressStore(database),
    open: async (configuration) => openMesh(context, slot, configuration),
    pusher: createSummaryPusher({
      nodes: () => [context.identity.id, ...context.ownKeys.formerIds()],
      account: accountThrough(slot),
      connected: () =>
        (slot.open?.mesh.status().peers ?? []).flatMap(({ peer, address }) =>
          peer === null ? [] : [{ id: peer, address: parseEndpoint(address)?.host ?? address }],
        ),
      mayHaveSummaries: (settings, peer) =>
        slot.open !== null && decide(settings, { ...slot.open.keys.asker(peer), action: 'receive-summary' }).allow,
      deliver: async (peer, document, id) => {
        if (!slot.open) throw new CaroError('not_running', MESH_OFF);
        return slot.open.mesh.deliver(peer, document, id);
      },
      deliveries: createDeliveryStore(database),
      audit,
      now: Date.now,
    }),
  };
}

/** Reads the mesh's code, which a node without peers never does, and opens it. */
async function openMesh(context: ServiceContext, slot: MeshSlot, configuration: Configuration): Promise<OpenMesh> {
  const [{ openMesh: open }, { tlsMaterial }, keys] = await Promise.all([
    import('../mesh/mesh.ts'),
    import('../identity/certificate.ts'),
    context.peerKeys.open(),
  ]);
  const ports = await meshPorts(context, keys);
  const { identity } = context;
  const mesh = await open({
    identity,
    tls: tlsMaterial(identity, await certificateOf(context)),
    name: nodeName(configuration.node.name),
    listen: parseEndpoint(configuration.mesh.listen) ?? null,
    rules: { allowPublic: configuration.mesh.allow_public, allowDns: configuration.mesh.allow_dns },
    peers: configuration.mesh.peers,
    ports,
    now: Date.now,
    randomBytes: (count) => randomBytes(count),
  });
  slot.open = { mesh, keys };
  const finder = await findPeers(context, mesh, keys);
  return {
    status: () => statusOf(mesh, keys, context.configuration()),
    reload: (next) => mesh.reload(finder.peers(next)),
    invite: (host) => mesh.invite(host),
    join: async (code) => {
      const { endpoint, ...peer } = await mesh.join(code);
      await rememberPeer(context, { ...peer, endpoint });
      return { ...peer, address: endpoint };
    },
    renew: async () => mesh.renewCertificate(tlsMaterial(identity, await certificateOf(context))),
    announce: (news) => announce(mesh, news),
    close: async () => {
      slot.open = null;
      await finder.close();
      await mesh.close();
    },
  };
}

/**
 * Rotations before revocations: who hears that a key is bad MUST know by then what came after it.
 */
async function announce(mesh: Mesh, { rotations, revocations }: KeyNews): Promise<readonly string[]> {
  const told = new Set<string>();
  for (const statement of rotations.slice(-1)) for (const id of await mesh.announceRotation(statement)) told.add(id);
  for (const statement of revocations.slice(-1))
    for (const id of await mesh.announceRevocation(statement)) told.add(id);
  return [...told];
}

/** The certificate in `tls.pem`, made anew in a thread when it is due. */
async function certificateOf({ identity, places, pool }: ServiceContext): Promise<string> {
  const { certificateIsDue } = await import('../identity/certificate.ts');
  const present = readText(places.tls);
  if (present !== undefined && !certificateIsDue(present, identity, Date.now())) return present;
  const pem = await pool.run('certificate', { seed: identity.seed(), nowMs: Date.now() });
  replacePrivately(places.tls, pem);
  return pem;
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function statusOf(mesh: Mesh, keys: PeerKeyStore, configuration: Configuration): Pick<MeshStatus, 'listen' | 'peers'> {
  const { listen, peers } = mesh.status();
  const names = new Map(configuration.mesh.peers.map(({ id, name }) => [id, name]));
  return {
    listen,
    peers: peers.map(({ id, peer, address, state, skewMs }) => ({
      id,
      name: names.get(id) ?? null,
      address,
      trust: trustOf(configuration, keys, peer ?? id, address),
      state,
      skewMs,
    })),
  };
}

function trustOf(configuration: Configuration, keys: PeerKeyStore, id: string, endpoint: string): TrustLevel {
  const address = parseEndpoint(endpoint)?.host;
  const { trust } = explain(configuration, {
    ...keys.asker({ id, ...(address === undefined ? {} : { address }) }),
    action: 'connect',
  });
  return trust === 'denied' ? 'untrusted' : trust;
}

/**
 * Everything the mesh asks of the rest of the node. Decisions are made by the policy's own
 * functions, on the settings of the moment.
 */
async function meshPorts(context: ServiceContext, keys: PeerKeyStore): Promise<MeshPorts> {
  const { bus, configuration, database, log } = context;
  const [words, { openRevocation }] = await Promise.all([
    import('../risk/vocabulary.ts').then(({ vocabulary }) => vocabulary()),
    import('../identity/key-statement.ts'),
  ]);
  const tell = (entry: AuditEntry): void =>
    void bus
      .request('audit.append', entry)
      .catch((error: unknown) => log.error({ err: error }, 'nothing can be put on record'));
  // What is lost here in a rush the clock finds; every decision asks for the key's standing by
  // itself.
  const changed = (): void => void bus.publish('keys.changed', {}).catch(() => undefined);
  const takeKeys = (peer: PeerAt, { rotations, revocations }: KeyStatements): void => {
    const { news, isFull } = keys.takeRotations(rotations, peer.id);
    if (isFull) log.warn({ peer: peer.id }, 'a change of key was not noted: there are too many');
    for (const details of news) tell({ type: 'key.rotated', peer: peer.id, details: { ...details } });
    if (news.length > 0) changed();
    for (const statement of revocations)
      if (keys.takeRevocation(statement, peer.id)) {
        tell({ type: 'key.revoked', peer: peer.id, details: { key: openRevocation(statement).key } });
        changed();
      }
  };
  return {
    decide: (message) => {
      const question = egressQuestion(message);
      return decide(configuration(), {
        ...question,
        ...keys.asker({ id: message.recipient, address: message.address }),
      });
    },
    check: (type, content) => {
      if (type === 'response') return answerFault(content as ResponseBody, words);
      if (type !== 'summary') return null;
      return summaryFault(content as NodeSummary, words, deniedTools(configuration().sharing.deny_tools, words));
    },
    record: createEgressStore(database).record,
    audit: tell,
    mayConnect: (peer) => {
      const asker = keys.asker(peer);
      const decision = decideConnection(configuration(), asker);
      return { ...decision, ...(decision.allow ? {} : { code: refusalCode(decision.rule, asker.keyState) }) };
    },
    rotations: () => context.ownKeys.statements().rotations,
    revocations: () => context.ownKeys.statements().revocations,
    hasSucceeded: keys.hasSucceeded,
    isHeir: keys.isHeir,
    onQuery: (peer, query) => bus.request('query.answer', { asker: keys.asker(peer), query }),
    onSummary: (received) => takeSummary(context, received),
    onKeys: (peer, statements) => Promise.resolve().then(() => takeKeys(peer, statements)),
    onPaired: (peer) =>
      void rememberPeer(context, peer).catch((error: unknown) =>
        log.error({ err: error }, 'a paired peer was not noted'),
      ),
    onConnected: ({ id, address }) => {
      if (keys.noteShown(id)) changed();
      void bus.publish('mesh.changed', { change: 'connected', id, address });
    },
    onDisconnected: ({ id, address }) => void bus.publish('mesh.changed', { change: 'disconnected', id, address }),
  };
}

/**
 * A key that is shut out for what it is, or that does not count yet, is refused with a code of its
 * own.
 */
function refusalCode(rule: string, state: Asker['keyState']): ErrorCode {
  if (state === 'pending') return rule.startsWith('trust.deny') ? 'peer_untrusted' : 'key_pending';
  return state !== undefined && rule === `key.${state}` ? `key_${state}` : 'peer_untrusted';
}

async function takeSummary(
  { bus, configuration, database }: ServiceContext,
  { id: peer, document, summary }: ReceivedSummary,
): ReturnType<MeshPorts['onSummary']> {
  const store = createSummaryStore(database);
  if (store.has(summary.node, summary.id)) return 'known';
  const startMs = Date.parse(summary.period.start);
  const { kind } = summary.period;
  const limits = { nowMs: Date.now(), days: configuration().retention.summaries_days };
  if (!Number.isFinite(startMs)) return 'refused';
  if (intakeFault(summary, store.received(summary.node, kind, startMs), limits) !== null) return 'refused';
  const revision = (store.latest(summary.node, kind, startMs)?.revision ?? 0) + 1;
  store.add({
    id: summary.id,
    node: summary.node,
    kind,
    startMs,
    revision,
    createdMs: Date.parse(summary.createdAt),
    document,
    seen: '',
  });
  await bus.request('audit.append', {
    type: 'summary.received',
    peer,
    details: { id: summary.id, period: kind, start: summary.period.start },
  });
  return 'stored';
}

/**
 * Notes name and address of a paired node in `managed.toml`. No trust comes of it: that is each
 * owner's own choice.
 */
async function rememberPeer(
  { bus, places, reload }: ServiceContext,
  { id, name, fingerprint, endpoint }: Omit<PairedPeer, 'address'>,
): Promise<void> {
  const peer: PairedNode = { id, name, fingerprint, address: endpoint };
  if (endpoint !== null) {
    const entry = { name, id, address: endpoint };
    await withFileLock(places.managedLock, () => changeManaged(places, hostname(), withPeer(entry)));
  }
  await bus.request('audit.append', {
    type: 'peer.paired',
    peer: id,
    details: { name, fingerprint, address: endpoint },
  });
  await bus.publish('mesh.changed', { change: 'paired', ...peer });
  await reload();
}
