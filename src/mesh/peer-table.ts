import type { CaroError, ErrorCode } from '../domain/errors.ts';
import { parseEndpoint } from '../domain/ip-address.ts';
import { addressesOf } from '../domain/peer-addresses.ts';
import { createTokenBuckets } from '../domain/token-bucket.ts';
import { steadyMs } from '../platform/steady-clock.ts';
import { dialFirst } from './address-race.ts';
import { AWAY, createRedialer, type Redialer } from './redial.ts';
import { endpointText } from './transport/address-rule.ts';
import type { Connection, Ending } from './transport/connection.ts';
import type { MeshLimits } from './transport/limits.ts';

/** A peer to dial. */
export interface PeerAddress {
  readonly id: string;
  /** One or several of `IP:port`, `[IPv6]:port` or `name:port`; absent for a peer that dials. */
  readonly address?: string | readonly string[];
}

export interface PeerState {
  readonly id: string;
  /** Where it was reached, or the first of its addresses; empty if none is known. */
  readonly address: string;
  readonly state: 'connected' | 'connecting' | 'refused' | 'skewed';
  /** Peer's clock minus this node's clock in ms; null if not measured. */
  readonly skewMs: number | null;
  /** Code of the last failure; null if there is none. */
  readonly code: ErrorCode | null;
  /** Whether this node dialled the live connection; null without one. */
  readonly isDialled: boolean | null;
  /** What the peer told in its hello; null if it told nothing, and without a connection. */
  readonly version: string | null;
  /** Node id of the live connection, possibly a successor of `id`; null without one. */
  readonly peer: string | null;
}

interface Row {
  entry: PeerAddress;
  readonly redialer: Redialer;
  connection: Connection | undefined;
  code: ErrorCode | null;
  skewMs: number | null;
}

export interface PeerTable {
  /** Applies a new list: dials new peers, forgets removed ones, and retries all others now. */
  readonly replace: (entries: readonly PeerAddress[]) => void;
  /**
   * Applies a list in which addresses were found, by an announcement of anybody or by a peer. Only
   * a peer with a new address is dialled before its time, and rarely.
   */
  readonly update: (entries: readonly PeerAddress[]) => void;
  /** Dials every peer that is not connected now; at most a few times a minute. */
  readonly retry: () => void;
  readonly reached: (connection: Connection) => void;
  /** A connection has ended. `isOver`: the peer MUST be dialled again. */
  readonly lost: (id: string, ending: Pick<Ending, 'code' | 'reason'>, skewMs: number | null, isOver: boolean) => void;
  readonly rows: () => readonly PeerState[];
  readonly stop: () => void;
}

export interface PeerTableOptions {
  readonly self: string;
  readonly limits: MeshLimits;
  readonly random: () => number;
  /** Dials one address. MUST give up when the signal is aborted. */
  readonly attempt: (entry: PeerAddress, address: string, signal: AbortSignal) => Promise<void>;
  /** The address at which a connection was dialled; undefined for one that the peer opened. */
  readonly dialledAt: (connection: Connection) => string | undefined;
  readonly onFailure: (entry: PeerAddress, error: CaroError) => void;
  /** The live connection with a peer or its successor, which can be older than the peer's entry. */
  readonly connected: (id: string) => Connection | undefined;
  readonly hasSucceeded: (id: string, later: string) => boolean;
}

/** Containers that start and stop change the addresses of their machine all the time. */
const RETRIES = { burst: 3, refillMs: 20_000 } as const;

/** The configured peers and their connection states. */
export function createPeerTable(options: PeerTableOptions): PeerTable {
  const rows = new Map<string, Row>();
  const retries = createTokenBuckets(RETRIES);
  const rowOf = (peer: string): Row | undefined =>
    rows.get(peer) ?? [...rows.values()].find(({ entry }) => options.hasSucceeded(entry.id, peer));
  const stop = (row: Row): void => {
    row.redialer.stop();
    rows.delete(row.entry.id);
  };
  const update = (entries: readonly PeerAddress[]): void => {
    const wanted = new Map(entries.map((entry) => [entry.id, entry]));
    for (const row of [...rows.values()]) if (!wanted.has(row.entry.id)) stop(row);
    for (const entry of entries) {
      const row = rows.get(entry.id);
      if (!row && entry.id !== options.self) rows.set(entry.id, startRow(options, entry, rows));
      if (!row) continue;
      const before = addressesOf(row.entry);
      row.entry = entry;
      const hasNew = addressesOf(entry).some((address) => !before.includes(address));
      if (hasNew && retries.take(entry.id, steadyMs()).isGranted) row.redialer.tryNow();
    }
  };
  return {
    replace: (entries) => {
      update(entries);
      for (const row of rows.values()) row.redialer.retryNow();
    },
    update,
    retry: () => {
      if (retries.take('', steadyMs()).isGranted) for (const row of rows.values()) row.redialer.retryNow();
    },
    reached: (connection) => {
      const row = rowOf(connection.peer);
      if (!row) return;
      Object.assign(row, { connection, code: null, skewMs: connection.skewMs() });
      row.redialer.reached();
    },
    lost: (id, { code, reason }, skewMs, isOver) => {
      const row = rowOf(id);
      if (!row) return;
      row.connection = undefined;
      row.code = reason === 'untrusted' ? 'peer_untrusted' : code;
      if (skewMs !== null) row.skewMs = skewMs;
      if (isOver) row.redialer.lost();
    },
    rows: () => [...rows.values()].map((row) => stateOf(row, options.dialledAt)),
    stop: () => [...rows.values()].forEach(stop),
  };
}

/** Both sides dial. The node with the larger id starts later, so that duplicates are rare. */
const SECOND_DIALLER_DELAY_MS = 250;

function startRow(
  { self, limits, random, attempt, onFailure, connected }: PeerTableOptions,
  entry: PeerAddress,
  rows: Map<string, Row>,
): Row {
  const redialer = createRedialer({
    attempt: (stopped) => {
      const latest = rows.get(entry.id)?.entry ?? entry;
      return dialFirst(addressesOf(latest), (address, signal) => attempt(latest, address, signal), stopped);
    },
    onFailure: (error) => {
      const row = rows.get(entry.id);
      if (row) row.code = error.code;
      onFailure(entry, error);
    },
    random,
    limits,
    firstDelayMs: self < entry.id ? 0 : Math.min(SECOND_DIALLER_DELAY_MS, limits.redialFirstMs),
  });
  const connection = connected(entry.id);
  if (connection) redialer.reached();
  return { entry, redialer, connection, code: null, skewMs: connection?.skewMs() ?? null };
}

function addressOf(row: Pick<Row, 'entry' | 'connection'>, dialledAt: PeerTableOptions['dialledAt']): string {
  const { entry, connection } = row;
  const known = addressesOf(entry);
  if (!connection) return known[0] ?? '';
  const sameHost = known.find((address) => parseEndpoint(address)?.host === connection.address);
  return dialledAt(connection) ?? sameHost ?? endpointText({ host: connection.address, port: connection.port });
}

function stateOf(row: Row, dialledAt: PeerTableOptions['dialledAt']): PeerState {
  const { entry, connection, code, skewMs } = row;
  const away = AWAY.includes(code) ? 'connecting' : 'refused';
  const state = connection ? 'connected' : code === 'clock_skewed' ? 'skewed' : away;
  return {
    id: entry.id,
    address: addressOf(row, dialledAt),
    state,
    skewMs,
    code,
    isDialled: connection?.isDialled ?? null,
    version: connection?.version() ?? null,
    peer: connection?.peer ?? null,
  };
}
