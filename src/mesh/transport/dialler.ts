import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { WebSocket } from 'ws';
import { CaroError } from '../../domain/errors.ts';
import { parseNodeId } from '../../domain/identity/node-id.ts';
import { nodeIdOf, type TlsMaterial } from '../../identity/certificate.ts';
import { MAX_SKEW_MS, MESH_PATH, PAIRING_PATH, SUBPROTOCOL } from '../protocol/messages.ts';
import { type AddressRules, checkDial, checkedLookup, plainAddress } from './address-rule.ts';
import type { MeshLimits } from './limits.ts';
import type { Link, LinkPurpose } from './link.ts';
import { dialContext, handshakeError, sessionOf } from './tls-settings.ts';

export interface DialOptions {
  /** `IP:port`, `[IPv6]:port`, or `name:port` if the rules allow names. */
  readonly address: string;
  readonly rules: AddressRules;
  readonly tls: TlsMaterial;
  readonly limits: MeshLimits;
  readonly now: () => number;
  /** What a connection to this key may be used for; throws the error if it is refused. */
  readonly judge: (id: string, address: string) => LinkPurpose;
  /** Judges again when the upgrade is complete: the other side decides how long that takes. */
  readonly admitAgain: (link: Pick<Link, 'peer' | 'address' | 'purpose'>) => void;
  /** Gives up when it is aborted. */
  readonly signal?: AbortSignal;
}

/**
 * Opens a connection to a peer. The peer's key is checked after the TLS handshake and before the
 * first byte of HTTP is sent.
 *
 * @throws CaroError `address_unsafe`, `peer_unreachable` (also when given up), `tls_…`,
 *   `certificate_…`, errors of `judge`, and `peer_untrusted` if the other side hangs up after the
 *   handshake
 */
export async function dial(options: DialOptions): Promise<Link> {
  const tls = await openTls(options);
  const giveUp = (): void => void tls.destroy();
  options.signal?.addEventListener('abort', giveUp);
  try {
    const peer = nodeIdOf(tls.getPeerX509Certificate(), options.now(), MAX_SKEW_MS);
    const publicKey = parseNodeId(peer);
    if (!publicKey) throw new CaroError('certificate_kind', 'expected an Ed25519 key in the certificate');
    const address = plainAddress(tls.remoteAddress ?? '');
    const purpose = options.judge(peer, address);
    const localAddress = plainAddress(tls.localAddress ?? '');
    const facts = {
      purpose,
      peer,
      publicKey,
      address,
      port: tls.remotePort ?? 0,
      localAddress,
      session: sessionOf(tls),
    };
    const openedMs = options.now();
    const socket = await upgrade(tls, purpose, options.limits);
    options.admitAgain(facts);
    if (options.signal?.aborted) throw givenUp();
    return { ...facts, socket, isDialled: true, openedMs, settled: () => undefined };
  } catch (error) {
    tls.destroy();
    throw options.signal?.aborted ? givenUp() : error;
  } finally {
    options.signal?.removeEventListener('abort', giveUp);
  }
}

const givenUp = (): CaroError =>
  new CaroError('peer_unreachable', 'the peer is dialled no more, or was reached at another address first');

async function openTls({ address, rules, tls, limits, signal }: DialOptions): Promise<TLSSocket> {
  const { host, port } = checkDial(address, rules);
  const lookup = isIP(host) === 0 ? { lookup: checkedLookup(rules) } : {};
  return new Promise((resolve, reject) => {
    // No server name: it would reveal the name of the peer on the network.
    const socket = connect({
      secureContext: dialContext(tls),
      rejectUnauthorized: false,
      ...lookup,
      host,
      port,
      servername: '',
    });
    const fail = (error: CaroError): void => {
      socket.destroy();
      reject(error);
    };
    const giveUp = (): void => fail(givenUp());
    if (signal?.aborted) giveUp();
    signal?.addEventListener('abort', giveUp);
    socket.once('close', () => signal?.removeEventListener('abort', giveUp));
    const timer = setTimeout(fail, limits.helloMs, new CaroError('tls_timeout', 'the TLS handshake timed out'));
    socket.once('close', () => fail(new CaroError('tls_handshake', 'the other side hung up during the TLS handshake')));
    socket.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      fail(dialError(error));
    });
    socket.once('secureConnect', () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', giveUp);
      socket.removeAllListeners('error').removeAllListeners('close');
      socket.on('error', () => socket.destroy());
      resolve(socket);
    });
  });
}

function dialError(error: NodeJS.ErrnoException | CaroError): CaroError {
  if (error instanceof CaroError) return error;
  const { code = 'no answer' } = error;
  if (code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS')) return handshakeError(error);
  return new CaroError('peer_unreachable', `the peer accepts no connection: ${code}`, { cause: error });
}

function upgrade(tls: TLSSocket, purpose: LinkPurpose, limits: MeshLimits): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://caro${purpose === 'pairing' ? PAIRING_PATH : MESH_PATH}`, SUBPROTOCOL, {
      createConnection: () => tls,
      perMessageDeflate: false,
      autoPong: false,
      followRedirects: false,
      maxFragments: limits.fragments,
      maxPayload: purpose === 'mesh' ? limits.frameBytes : limits.strangerFrameBytes,
    });
    const fail = (error: CaroError): void => {
      clearTimeout(timer);
      socket.terminate();
      reject(error);
    };
    const refused = (): void =>
      fail(
        new CaroError('peer_untrusted', 'the peer hung up after the TLS handshake: it does not trust this node yet'),
      );
    // `handshakeTimeout` of ws has no effect on a socket that is connected already.
    const timer = setTimeout(fail, limits.helloMs, new CaroError('tls_timeout', 'the peer did not answer the upgrade'));
    socket.once('error', refused);
    tls.once('close', refused);
    socket.once('open', () => {
      clearTimeout(timer);
      socket.off('error', refused);
      tls.off('close', refused);
      // Frames may follow immediately; the session resumes the socket when it listens.
      socket.pause();
      resolve(socket);
    });
  });
}
