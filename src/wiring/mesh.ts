import { randomBytes } from 'node:crypto';
import { isIPv4 } from 'node:net';
import type { OpenMesh } from '../actors/mesh-gateway/open-mesh.ts';
import type { Advisory } from '../domain/advisories/advisory.ts';
import { advisoryFault } from '../domain/advisories/advisory-fault.ts';
import { answerFault, summaryFault } from '../domain/answers/answer-check.ts';
import { answerFor } from '../domain/answers/older-layout.ts';
import type { PeerAnswer, ResponseBody } from '../domain/answers/query.ts';
import { vectorSchemaOf } from '../domain/answers/vector-schema.ts';
import type { Vocabulary } from '../domain/answers/vocabulary.ts';
import type { AuditEntry } from '../domain/audit/audit-record.ts';
import type { Configuration, PeerEntry } from '../domain/configuration.ts';
import { CaroError } from '../domain/errors.ts';
import { parseEndpoint, parseListen } from '../domain/ip-address.ts';
import { waitingText } from '../domain/status/waiting.ts';
import type { NodeSummary } from '../domain/summaries/summary.ts';
import type { PeerKeyStore } from '../keys/peer-key-store.ts';
import type { Discovery } from '../mesh/discovery.ts';
import { createLearnedAddresses } from '../mesh/learned-addresses.ts';
import type { Mesh, MeshState } from '../mesh/mesh-options.ts';
import type { PeerAddress } from '../mesh/peer-table.ts';
import type { MeshPorts, PairedPeer } from '../mesh/ports.ts';
import type { MessageBodies } from '../mesh/protocol/messages.ts';
import { decideReport } from '../policy/blind-reports.ts';
import { decideConnection, losesSubnet } from '../policy/connection.ts';
import { decide } from '../policy/decide.ts';
import { deniedTools } from '../policy/denied-tools.ts';
import { dialList } from '../policy/dial-list.ts';
import { decideEgress, witnessRefusal } from '../policy/egress.ts';
import { isNamed } from '../policy/named-keys.ts';
import { rosterRefusal } from '../policy/roster.ts';
import { createEgressStore } from '../storage/audit/egress-store.ts';
import { createReportStore } from '../storage/blind/report-store.ts';
import { createMetaStore } from '../storage/meta-store.ts';
import { VERSION } from '../version.ts';
import { type CarrierUse, createCarrierUse } from './carrier.ts';
import { createRelayUse, type RelayUse } from './relay.ts';
import type { ServiceContext } from './service-context.ts';

/** A summary may have to wait for those that the summarizer is making. */
const STORE_MS = 60_000;
/** A batch of reports is prepared in a thread. */
const BLIND_MS = 60_000;
const AWAY: PeerAnswer = { ok: false, code: 'peer_unreachable' };
/** Key in the `meta` table. */
const PEER_ADDRESSES = 'peer_addresses';

/** Loads the mesh's code, which a node without peers never needs, and opens it. */
export async function openMesh(context: ServiceContext, configuration: Configuration): Promise<OpenMesh> {
  const [{ openMesh: open }, { tlsMaterial }, { currentCertificate }, keys] = await Promise.all([
    import('../mesh/mesh.ts'),
    import('../identity/certificate.ts'),
    import('../identity/certificate-file.ts'),
    context.peerKeys.open(),
  ]);
  const { identity, places } = context;
  const makeCertificate = (nowMs: number) => context.pool.run('certificate', { seed: identity.seed(), nowMs });
  const tls = async () => tlsMaterial(identity, await currentCertificate(places.tls, identity, makeCertificate));
  const words = createWords();
  const logListening = createListeningLog(context.log);
  let onFound: () => void = () => undefined;
  const discovery = createDiscovery(context, keys, () => onFound());
  const { learn, peersOf } = createAddressBook(context, keys, discovery.found);
  const ports = meshPorts(context, keys, words);
  const mayConnect = (id: string): boolean => decideConnection(context.configuration(), keys.asker({ id })).allow;
  const relay = createRelayUse(context, { ...ports, mayConnect });
  const carrier = createCarrierUse(context, { ...ports, mayConnect });
  const mesh = await open({
    identity,
    tls: await tls(),
    name: configuration.node.name,
    version: VERSION,
    listen: parseListen(configuration.mesh.listen) ?? null,
    onListening: (state) => {
      logListening(state);
      discovery.follow(state.listen);
    },
    onMoved: relay.probe,
    rules: { allowPublic: configuration.mesh.allow_public, allowDns: configuration.mesh.allow_dns },
    peers: peersOf(configuration),
    ports: {
      ...ports,
      onAddress: ({ id }, endpoint) => {
        if (learn(id, endpoint)) onFound();
      },
    },
    now: Date.now,
    randomBytes: (count) => randomBytes(count),
  });
  onFound = () => mesh.found(peersOf(context.configuration()));
  relay.follow(configuration);
  return {
    ...requestsOf(mesh, words, relay, carrier),
    rollCall: relay.rollCall,
    carry: carrier.begin,
    carried: carrier.end,
    status: () => ({ ...mesh.status(), relay: relay.status() }),
    ...passedOn(mesh),
    asker: keys.asker,
    account: keys.account,
    reload: (next) => {
      mesh.reload(peersOf(next));
      relay.follow(next);
    },
    keepUp: () => keepUp(mesh, relay, tls),
    close: () => closeAll(discovery, relay, mesh),
  };
}

async function closeAll(...parts: readonly { readonly close: () => Promise<void> }[]): Promise<void> {
  for (const part of parts) await part.close();
}

async function keepUp(
  mesh: Mesh,
  relay: RelayUse,
  tls: () => Promise<Parameters<Mesh['renewCertificate']>[0]>,
): Promise<void> {
  relay.keepUp();
  mesh.renewCertificate(await tls());
}

const passedOn = (
  mesh: Mesh,
): Pick<OpenMesh, 'announceRotation' | 'announceRevocation' | 'invite' | 'join' | 'rehearse'> => ({
  announceRotation: (statement) => mesh.announceRotation(statement),
  announceRevocation: (statement) => mesh.announceRevocation(statement),
  rehearse: () => mesh.rehearse(),
  invite: (host) => mesh.invite(host),
  join: async (code) => {
    const { endpoint, ...peer } = await mesh.join(code);
    return { ...peer, address: endpoint };
  },
});

/**
 * The direct connection comes first; what a relay carries goes over it where there is none, and
 * into the folder that the owner exports while there is neither.
 */
const requestsOf = (
  mesh: Mesh,
  words: Words,
  relay: RelayUse,
  carrier: CarrierUse,
): Pick<OpenMesh, 'ask' | 'askAway' | 'exchange' | 'submit' | 'enrol' | 'advise' | 'deliver'> => ({
  advise: async (id, document, deadlineMs) => {
    await words.load();
    const { body } = await mesh.exchange(id, { type: 'advisory', body: { document } }, deadlineMs);
    return body.result;
  },
  deliver: (...summary) => words.load().then(() => mesh.deliver(...summary)),
  enrol: (...request) => mesh.enrol(...request),
  ask: (...question) => mesh.ask(...question),
  askAway: (ids, query, deadlineMs) => {
    const away = ids.filter((id) => !mesh.isConnected(id));
    const answers = away.length === 0 ? undefined : relay.ask(away, query, deadlineMs);
    return new Map(answers === undefined ? [] : away.map((id) => [id, answers.then((all) => all.get(id) ?? AWAY)]));
  },
  exchange: (...exchange) =>
    (mesh.isConnected(exchange[0])
      ? undefined
      : (relay.exchange(...exchange) ?? carrier.exchange(exchange[0], exchange[1]))) ?? mesh.exchange(...exchange),
  submit: (...checkpoint) => mesh.submit(...checkpoint),
});

type Words = ReturnType<typeof createWords>;

/**
 * Loaded before the first answer or summary. A node without peers sends neither, and catalogue and
 * rules take 0.5 MiB.
 */
function createWords() {
  let known: Vocabulary | undefined;
  return {
    known: () => known,
    load: async (): Promise<Vocabulary> => {
      known ??= (await import('../risk/vocabulary.ts')).vocabulary();
      return known;
    },
  };
}

/** Ids that the owner has written down. A node in a trusted subnet can have any number of keys. */
const namedIn = ({ mesh, trust }: Configuration): readonly string[] => [
  ...new Set([...mesh.peers.map(({ id }) => id), ...Object.keys(trust.nodes)]),
];

/** The peers to dial, at the addresses of the owner and at those that connections have proven. */
function createAddressBook(
  { configuration, database }: ServiceContext,
  { account, asker }: Pick<PeerKeyStore, 'account' | 'asker'>,
  discovered: () => readonly PeerEntry[],
) {
  const meta = createMetaStore(database);
  const learned = createLearnedAddresses(meta.get(PEER_ADDRESSES), (text) => meta.set(PEER_ADDRESSES, text));
  /** Under the id by which the configuration knows a peer, which may be that of a former key. */
  const known = (settings: Configuration): readonly PeerEntry[] =>
    namedIn(settings).map((id) => ({ id, address: learned.of(account(id)) }));
  return {
    peersOf: (settings: Configuration): readonly PeerEntry[] =>
      dialList(settings, { learned: known(settings), discovered: discovered() }, asker),
    learn: (id: string, endpoint: string): boolean =>
      namedIn(configuration()).some((name) => account(name) === account(id)) && learned.learn(account(id), endpoint),
  };
}

/**
 * What the mesh waits for, and when it listens elsewhere than before. A start where the owner wants
 * it is not logged: the first line loads Pino, which takes 1.5 MiB (NFR-101).
 */
function createListeningLog(log: ServiceContext['log']) {
  let before: string | null | undefined;
  return ({ listen, waiting }: Pick<MeshState, 'listen' | 'waiting'>): void => {
    if (waiting) log.warn({ part: 'mesh', listen }, waitingText('mesh', waiting));
    else if (before !== undefined && listen !== before) log.info({ part: 'mesh', listen }, 'mesh listens');
    before = listen;
  };
}

/** Multicast DNS on the first IPv4 address that peers can dial, if the owner wants it (FR-204). */
function createDiscovery(context: ServiceContext, { asker }: Pick<PeerKeyStore, 'asker'>, onFound: () => void) {
  const { configuration, identity, log } = context;
  const isWanted = ({ id, address }: PeerAddress): boolean => {
    const host = parseEndpoint([address].flat()[0] ?? '')?.host ?? '';
    return decide(configuration(), { ...asker({ id, address: host }), action: 'connect' }).allow;
  };
  let place: string | undefined;
  let discovery: Discovery | null = null;
  /** One change after the other. */
  let turn = Promise.resolve();
  const open = async (): Promise<void> => {
    await discovery?.close();
    discovery = null;
    const endpoint = parseEndpoint(place ?? '');
    if (endpoint === undefined) return;
    const { openDiscovery } = await import('../mesh/discovery.ts');
    discovery = await openDiscovery({ id: identity.id, ...endpoint, isWanted, onFound, now: Date.now });
  };
  const follow = (listen: string | null): void => {
    const next = configuration().mesh.mdns
      ? listen?.split(', ').find((text) => isIPv4(parseEndpoint(text)?.host ?? ''))
      : undefined;
    if (next === place) return;
    place = next;
    turn = turn.then(open).catch((error: unknown) => log.error({ err: error }, 'discovery not opened'));
  };
  return {
    follow,
    found: () => discovery?.found() ?? [],
    close: async () => {
      follow(null);
      await turn;
    },
  };
}

/**
 * What the mesh asks of the rest of the node. Decisions are the policy's own pure functions, called
 * with the current settings at the moment of use: a message would leave a gap between the decision
 * and the bytes (docs/adr/0014).
 */
function meshPorts(context: ServiceContext, keys: PeerKeyStore, words: Words): MeshPorts {
  const { bus, configuration, database, log, ownKeys } = context;
  const reports = createReportStore(database);
  const failed = (text: string) => (error: unknown) => log.error({ err: error }, text);
  const audit = (entry: AuditEntry): void =>
    void bus.request('audit.append', entry).catch(failed('audit append failed'));
  return {
    decide: (message) => {
      const { recipient, address } = message;
      const isRecipient = (id: string): boolean => keys.account(id) === keys.account(recipient);
      const rule =
        witnessRefusal(configuration(), message, isRecipient) ?? rosterRefusal(configuration(), message, recipient);
      if (rule !== null) return { allow: false, level: null, rule };
      const decision = decideEgress(configuration(), message, keys.asker({ id: recipient, address }));
      if (!decision.allow || message.type !== 'blind-report') return decision;
      const { report } = message.body as MessageBodies['blind-report'];
      return decideReport(configuration(), reports.pending(report), recipient, isRecipient);
    },
    check: contentCheck(configuration, words),
    record: createEgressStore(database).record,
    audit,
    mayConnect: (peer) => {
      const decision = decideConnection(configuration(), keys.asker(peer));
      try {
        if (losesSubnet(configuration(), decision, peer)) keys.demote(peer.address);
      } catch (error) {
        failed('address not stored')(error);
      }
      return decision;
    },
    isNamed: (id) => isNamed(configuration(), id),
    rotations: () => ownKeys.statements().rotations,
    revocations: () => ownKeys.statements().revocations,
    hasSucceeded: keys.hasSucceeded,
    isHeir: keys.isHeir,
    onQuery: async (peer, query, layout) => {
      const known = await words.load();
      const answer = await bus.request('query.answer', { asker: keys.asker(peer), query });
      return answerFor(answer, layout, vectorSchemaOf(query.type, known));
    },
    rehearseAnswer: async (query) => {
      await words.load();
      return bus.request('query.rehearse', query);
    },
    onOrg: ({ id }, request) => bus.request('org.request', { peer: id, request }),
    takesRequests: () => takesRequests(configuration(), context.identity.id),
    onBlind: ({ id }, request) => bus.request('blind.request', { peer: id, request }, BLIND_MS),
    onSummary: ({ id, address, document, summary }) =>
      bus.request('summary.received', { peer: { id, address }, document, summary }, STORE_MS),
    onAdvisory: (received) => bus.request('advisory.received', received),
    onCheckpoint: (peer, checkpoint) => bus.request('checkpoint.received', { peer, checkpoint }),
    onKeys: async ({ id: peer }, statements) => {
      await bus.request('keys.heard', { peer, ...statements });
    },
    onPaired: (peer) => storePaired(context, peer),
    onConnected: ({ id, address }) => void bus.publish('mesh.changed', { change: 'connected', id, address }),
    onDisconnected: ({ id, address }) => void bus.publish('mesh.changed', { change: 'disconnected', id, address }),
  };
}

/** Words outside the closed vocabulary never leave, whatever made the message. */
const contentCheck =
  (configuration: () => Configuration, words: Words): MeshPorts['check'] =>
  (type, content) => {
    if (type !== 'response' && type !== 'summary' && type !== 'advisory') return null;
    const known = words.known();
    if (known === undefined) return 'the vocabulary is not loaded';
    if (type === 'advisory') return advisoryFault(content as Advisory, known);
    if (type === 'response') return answerFault(content as ResponseBody, known);
    return summaryFault(content as NodeSummary, known, deniedTools(configuration().sharing.deny_tools, known));
  };

const takesRequests = ({ org, trust }: Configuration, self: string): boolean =>
  org.requests && trust.roster?.mayKeepList(self) === true;

/** The owner may be waiting for the other node: a failure is published as well. */
async function storePaired({ bus, log }: ServiceContext, peer: PairedPeer): Promise<void> {
  const { id, name, fingerprint, endpoint: address } = peer;
  try {
    await bus.request('peer.paired', { id, name, fingerprint, address });
  } catch (error) {
    log.error({ err: error }, 'paired peer not stored');
    const code = error instanceof CaroError ? error.code : 'internal';
    await bus.publish('mesh.changed', { change: 'unstored', id, name, code }).catch(() => undefined);
    throw error;
  }
}
