import { createServer as createHttpServer, type Server as HttpServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { WebSocketServer } from 'ws';
import { CaroError, type ErrorCode } from '../../domain/errors.ts';
import { parseNodeId } from '../../domain/identity/node-id.ts';
import type { Endpoint } from '../../domain/ip-address.ts';
import { nodeIdOf, type TlsMaterial } from '../../identity/certificate.ts';
import { listenAt, listenFault } from '../../platform/listening.ts';
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
  /** What a node with a proven key may connect for; throws the error if it is refused. */
  readonly admit: (id: string, address: string) => Exclude<LinkPurpose, 'introduction'>;
  /** Throws the error if a node that was admitted may not use its connection any more. */
  readonly admitAgain: (link: Pick<Link, 'peer' | 'address' | 'purpose'>) => void;
  /** Whether an invite is open to this key. */
  readonly mayPair: (id: string) => boolean;
  readonly onLink: (link: Link) => void;
  readonly onRefuse: (code: ErrorCode, address: string, peer?: string) => void;
}

export interface Listener {
  /** Where it listens, with the port that was chosen for port 0. */
  readonly endpoint: Endpoint;
  /** Number of connections without a valid hello. */
  readonly strangers: () => number;
  /** Sets the certificate of new connections; live connections are kept. */
  readonly renew: (tls: TlsMaterial) => void;
  readonly close: () => Promise<void>;
}

type Admitted = Omit<Link, 'socket' | 'openedMs' | 'settled' | 'isDialled' | 'purpose'> & {
  readonly purpose: Exclude<LinkPurpose, 'introduction'>;
};

const HEADER_BYTES = 4_096;

/**
 * Accepts connections from peers. Only a TLS socket whose key may connect is passed to the HTTP and
 * WebSocket server, so that bytes of untrusted nodes are never parsed (FR-205).
 *
 * @throws the error of the system if it cannot listen
 */
export async function openListener(options: ListenerOptions): Promise<Listener> {
  const { limits, onRefuse } = options;
  const limiter = createHandshakeLimiter(limits, (why, address) => onRefuse(why, plainAddress(address)));
  const admitted = new WeakMap<object, Admitted>();
  const web = createWebServer(options, limiter, admitted);
  const server = createServer({ ...tlsSettings(options.tls), requestCert: true, handshakeTimeout: 2 * limits.helloMs });
  server.on('connection', (socket: Socket) => limiter.enter(socket));
  server.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
    const address = socket.remoteAddress;
    // Without an address the other side has hung up, or its eviction was recorded already.
    if (address !== undefined && error.code !== 'ECONNRESET')
      onRefuse(handshakeError(error).code, plainAddress(address));
    socket.destroy();
  });
  server.on('secureConnection', (socket) => {
    const facts = authenticate(socket, options);
    if (!facts) return;
    admitted.set(socket, facts);
    web.emit('connection', socket);
  });
  const endpoint = await listen(server, options.endpoint);
  return {
    endpoint,
    strangers: limiter.size,
    renew: (tls) => server.setSecureContext(tlsSettings(tls)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        limiter.close();
        web.closeAllConnections();
      }),
  };
}

/**
 * Checks identity and trust before any byte of HTTP is read. Undefined if the socket was refused
 * and destroyed.
 */
function authenticate(socket: TLSSocket, { now, admit, onRefuse }: ListenerOptions): Admitted | undefined {
  const address = plainAddress(socket.remoteAddress ?? '');
  socket.on('error', () => socket.destroy());
  let peer: string | undefined;
  try {
    if (socket.isSessionReused()) throw new CaroError('tls_handshake', 'expected a full handshake, got a resumed one');
    peer = nodeIdOf(socket.getPeerX509Certificate(), now(), MAX_SKEW_MS);
    const purpose = admit(peer, address);
    const publicKey = parseNodeId(peer);
    if (!publicKey) throw new CaroError('certificate_kind', 'expected an Ed25519 key in the certificate');
    const localAddress = plainAddress(socket.localAddress ?? '');
    return {
      purpose,
      peer,
      publicKey,
      address,
      port: socket.remotePort ?? 0,
      localAddress,
      session: sessionOf(socket),
    };
  } catch (error) {
    onRefuse(error instanceof CaroError ? error.code : 'tls_handshake', address, peer);
    socket.destroy();
    return undefined;
  }
}

/** Accepts only upgrades to the subprotocol of the mesh, on sockets that `authenticate` passed. */
function createWebServer(
  options: ListenerOptions,
  limiter: HandshakeLimiter,
  admitted: WeakMap<object, Admitted>,
): HttpServer {
  const { limits, now, admitAgain, onLink, onRefuse } = options;
  const servers = {
    mesh: createWebSocketServer(limits.frameBytes, limits.fragments),
    pairing: createWebSocketServer(limits.strangerFrameBytes, limits.fragments),
  };
  const refuse = (socket: object & { destroy: () => unknown }, code: ErrorCode = 'upgrade_invalid'): void => {
    const facts = admitted.get(socket);
    onRefuse(code, facts?.address ?? '', facts?.peer);
    socket.destroy();
  };
  const web = createHttpServer({ maxHeaderSize: HEADER_BYTES, headersTimeout: limits.helloMs }, (request) =>
    refuse(request.socket),
  );
  web.on('clientError', (_error, socket) => refuse(socket));
  for (const server of Object.values(servers)) server.on('wsClientError', (_error, socket) => refuse(socket));
  web.on('upgrade', (request, socket, head) => {
    const facts = admitted.get(socket);
    const purpose = purposeOf(request);
    const isOffered = purpose === 'pairing' ? options.mayPair(facts?.peer ?? '') : facts?.purpose === purpose;
    if (!facts || !purpose || !isOffered) {
      refuse(socket);
      return;
    }
    try {
      admitAgain({ ...facts, purpose });
    } catch (error) {
      refuse(socket, error instanceof CaroError ? error.code : 'internal');
      return;
    }
    const openedMs = now();
    servers[purpose].handleUpgrade(request, socket, head, (webSocket) => {
      const { remoteAddress, remotePort } = request.socket;
      const settled = (): void => limiter.leave(remoteAddress, remotePort);
      onLink({ ...facts, purpose, socket: webSocket, isDialled: false, openedMs, settled });
    });
  });
  return web;
}

const createWebSocketServer = (maxPayload: number, maxFragments: number): WebSocketServer =>
  new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    autoPong: false,
    maxPayload,
    maxFragments,
    handleProtocols: () => SUBPROTOCOL,
  });

/** What the other side connects for; undefined if the request is invalid. */
function purposeOf({ method, url, headers }: IncomingMessage): Admitted['purpose'] | undefined {
  if (method !== 'GET' || headers['sec-websocket-protocol'] !== SUBPROTOCOL) return undefined;
  if (url === MESH_PATH) return 'mesh';
  return url === PAIRING_PATH ? 'pairing' : undefined;
}

function listen(server: Server, { host, port }: Endpoint): Promise<Endpoint> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('listening', () => {
      server.removeAllListeners('error');
      server.on('error', () => undefined);
      resolve({ host, port: (server.address() as AddressInfo).port });
    });
    listenAt(server, { host, port });
  });
}

/**
 * Whether this machine has an IP address, even where its interface has no carrier and is not
 * listed.
 */
export function hasAddress(host: string): Promise<boolean> {
  const server = createTcpServer();
  return new Promise((resolve) => {
    server.once('error', (error) => resolve(listenFault(error).code !== 'address_missing'));
    server.once('listening', () => server.close(() => resolve(true)));
    listenAt(server, { host, port: 0 });
  });
}
