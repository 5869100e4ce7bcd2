import { CaroError, type ErrorCode } from '../domain/errors.ts';
import type { PeerReplyTo, PeerRequest } from '../domain/exchange.ts';
import type { DualEnvelope, Envelope } from '../domain/identity/signed-envelope.ts';
import { addressesOf } from '../domain/peer-addresses.ts';
import type { TlsMaterial } from '../identity/certificate.ts';
import { localAddresses } from '../platform/local-addresses.ts';
import { steadyMs } from '../platform/steady-clock.ts';
import { type Admission, createAdmission } from './admission.ts';
import { createEgressGate } from './egress/egress-gate.ts';
import { enrol } from './enrolment.ts';
import { helloOf } from './hello.ts';
import type { Mesh, MeshOptions, MeshState } from './mesh-options.ts';
import { createMessageHandlers } from './message-handlers.ts';
import type { InviteCode } from './pairing/invite-code.ts';
import { createPairing, type Pairing } from './pairing/pairing.ts';
import { createPeerTable, type PeerAddress, type PeerState, type PeerTable } from './peer-table.ts';
import type { GoodbyeReason, Typed } from './protocol/messages.ts';
import { createNonceCache } from './protocol/nonce-cache.ts';
import { createRefusalLog, type RefusalLog } from './refusal-log.ts';
import { createRefusedPeers } from './refused-peers.ts';
import { rehearse } from './rehearsal.ts';
import { checkListen, endpointText } from './transport/address-rule.ts';
import type { Connection, ConnectionHost, Ending } from './transport/connection.ts';
import { type ConnectionRegistry, createConnectionRegistry } from './transport/connection-registry.ts';
import { dial } from './transport/dialler.ts';
import { DEFAULT_LIMITS, type MeshLimits } from './transport/limits.ts';
import type { Link, LinkPurpose } from './transport/link.ts';
import { hasAddress } from './transport/listener.ts';
import { type Listening, openListening } from './transport/listening.ts';
import { createConnection } from './transport/session.ts';

const CLOSE_MS = 2_000;

/**
 * Listens, dials the configured peers until each is connected, and runs the protocol of
 * docs/protocol.md with them. All decisions are made by `options.ports`.
 *
 * @throws CaroError `address_unsafe`
 */
export async function openMesh(options: MeshOptions): Promise<Mesh> {
  if (options.listen) checkListen(options.listen, options.rules);
  const core = new MeshCore(options);
  await core.open();
  return core;
}

class MeshCore implements Mesh {
  readonly #options: MeshOptions;
  readonly #limits: MeshLimits;
  readonly #refusals: RefusalLog;
  readonly #host: ConnectionHost;
  readonly #registry: ConnectionRegistry;
  readonly #admission: Admission;
  readonly #table: PeerTable;
  readonly #pairing: Pairing;
  /** Every connection that has not ended, with or without a hello. */
  readonly #connections = new Set<Connection>();
  /** The entry that a connection was dialled for; the key that answered may be another. */
  readonly #attempts = new WeakMap<Connection, { readonly id: string; readonly address: string }>();
  readonly #refused = createRefusedPeers();
  #listening: Listening | undefined;
  #tls: TlsMaterial;
  #isClosed = false;

  constructor(options: MeshOptions) {
    const { identity, ports, now, randomBytes } = options;
    this.#options = options;
    this.#tls = options.tls;
    const limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#limits = limits;
    this.#refusals = createRefusalLog(
      ports.audit,
      limits.refusalsEveryMs,
      ({ peer }) => peer !== undefined && ports.isNamed(peer),
    );
    this.#registry = createConnectionRegistry(identity.id, limits.raceMs);
    this.#pairing = createPairing({
      self: identity.id,
      name: options.name,
      limits,
      now,
      randomBytes,
      onPaired: ports.onPaired,
      listen: () => this.#listening?.endpoints()[0] ?? null,
      waiting: () => this.#listening?.waiting() ?? null,
    });
    const isInviteOpen = this.#pairing.mayTry;
    this.#admission = createAdmission({ ports, isInviteOpen, limits, refusals: this.#refusals });
    this.#host = this.#createHost();
    this.#table = createPeerTable({
      self: identity.id,
      limits,
      random: () => Buffer.from(randomBytes(4)).readUInt32BE() / 2 ** 32,
      attempt: (...target) => this.#attempt(...target),
      dialledAt: (connection) => this.#attempts.get(connection)?.address,
      onFailure: (entry, error) => this.#noteFailure(entry, error),
      connected: (id) => this.#find(id),
      hasSucceeded: ports.hasSucceeded,
    });
  }

  async open(): Promise<void> {
    const { listen, now, peers, ports, rules } = this.#options;
    this.#listening = await openListening({
      place: listen,
      allowPublic: rules.allowPublic,
      limits: this.#limits,
      now,
      tls: () => this.#tls,
      pollMs: this.#limits.addressPollMs,
      onChange: () => this.#options.onListening?.(this.#listenState()),
      onAddresses: ({ hasNew }) => this.#followAddresses(hasNew),
      admit: this.#admission.inbound,
      admitAgain: this.#admission.again,
      mayPair: (id) => this.#pairing.mayTry(id) || ports.takesRequests(),
      onLink: (link) => void this.#adopt(link),
      onRefuse: (code, address, peer) => {
        if (peer !== undefined) this.#refused.note(peer, code);
        this.#refusals.refuse({ code, address, direction: 'inbound', ...(peer === undefined ? {} : { peer }) });
      },
    });
    this.#options.onListening?.(this.#listenState());
    this.#table.replace(peers);
  }

  status(): MeshState {
    const rows = this.#table.rows();
    const isListed = ({ peer }: Connection): boolean =>
      rows.some(({ id }) => this.#options.ports.hasSucceeded(id, peer));
    const others = this.#registry.all().filter((connection) => !isListed(connection));
    return {
      ...this.#listenState(),
      peers: [...rows, ...others.map(stateOf)],
      refused: this.#refused.codes,
      strangers: this.#listening?.strangers() ?? 0,
    };
  }

  #listenState(): Pick<MeshState, 'listen' | 'waiting'> {
    const endpoints = this.#listening?.endpoints() ?? [];
    return {
      listen: endpoints.length === 0 ? null : endpoints.map(endpointText).join(', '),
      waiting: this.#listening?.waiting() ?? null,
    };
  }

  /** A connection from an address that this machine has lost is dead; a new one may be possible. */
  #followAddresses(hasNew: boolean): void {
    const present = new Set(Object.values(localAddresses()).flat());
    for (const connection of this.#connections)
      if (!present.has(connection.localAddress)) void this.#dropIfGone(connection);
    if (hasNew) this.#table.retry();
    this.#options.onMoved?.();
  }

  async #dropIfGone(connection: Connection): Promise<void> {
    if (!(await hasAddress(connection.localAddress))) connection.drop();
  }

  isConnected(id: string): boolean {
    return this.#find(id) !== undefined;
  }

  async exchange<T extends PeerRequest['type']>(
    id: string,
    request: Extract<PeerRequest, { readonly type: T }>,
    deadlineMs: number,
  ): Promise<PeerReplyTo<T>> {
    return this.#reach(id).exchange(request, deadlineMs);
  }

  async ask(...[id, query, deadlineMs]: Parameters<Mesh['ask']>): ReturnType<Mesh['ask']> {
    return this.#reach(id).ask(query, deadlineMs);
  }

  async deliver(...[id, document, summaryId]: Parameters<Mesh['deliver']>): ReturnType<Mesh['deliver']> {
    return this.#reach(id).deliver(document, summaryId);
  }

  async submit(...[id, body, deadlineMs]: Parameters<Mesh['submit']>): ReturnType<Mesh['submit']> {
    const connection = this.#reach(id);
    return { peer: connection.peer, body: await connection.submit(body, deadlineMs) };
  }

  announceRotation(statement: DualEnvelope): Promise<readonly string[]> {
    return this.#announce({ type: 'rotation', body: { statement } });
  }

  announceRevocation(statement: Envelope): Promise<readonly string[]> {
    return this.#announce({ type: 'revocation', body: { statement } });
  }

  reload(peers: readonly PeerAddress[]): void {
    for (const connection of this.#connections) this.#admitAgain(connection);
    this.#table.replace(peers);
  }

  found(peers: readonly PeerAddress[]): void {
    this.#table.update(peers);
  }

  renewCertificate(tls: TlsMaterial): void {
    this.#tls = tls;
    this.#listening?.renew(tls);
  }

  async rehearse(): Promise<void> {
    if (this.#registry.all().length > 0) await rehearse(this.#options);
  }

  disconnect(id: string, reason: GoodbyeReason): void {
    for (const connection of this.#connections) if (connection.peer === id) connection.leave(reason);
  }

  invite(host?: string): ReturnType<Mesh['invite']> {
    return this.#pairing.invite(host);
  }

  endInvite(): void {
    this.#pairing.endInvite();
  }

  join(code: string): ReturnType<Mesh['join']> {
    return this.#pairing.join(code, (invite) => this.#dialInvite(invite));
  }

  enrol(...[id, addresses, request]: Parameters<Mesh['enrol']>): ReturnType<Mesh['enrol']> {
    const dialled = (address: string) => this.#dial(address, (...found) => this.#admission.invited(id, ...found));
    return enrol(addresses, request, dialled, this.#limits.acknowledgeMs);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#table.stop();
    for (const connection of this.#connections) connection.leave('shutdown');
    await this.#listening?.close();
    await this.#drained();
    this.#refusals.close();
  }

  async #drained(): Promise<void> {
    const until = steadyMs() + CLOSE_MS;
    while (this.#connections.size > 0 && steadyMs() < until) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async #attempt(entry: PeerAddress, address: string, signal: AbortSignal): Promise<void> {
    if (this.#isClosed) throw new CaroError('peer_unreachable', 'the mesh is closed');
    const connection = await this.#dial(address, (...found) => this.#admission.outbound(entry, ...found), signal);
    this.#attempts.set(connection, { id: entry.id, address });
    // Another node answered: the peer may be at its next address.
    if (connection.purpose === 'introduction')
      throw new CaroError('key_changed', 'expected the key of the peer, got another');
  }

  async #dialInvite({ host, port, id: expected }: InviteCode): Promise<Connection> {
    return this.#dial(endpointText({ host, port }), (...found) => this.#admission.invited(expected, ...found));
  }

  async #dial(
    address: string,
    judge: (id: string, address: string) => LinkPurpose,
    signal?: AbortSignal,
  ): Promise<Connection> {
    const { rules, now } = this.#options;
    const { again } = this.#admission;
    const link = await dial({
      address,
      rules,
      tls: this.#tls,
      limits: this.#limits,
      now,
      judge,
      admitAgain: again,
      ...(signal === undefined ? {} : { signal }),
    });
    return this.#adopt(link);
  }

  #adopt(link: Link): Connection {
    const connection = createConnection(link, this.#host);
    this.#connections.add(connection);
    if (this.#isClosed) connection.leave('shutdown');
    return connection;
  }

  #admitAgain(connection: Connection): void {
    try {
      this.#admission.again(connection);
    } catch (error) {
      connection.expel(error instanceof CaroError ? error.code : 'internal');
    }
  }

  #noteFailure(entry: PeerAddress, { code }: CaroError): void {
    const [address = null] = addressesOf(entry);
    // A peer that is away is not recorded, and a changed key was recorded already.
    if (code === 'peer_unreachable' || code === 'key_changed') return;
    this.#refusals.refuse({ code, address, direction: 'outbound' });
  }

  #find(id: string): Connection | undefined {
    const { hasSucceeded } = this.#options.ports;
    return this.#registry.get(id) ?? this.#registry.all().find(({ peer }) => hasSucceeded(id, peer));
  }

  #reach(id: string): Connection {
    const connection = this.#find(id);
    if (connection) return connection;
    const row = this.#table.rows().find((state) => state.id === id);
    if (row?.state !== 'skewed') throw new CaroError('peer_unreachable', 'the peer is not connected');
    throw new CaroError(
      'clock_skewed',
      `the clock of the peer differs by ${row.skewMs ?? 0} ms; correct one of the two clocks`,
    );
  }

  async #announce(message: Typed<'rotation' | 'revocation'>): Promise<readonly string[]> {
    const connections = this.#registry.all();
    const results = await Promise.allSettled(connections.map((connection) => connection.transmit(message)));
    return connections.filter((_, index) => results[index]?.status === 'fulfilled').map(({ peer }) => peer);
  }

  #createHost(): ConnectionHost {
    const { identity, ports, now, randomBytes } = this.#options;
    return {
      self: identity.id,
      gate: createEgressGate({ identity, now, randomBytes, ports, limits: this.#limits }),
      nonces: createNonceCache(steadyMs),
      limits: this.#limits,
      now,
      hello: (connection) => helloOf(this.#options, connection, this.#listening?.endpoints() ?? []),
      admitAgain: this.#admission.again,
      handlers: createMessageHandlers({
        ports,
        pairing: this.#pairing,
        admitAgain: this.#admission.again,
        expectedPeer: (connection) => this.#attempts.get(connection)?.id,
        register: (connection) => this.#register(connection),
        refuse: (connection, code) => this.#refuse(connection, code),
      }),
      onRefuse: (connection, code) => this.#refuse(connection, code),
      onEnd: (connection, ending) => this.#forget(connection, ending),
    };
  }

  /** Puts a connection into use after its hello was accepted. */
  #register(connection: Connection): void {
    const { ports } = this.#options;
    const isNew = this.#registry.add(connection);
    this.#table.reached(this.#registry.get(connection.peer) ?? connection);
    this.#refused.forget(connection.peer);
    if (!isNew) return;
    const { peer, address, isDialled } = connection;
    const details = { address, direction: isDialled ? 'outbound' : 'inbound', skewMs: connection.skewMs() };
    ports.audit({ type: 'peer.connected', peer, details });
    ports.onConnected({ id: peer, address });
  }

  #refuse(connection: Connection, code: ErrorCode): void {
    const { peer, address, isDialled, purpose } = connection;
    if (purpose === 'introduction') return;
    if (purpose === 'mesh') this.#refused.note(peer, code);
    const details = code === 'clock_skewed' ? { skewMs: connection.skewMs() } : {};
    this.#refusals.refuse({ code, address, peer, direction: isDialled ? 'outbound' : 'inbound', details });
  }

  #forget(connection: Connection, ending: Ending): void {
    this.#connections.delete(connection);
    if (connection.purpose === 'pairing') {
      this.#pairing.onEnd(connection, ending);
      return;
    }
    const { peer, address, isDialled, purpose } = connection;
    const wasInUse = this.#registry.remove(connection);
    if (wasInUse) {
      const { code, reason } = ending;
      this.#options.ports.audit({ type: 'peer.disconnected', peer, details: { address, code, reason } });
      this.#options.ports.onDisconnected({ id: peer, address });
    }
    const id = this.#attempts.get(connection)?.id ?? peer;
    // The node is still connected with this key or its successor, perhaps at another address.
    if (this.#find(peer) || this.#find(id)) return;
    // The attempt that an introduction belongs to goes on at the next address, or has failed.
    this.#table.lost(id, ending, connection.skewMs(), wasInUse || (isDialled && purpose === 'mesh'));
  }
}

function stateOf(connection: Connection): PeerState {
  const { peer, address, port, isDialled } = connection;
  const endpoint = endpointText({ host: address, port });
  const told = { skewMs: connection.skewMs(), version: connection.version() };
  return { id: peer, address: endpoint, state: 'connected', ...told, code: null, isDialled, peer };
}
