/**
 * Decides what a node may use a connection for, once TLS has proven its key and before any other
 * byte is read.
 */
import { CaroError } from '../domain/errors.ts';
import { parseNodeId } from '../domain/identity/node-id.ts';
import { sourceNetwork } from '../domain/ip-address.ts';
import { createTokenBuckets } from '../domain/token-bucket.ts';
import { fingerprint } from '../identity/fingerprint.ts';
import { steadyMs } from '../platform/steady-clock.ts';
import type { PeerAddress } from './peer-table.ts';
import type { ConnectDecision, MeshPorts } from './ports.ts';
import type { RefusalLog } from './refusal-log.ts';
import type { MeshLimits } from './transport/limits.ts';
import type { LinkPurpose } from './transport/link.ts';

type ConnectionLimits = Pick<
  MeshLimits,
  'connectionBurst' | 'connectionEveryMs' | 'addressBurst' | 'addressEveryMs' | 'networkBurst' | 'networkEveryMs'
>;

export interface AdmissionOptions {
  readonly ports: Pick<MeshPorts, 'mayConnect' | 'hasSucceeded' | 'takesRequests'>;
  /** Whether an invite is open to this key. */
  readonly isInviteOpen: (id: string) => boolean;
  readonly limits: ConnectionLimits;
  readonly refusals: RefusalLog;
}

/** A connection as far as admission depends on it. */
export interface AdmittedConnection {
  readonly peer: string;
  readonly address: string;
  readonly purpose: LinkPurpose;
}

/** Each function throws the CaroError with which the node is refused. */
export interface Admission {
  /** For a node that connects to this one from the IP address. */
  readonly inbound: (id: string, address: string) => Exclude<LinkPurpose, 'introduction'>;
  /** For the key that answers at the address of a peer. */
  readonly outbound: (entry: PeerAddress, id: string, address: string) => LinkPurpose;
  /** For the key that answers at the address of an invite for the node `expected`. */
  readonly invited: (expected: string, id: string, address: string) => LinkPurpose;
  /**
   * For a connection that was admitted before. MUST be called whenever it is used: trust can end at
   * any time, also between the TLS handshake and the upgrade.
   */
  readonly again: (connection: AdmittedConnection) => void;
}

/** Whether trust is in the node's id. In a trusted subnet a node can have any number of keys. */
const isNamed = ({ allow, rule }: Pick<ConnectDecision, 'allow' | 'rule'>): boolean =>
  allow && (rule === 'trust.nodes' || rule.startsWith('roster '));

/** Whether a trusted node may connect now. */
function connectionRate(limits: ConnectionLimits) {
  const named = createTokenBuckets({ burst: limits.connectionBurst, refillMs: limits.connectionEveryMs });
  const addresses = createTokenBuckets({ burst: limits.addressBurst, refillMs: limits.addressEveryMs });
  // A node of a trusted subnet can have any number of addresses.
  const networks = createTokenBuckets({ burst: limits.networkBurst, refillMs: limits.networkEveryMs });
  return (id: string, address: string, decision: ConnectDecision): boolean => {
    const now = steadyMs();
    if (isNamed(decision)) return named.take(id, now).isGranted;
    // One address cannot use up the rate of its network.
    return addresses.take(address, now).isGranted && networks.take(sourceNetwork(address), now).isGranted;
  };
}

export function createAdmission({ ports, isInviteOpen, limits, refusals }: AdmissionOptions): Admission {
  const isWithinRate = connectionRate(limits);
  return {
    inbound: (id, address) => {
      const decision = ports.mayConnect({ id, address });
      if (decision.allow) {
        if (isWithinRate(id, address, decision)) return 'mesh';
        throw new CaroError(
          'connection_flood',
          'expected a peer that stays connected, got one that keeps reconnecting',
        );
      }
      if (decision.mayPair && (isInviteOpen(id) || ports.takesRequests())) return 'pairing';
      throw refusalOf(decision);
    },
    outbound: (entry, id, address) => {
      const decision = ports.mayConnect({ id, address });
      if (ports.hasSucceeded(entry.id, id)) {
        if (decision.allow) return 'mesh';
        throw refusalOf(decision);
      }
      const details = { expected: fingerprintOf(entry.id), found: fingerprintOf(id) };
      refusals.refuse({ code: 'key_changed', address, peer: id, direction: 'outbound', details });
      // One hello of it is read, since that may hold the rotation that explains the key. A denied
      // key cannot explain itself.
      if (decision.mayPair || decision.allow) return 'introduction';
      throw new CaroError('key_changed', `expected the key ${details.expected}, got ${details.found}`);
    },
    invited: (expected, id, address) => {
      const decision = ports.mayConnect({ id, address });
      if (id !== expected)
        throw new CaroError('key_changed', 'expected the node of the invite, got another key at its address');
      if (decision.allow || decision.mayPair) return 'pairing';
      throw refusalOf(decision);
    },
    again: ({ peer: id, address, purpose }) => {
      const decision = ports.mayConnect({ id, address });
      if (!decision.allow && (purpose === 'mesh' || !decision.mayPair)) throw refusalOf(decision);
    },
  };
}

/** The error with which a node is refused. The other side learns at most its code. */
const refusalOf = ({ rule, code = 'peer_untrusted' }: ConnectDecision): CaroError =>
  new CaroError(code, `expected a node that may connect, got a refusal by ${rule}`);

function fingerprintOf(id: string): string {
  const key = parseNodeId(id);
  return key ? fingerprint(key) : '';
}
