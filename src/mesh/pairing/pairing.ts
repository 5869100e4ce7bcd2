import { isIP } from 'node:net';
import { CaroError } from '../../domain/errors.ts';
import { type Endpoint, isInternal, isLoopback } from '../../domain/ip-address.ts';
import type { OpenInvite } from '../../domain/status/status.ts';
import { type Waiting, waitingText } from '../../domain/status/waiting.ts';
import { isoTime } from '../../domain/time/iso-time.ts';
import { fingerprint } from '../../identity/fingerprint.ts';
import type { JoinedPeer } from '../mesh-options.ts';
import type { PairedPeer } from '../ports.ts';
import type { MessageBodies } from '../protocol/messages.ts';
import { endpointText } from '../transport/address-rule.ts';
import type { Connection, Ending } from '../transport/connection.ts';
import type { MeshLimits } from '../transport/limits.ts';
import { createInvites, isProof, pairingProof } from './invite.ts';
import { decodeInviteCode, encodeInviteCode, type InviteCode, SECRET_BYTES } from './invite-code.ts';

export interface PairingOptions {
  readonly self: string;
  readonly name: string;
  /** Where this node listens; null if nowhere. */
  readonly listen: () => Endpoint | null;
  readonly waiting: () => Waiting | null;
  readonly limits: Pick<MeshLimits, 'inviteMs' | 'inviteTries'>;
  readonly now: () => number;
  readonly randomBytes: (count: number) => Uint8Array;
  /** Stores the joining node; the pairing fails if it rejects. */
  readonly onPaired: (peer: PairedPeer) => Promise<void>;
}

/**
 * Both sides of pairing (docs/protocol.md §6). It gives no trust: each owner chooses a level
 * afterwards.
 */
export interface Pairing {
  readonly isOpen: () => boolean;
  /** Whether an invite is open and this key has tries left. */
  readonly mayTry: (id: string) => boolean;
  readonly invite: (host?: string) => OpenInvite;
  readonly endInvite: () => void;
  /** `connect` opens a connection for pairing with the node of the code. */
  readonly join: (text: string, connect: (code: InviteCode) => Promise<Connection>) => Promise<JoinedPeer>;
  readonly onHello: (connection: Connection) => void;
  readonly onPair: (connection: Connection, body: MessageBodies['pair']) => Promise<void>;
  readonly onEnd: (connection: Connection, ending: Ending) => void;
}

interface Joining {
  readonly code: InviteCode;
  readonly resolve: (peer: JoinedPeer) => void;
  readonly reject: (error: CaroError) => void;
}

export function createPairing(options: PairingOptions): Pairing {
  const { self, name, listen, now, randomBytes } = options;
  const invites = createInvites(self, now, options.limits);
  const joining = new Map<Connection, Joining>();
  const sendProof = (connection: Connection, proof: string): void => {
    const body = { name, port: listen()?.port ?? null, proof };
    connection.transmit({ type: 'pair', body }).catch(() => connection.leave('paired'));
  };
  return {
    isOpen: invites.isOpen,
    mayTry: (id) => invites.isOpen() && invites.mayTry(id),
    endInvite: invites.close,
    invite: (host) => {
      const secret = randomBytes(SECRET_BYTES);
      const endpoint = reachable(listen(), options.waiting(), host);
      const code = encodeInviteCode({ ...endpoint, id: self, secret });
      return { code, expiresAt: isoTime(invites.open(secret)) };
    },
    join: async (text, connect) => {
      const code = decodeInviteCode(text);
      const connection = await connect(code);
      return new Promise((resolve, reject) => joining.set(connection, { code, resolve, reject }));
    },
    onHello: (connection) => {
      const joiner = joining.get(connection);
      if (joiner) sendProof(connection, pairingProof(joiner.code.secret, connection.session, self, connection.peer));
    },
    onPair: async (connection, body) => {
      const joiner = joining.get(connection);
      if (joiner) {
        completeJoin(self, connection, body, joiner);
        return;
      }
      const proof = invites.redeem(body.proof, connection.session, connection.peer);
      // The proof tells the joining node that it is stored.
      await options.onPaired(pairedPeer(connection, body)).catch((cause: unknown) => {
        throw new CaroError('pairing_unstored', 'expected to store the pairing, it failed', { cause });
      });
      sendProof(connection, proof);
    },
    onEnd: (connection, { code }) => {
      const what = code === 'pairing_unstored' ? 'could not store' : 'ended';
      const text = `the other side ${what} the pairing; open a new invite there`;
      joining.get(connection)?.reject(new CaroError(code ?? 'peer_gone', text));
      joining.delete(connection);
    },
  };
}

/** The joining node checks the proof of the inviting node. */
function completeJoin(
  self: string,
  connection: Connection,
  { name, proof }: MessageBodies['pair'],
  { code, resolve }: Joining,
): void {
  const { peer, session } = connection;
  if (!isProof(proof, pairingProof(code.secret, session, peer, self))) {
    throw new CaroError('pairing_refused', "expected a proof of the invite's secret, got an invalid one");
  }
  resolve({ id: peer, name, fingerprint: fingerprintOf(connection), endpoint: endpointText(code) });
  connection.leave('paired');
}

function pairedPeer(connection: Connection, { name, port }: MessageBodies['pair']): PairedPeer {
  const { peer, address } = connection;
  const endpoint = port === null ? null : endpointText({ host: address, port });
  return { id: peer, address, name, fingerprint: fingerprintOf(connection), endpoint };
}

const fingerprintOf = ({ publicKey }: Connection): string => fingerprint(publicKey);

/** The endpoint for an invite code, which another machine must be able to dial. */
function reachable(listen: Endpoint | null, waiting: Waiting | null, host?: string): Endpoint {
  if (!listen && waiting)
    throw new CaroError(
      waiting.code,
      `expected an address at which the other node reaches this one, but the ${waitingText('mesh', waiting)}`,
    );
  if (!listen)
    throw new CaroError(
      'usage',
      'expected an address in mesh.listen; set it, so that the other node can dial this one',
    );
  if (host !== undefined && (isIP(host) === 0 || host.includes('%')))
    throw new CaroError(
      'usage',
      'expected an IP address without a zone, such as 10.0.1.5; give the address at which the other node reaches this one',
    );
  const address = host ?? listen.host;
  // Loopback serves several nodes on one machine.
  if (isInternal(address) || isLoopback(address) || host !== undefined) return { host: address, port: listen.port };
  throw new CaroError(
    'usage',
    `expected an address at which the other node reaches this one, got ${address}; give another one`,
  );
}
