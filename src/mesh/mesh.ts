import { CaroError, type ErrorCode } from '../domain/errors.ts';
import { parseNodeId } from '../domain/identity/node-id.ts';
import type { DualEnvelope, Envelope } from '../domain/identity/signed-envelope.ts';
import type { TlsMaterial } from '../identity/certificate.ts';
import { fingerprint } from '../identity/fingerprint.ts';
import { steadyMs } from '../platform/steady-clock.ts';
import type { Mesh, MeshOptions, MeshState } from './mesh-options.ts';
import type { InviteCode } from './pairing/invite-code.ts';
import { createPairing, type Pairing } from './pairing/pairing.ts';
import { createPeerTable, type PeerAddress, type PeerState, type PeerTable } from './peer-table.ts';
import type { ConnectDecision, MeshPorts } from './ports.ts';
import type { GoodbyeReason, MessageBodies, Typed } from './protocol/messages.ts';
import { createNonceCache } from './protocol/nonce-cache.ts';
import {
  checkEarlierRevocations,
  checkIntroduction,
  checkRevocation,
  checkRotations,
} from './protocol/statement-checks.ts';
import { checkAuthor, parseSummary } from './protocol/summary-document.ts';
import { createRefusalLog, type RefusalLog } from './refusal-log.ts';
import { checkListen, endpointText } from './transport/address-rule.ts';
import type { Connection, ConnectionHost, Ending } from './transport/connection.ts';
import { type ConnectionRate, createConnectionRate } from './transport/connection-rate.ts';
import { type ConnectionRegistry, createConnectionRegistry } from './transport/connection-registry.ts';
import { dial } from './transport/dialler.ts';
import { createEgressGate } from './transport/egress-gate.ts';
import { DEFAULT_LIMITS, type MeshLimits } from './transport/limits.ts';
import type { Link, LinkPurpose } from './transport/link.ts';
import { type Listener, openListener } from './transport/listener.ts';
import { createConnection } from './transport/session.ts';

const CLOSE_MS = 2_000;
/** The rule of `ConnectDecision` that says who, not from where. */
const NAMED = 'trust.nodes';

/**
 * Takes part in the mesh: listens, dials the peers of the configuration until each is connected,
 * and speaks the protocol of docs/protocol.md with them. Everything else is asked of
 * `options.ports`.
 *
 * @throws CaroError `address_unsafe`, `address_in_use`
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
  readonly #book: ConnectionRegistry;
  readonly #rate: ConnectionRate;
  readonly #table: PeerTable;
  readonly #pairing: Pairing;
  /** Every connection that has not ended, whether it has said hello or not. */
  readonly #connections = new Set<Connection>();
  /** For which entry a connection was dialled; the key that answered may be another. */
  readonly #attempts = new WeakMap<Connection, PeerAddress>();
  #listener: Listener | undefined;
  #tls: TlsMaterial;
  #isClosed = false;

  constructor(options: MeshOptions) {
    const { identity, ports, now, randomBytes } = options;
    this.#options = options;
    this.#tls = options.tls;
    const limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#limits = limits;
    this.#refusals = createRefusalLog(ports.audit, limits.refusalsEveryMs);
    this.#book = createConnectionRegistry(identity.id, limits.raceMs);
    this.#rate = createConnectionRate(limits, steadyMs);
    this.#pairing = createPairing({
      ...{ self: identity.id, name: options.name, limits, now, randomBytes, onPaired: ports.onPaired },
      listen: () => this.#listener?.endpoint ?? null,
    });
    this.#host = this.#createHost();
    this.#table = createPeerTable({
      self: identity.id,
      limits,
      random: () => Buffer.from(randomBytes(4)).readUInt32BE() / 2 ** 32,
      attempt: (entry) => this.#attempt(entry),
      onFailure: (entry, error) => this.#noteFailure(entry, error),
      hasSucceeded: ports.hasSucceeded,
    });
  }

  async open(): Promise<void> {
    const { listen, now, peers } = this.#options;
    if (listen) {
      this.#listener = await openListener({
        endpoint: listen,
        tls: this.#tls,
        limits: this.#limits,
        now,
        admit: (id, address) => this.#admit(id, address),
        mayPair: this.#pairing.isOpen,
        onLink: (link) => void this.#adopt(link),
        onRefuse: (code, address, peer) =>
          this.#refusals.refuse({ code, address, direction: 'inbound', ...(peer === undefined ? {} : { peer }) }),
      });
    }
    this.#table.replace(peers);
  }

  status(): MeshState {
    const rows = this.#table.rows();
    const isListed = ({ peer }: Connection): boolean =>
      rows.some(({ id }) => this.#options.ports.hasSucceeded(id, peer));
    const others = this.#book.all().filter((connection) => !isListed(connection));
    const { endpoint, strangers } = this.#listener ?? {};
    return {
      listen: endpoint ? endpointText(endpoint) : null,
      peers: [...rows, ...others.map(stateOf)],
      strangers: strangers?.() ?? 0,
    };
  }

  isConnected(id: string): boolean {
    return this.#find(id) !== undefined;
  }

  async ask(...[id, query, deadlineMs]: Parameters<Mesh['ask']>): ReturnType<Mesh['ask']> {
    return this.#reach(id).ask(query, deadlineMs);
  }

  async deliver(...[id, document, summaryId]: Parameters<Mesh['deliver']>): ReturnType<Mesh['deliver']> {
    return this.#reach(id).deliver(document, summaryId);
  }

  announceRotation(statement: DualEnvelope): Promise<readonly string[]> {
    return this.#announce({ type: 'rotation', body: { statement } });
  }

  announceRevocation(statement: Envelope): Promise<readonly string[]> {
    return this.#announce({ type: 'revocation', body: { statement } });
  }

  reload(peers: readonly PeerAddress[]): void {
    for (const connection of this.#connections) {
      const { peer, address, purpose } = connection;
      if (purpose !== 'mesh') continue;
      const decision = this.#options.ports.mayConnect({ id: peer, address });
      if (!decision.allow) connection.expel(refusalOf(decision).code);
    }
    this.#table.replace(peers);
  }

  renewCertificate(tls: TlsMaterial): void {
    this.#tls = tls;
    this.#listener?.renew(tls);
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

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#table.stop();
    for (const connection of this.#connections) connection.leave('shutdown');
    await this.#listener?.close();
    await this.#drained();
    this.#refusals.close();
  }

  async #drained(): Promise<void> {
    const until = steadyMs() + CLOSE_MS;
    while (this.#connections.size > 0 && steadyMs() < until) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  #admit(id: string, address: string): Exclude<LinkPurpose, 'introduction'> {
    const decision = this.#options.ports.mayConnect({ id, address });
    if (decision.allow) {
      // A key that is named is one caller; where a subnet is trusted anybody in it can have any
      // number of keys.
      if (this.#rate(decision.rule === NAMED ? id : address)) return 'mesh';
      throw new CaroError('connection_flood', 'expected a peer that stays connected, got one that comes and goes');
    }
    if (decision.mayPair && this.#pairing.isOpen()) return 'pairing';
    throw refusalOf(decision);
  }

  async #attempt(entry: PeerAddress): Promise<void> {
    const connection = await this.#dial(entry.address, (id, address) => this.#judge(entry, id, address));
    this.#attempts.set(connection, entry);
  }

  /** The key that answers at the address of a peer. */
  #judge(entry: PeerAddress, id: string, address: string): LinkPurpose {
    const { ports } = this.#options;
    const decision = ports.mayConnect({ id, address });
    if (ports.hasSucceeded(entry.id, id)) {
      if (decision.allow) return 'mesh';
      throw refusalOf(decision);
    }
    const details = { expected: fingerprintOf(entry.id), found: fingerprintOf(id) };
    this.#refusals.refuse({ code: 'key_changed', address, peer: id, direction: 'outbound', details });
    // One hello of it is read, since it may hold the rotation that explains the key; a denied key
    // is not listened to.
    if (decision.mayPair || decision.allow) return 'introduction';
    throw new CaroError('key_changed', `expected the key ${details.expected}, got ${details.found}`);
  }

  async #dialInvite({ host, port, id: expected }: InviteCode): Promise<Connection> {
    return this.#dial(endpointText({ host, port }), (id, address) => {
      const decision = this.#options.ports.mayConnect({ id, address });
      if (id !== expected)
        throw new CaroError('key_changed', 'expected the node of the invite, another key answers there');
      if (decision.allow || decision.mayPair) return 'pairing';
      throw refusalOf(decision);
    });
  }

  async #dial(address: string, judge: (id: string, address: string) => LinkPurpose): Promise<Connection> {
    const { rules, now } = this.#options;
    const link = await dial({ address, rules, tls: this.#tls, limits: this.#limits, now, judge });
    return this.#adopt(link);
  }

  #adopt(link: Link): Connection {
    const connection = createConnection(link, this.#host);
    this.#connections.add(connection);
    if (this.#isClosed) connection.leave('shutdown');
    return connection;
  }

  #noteFailure({ address }: PeerAddress, { code }: CaroError): void {
    // A peer that is away is nothing to put on record, and a changed key is there already.
    if (code === 'peer_unreachable' || code === 'key_changed') return;
    this.#refusals.refuse({ code, address, direction: 'outbound' });
  }

  #find(id: string): Connection | undefined {
    const { hasSucceeded } = this.#options.ports;
    return this.#book.get(id) ?? this.#book.all().find(({ peer }) => hasSucceeded(id, peer));
  }

  #reach(id: string): Connection {
    const connection = this.#find(id);
    if (connection) return connection;
    const row = this.#table.rows().find((state) => state.id === id);
    if (row?.state !== 'skewed') throw new CaroError('peer_unreachable', 'expected a connected peer, it is not');
    throw new CaroError('clock_skewed', `expected clocks that agree, the peer's differs by ${row.skewMs ?? 0} ms`);
  }

  async #announce(message: Typed<'rotation' | 'revocation'>): Promise<readonly string[]> {
    const connections = this.#book.all();
    const results = await Promise.allSettled(connections.map((connection) => connection.tell(message)));
    return connections.filter((_, index) => results[index]?.status === 'fulfilled').map(({ peer }) => peer);
  }

  #createHost(): ConnectionHost {
    const { identity, ports, now, randomBytes } = this.#options;
    const at = ({ peer, address }: Connection): { id: string; address: string } => ({ id: peer, address });
    return {
      self: identity.id,
      gate: createEgressGate({ identity, now, randomBytes, ports, limits: this.#limits }),
      nonces: createNonceCache(steadyMs),
      limits: this.#limits,
      now,
      hello: () => helloOf(ports),
      onHello: (connection, hello) => this.#greet(connection, hello),
      onQuery: (connection, body) => ports.onQuery(at(connection), body),
      onSummary: (connection, document) => this.#takeSummary(connection, document),
      onRotation: async (connection, statement) => {
        checkRotations(connection.peer, [statement]);
        await ports.onKeys(at(connection), { rotations: [statement], revocations: [] });
      },
      onRevocation: async (connection, statement) => {
        checkRevocation(connection.peer, statement);
        await ports.onKeys(at(connection), { rotations: [], revocations: [statement] });
      },
      onPair: (connection, body) => this.#takePair(connection, body),
      onRefuse: (connection, code) => this.#refuse(connection, code),
      onEnd: (connection, ending) => this.#forget(connection, ending),
    };
  }

  async #greet(connection: Connection, { rotations, revocations = [] }: MessageBodies['hello']): Promise<void> {
    const { ports } = this.#options;
    const peer = { id: connection.peer, address: connection.address };
    if (connection.purpose === 'pairing') {
      this.#pairing.onHello(connection);
      return;
    }
    checkRotations(connection.peer, rotations);
    checkEarlierRevocations(rotations, revocations);
    if (connection.purpose === 'introduction')
      checkIntroduction(this.#attempts.get(connection)?.id ?? '', rotations, ports.isHeir);
    if (rotations.length + revocations.length > 0) await ports.onKeys(peer, { rotations, revocations });
    if (connection.hasEnded()) return;
    if (connection.purpose === 'introduction')
      throw new CaroError('key_changed', 'expected the key of the peer, got another');
    const isNew = this.#book.add(connection);
    this.#table.reached(this.#book.get(connection.peer) ?? connection);
    if (!isNew) return;
    const { isDialled, address } = connection;
    const details = { address, direction: isDialled ? 'outbound' : 'inbound', skewMs: connection.skewMs() };
    ports.audit({ type: 'peer.connected', peer: connection.peer, details });
    ports.onConnected(peer);
  }

  async #takeSummary(connection: Connection, document: Envelope): ReturnType<ConnectionHost['onSummary']> {
    const { ports } = this.#options;
    const { peer, address } = connection;
    const summary = parseSummary(document);
    try {
      checkAuthor(document, summary, (node) => ports.hasSucceeded(node, peer));
    } catch {
      this.#refuse(connection, 'summary_invalid');
      return { id: summary.id, result: 'refused' };
    }
    const result = await ports.onSummary({ id: peer, address, document, summary });
    if (result === 'refused') this.#refuse(connection, 'summary_invalid');
    return { id: summary.id, result };
  }

  #takePair(connection: Connection, body: Parameters<Pairing['onPair']>[1]): void {
    if (connection.purpose === 'pairing') this.#pairing.onPair(connection, body);
    else throw new CaroError('message_unexpected', 'expected a connection for pairing');
  }

  #refuse(connection: Connection, code: ErrorCode): void {
    const { peer, address, isDialled, purpose } = connection;
    if (purpose === 'introduction') return;
    const details = code === 'clock_skewed' ? { skewMs: connection.skewMs() } : {};
    this.#refusals.refuse({ code, address, peer, direction: isDialled ? 'outbound' : 'inbound', details });
  }

  #forget(connection: Connection, ending: Ending): void {
    this.#connections.delete(connection);
    if (connection.purpose === 'pairing') {
      this.#pairing.onEnd(connection, ending);
      return;
    }
    const { peer, address } = connection;
    const wasInUse = this.#book.remove(connection);
    if (wasInUse) {
      const { code, reason } = ending;
      this.#options.ports.audit({ type: 'peer.disconnected', peer, details: { address, code, reason } });
      this.#options.ports.onDisconnected({ id: peer, address });
    }
    // Another connection with the node goes on, with this key or with the one after it.
    if (this.#find(peer)) return;
    const id = this.#attempts.get(connection)?.id ?? peer;
    this.#table.lost(id, ending, connection.skewMs(), wasInUse || connection.isDialled);
  }
}

function stateOf(connection: Connection): PeerState {
  const { peer, address, port, isDialled } = connection;
  const endpoint = endpointText({ host: address, port });
  return { id: peer, address: endpoint, state: 'connected', skewMs: connection.skewMs(), code: null, isDialled, peer };
}

/**
 * Why a node may not connect, as it is put on record; the other side is told nothing, or the code.
 */
const refusalOf = ({ rule, code = 'peer_untrusted' }: ConnectDecision): CaroError =>
  new CaroError(code, `expected a node that may connect, got a refusal by ${rule}`);

function helloOf(ports: MeshPorts): MessageBodies['hello'] {
  const revocations = ports.revocations();
  return { rotations: ports.rotations(), ...(revocations.length === 0 ? {} : { revocations }) };
}

function fingerprintOf(id: string): string {
  const key = parseNodeId(id);
  return key ? fingerprint(key) : '';
}
