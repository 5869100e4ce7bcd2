import { createServer as createHttpServer, type Server as HttpServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { WebSocketServer } from 'ws';
import { CaroError, type ErrorCode } from '../../domain/errors.ts';
import { parseNodeId } from '../../domain/identity/node-id.ts';
import type { Endpoint } from '../../domain/ip-address.ts';
import { nodeIdOf, type TlsMaterial } from '../../identity/certificate.ts';
import { listenAt } from '../../platform/listening.ts';
import { MAX_SKEW_MS, MESH_PATH, PAIRING_PATH, SUBPROTOCOL } from '../protocol/messages.ts';
import { plainAddress } from './address-rule.ts';
import { createHandshakeLimiter, type HandshakeLimiter } from './handshake-limiter.ts';
import type { MeshLimits } from './limits.ts';
import type { Link, LinkPurpose } from './link.ts';
import { handshakeError, sessionOf, tlsSettings } from './tls-settings.ts';

export interface ListenerOptions {
  readonly endpoint: Endpoint;
  readonly tls: TlsMaterial;
  readonly limits: MeshLimits;
  readonly now: () => number;
  /** What a node that has proven its key may do here at most; throws what it is refused with. */
  readonly admit: (id: string, address: string) => Exclude<LinkPurpose, 'introduction'>;
  /** Whether an invite is open. */
  readonly mayPair: () => boolean;
  readonly onLink: (link: Link) => void;
  readonly onRefuse: (code: ErrorCode, address: string, peer?: string) => void;
}

export interface Listener {
  /** Where it listens; the port that was chosen where 0 was asked for. */
  readonly endpoint: Endpoint;
  /** Connections that have not said a valid hello yet. */
  readonly strangers: () => number;
  /** For new connections from now on; those that stand are kept. */
  readonly renew: (tls: TlsMaterial) => void;
  readonly close: () => Promise<void>;
}

type Admitted = Omit<Link, 'socket' | 'openedMs' | 'settled' | 'isDialled' | 'purpose'> & {
  readonly purpose: Exclude<LinkPurpose, 'introduction'>;
};

const HEADER_BYTES = 4_096;

/**
 * Takes connections from peers. Trust is decided on the TLS socket; only then is the socket handed
 * to the HTTP and WebSocket server, so that a stranger's bytes are never parsed.
 *
 * @throws CaroError `address_in_use`, `address_unsafe`
 */
export async function openListener(options: ListenerOptions): Promise<Listener> {
  const { limits, onRefuse } = options;
  const room = createHandshakeLimiter(limits, (why, address) => onRefuse(why, plainAddress(address)));
  const admitted = new WeakMap<object, Admitted>();
  const web = createWebServer(options, room, admitted);
  const server = createServer({ ...tlsSettings(options.tls), requestCert: true, handshakeTimeout: 2 * limits.helloMs });
  server.on('connection', (socket: Socket) => room.enter(socket));
  server.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
    const address = socket.remoteAddress;
    // Without an address the other side has hung up, or was shown the door and is on record.
    if (address !== undefined && error.code !== 'ECONNRESET')
      onRefuse(handshakeError(error).code, plainAddress(address));
    socket.destroy();
  });
  server.on('secureConnection', (socket) => {
    const facts = welcome(socket, options);
    if (!facts) return;
    admitted.set(socket, facts);
    web.emit('connection', socket);
  });
  const endpoint = await listen(server, options.endpoint);
  return {
    endpoint,
    strangers: room.size,
    renew: (tls) => server.setSecureContext(tlsSettings(tls)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        room.close();
        web.closeAllConnections();
      }),
  };
}

/**
 * Identity and trust, before any byte of HTTP is read; undefined once the socket was refused and
 * destroyed.
 */
function welcome(socket: TLSSocket, { now, admit, onRefuse }: ListenerOptions): Admitted | undefined {
  const address = plainAddress(socket.remoteAddress ?? '');
  socket.on('error', () => socket.destroy());
  let peer: string | undefined;
  try {
    if (socket.isSessionReused()) throw new CaroError('tls_handshake', 'expected a full handshake, got a resumed one');
    peer = nodeIdOf(socket.getPeerX509Certificate(), now(), MAX_SKEW_MS);
    const purpose = admit(peer, address);
    const publicKey = parseNodeId(peer);
    if (!publicKey) throw new CaroError('certificate_kind', 'expected a key that has a node id');
    return { purpose, peer, publicKey, address, port: socket.remotePort ?? 0, session: sessionOf(socket) };
  } catch (error) {
    onRefuse(error instanceof CaroError ? error.code : 'tls_handshake', address, peer);
    socket.destroy();
    return undefined;
  }
}

/** Speaks HTTP with trusted nodes only, and nothing but the upgrade to the mesh's subprotocol. */
function createWebServer(
  options: ListenerOptions,
  room: HandshakeLimiter,
  admitted: WeakMap<object, Admitted>,
): HttpServer {
  const { limits, now, onLink, onRefuse } = options;
  const doors = { mesh: createDoor(limits.frameBytes), pairing: createDoor(limits.strangerFrameBytes) };
  const refuse = (socket: object & { destroy: () => unknown }): void => {
    const facts = admitted.get(socket);
    onRefuse('upgrade_invalid', facts?.address ?? '', facts?.peer);
    socket.destroy();
  };
  const web = createHttpServer({ maxHeaderSize: HEADER_BYTES, headersTimeout: limits.helloMs }, (request) =>
    refuse(request.socket),
  );
  web.on('clientError', (_error, socket) => refuse(socket));
  for (const door of Object.values(doors)) door.on('wsClientError', (_error, socket) => refuse(socket));
  web.on('upgrade', (request, socket, head) => {
    const facts = admitted.get(socket);
    const purpose = purposeOf(request);
    const isOffered = purpose === 'pairing' ? options.mayPair() : facts?.purpose === purpose;
    if (!facts || !purpose || !isOffered) {
      refuse(socket);
      return;
    }
    const openedMs = now();
    doors[purpose].handleUpgrade(request, socket, head, (webSocket) => {
      const { remoteAddress, remotePort } = request.socket;
      const settled = (): void => room.leave(remoteAddress, remotePort);
      onLink({ ...facts, purpose, socket: webSocket, isDialled: false, openedMs, settled });
    });
  });
  return web;
}

const createDoor = (maxPayload: number): WebSocketServer =>
  new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    autoPong: false,
    maxPayload,
    handleProtocols: () => SUBPROTOCOL,
  });

/** What the other side wants, if it asks for it properly. */
function purposeOf({ method, url, headers }: IncomingMessage): Admitted['purpose'] | undefined {
  if (method !== 'GET' || headers['sec-websocket-protocol'] !== SUBPROTOCOL) return undefined;
  if (url === MESH_PATH) return 'mesh';
  return url === PAIRING_PATH ? 'pairing' : undefined;
}

function listen(server: Server, { host, port }: Endpoint): Promise<Endpoint> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const code = error.code === 'EADDRINUSE' ? 'address_in_use' : 'address_unsafe';
      const what = error.code === 'EADDRINUSE' ? 'it is taken' : `got ${error.code ?? 'an error'}`;
      reject(new CaroError(code, `expected to listen on ${host} port ${port} for the mesh, ${what}`, { cause: error }));
    });
    server.once('listening', () => {
      server.removeAllListeners('error');
      server.on('error', () => undefined);
      resolve({ host, port: (server.address() as AddressInfo).port });
    });
    listenAt(server, { host, port });
  });
}
