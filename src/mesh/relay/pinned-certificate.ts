/**
 * The certificate of a relay, accepted because its key is the one that the roster names. It is
 * fetched in a handshake of its own, in which nothing is sent, and is then the only authority that
 * the connection accepts.
 */
import { createHash, type KeyObject, X509Certificate } from 'node:crypto';
import { createConnection, type Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { CaroError } from '../../domain/errors.ts';

/** The greeting of the server is one line. */
const GREETING_BYTES = 8_192;

export interface RelayAddress {
  readonly host: string;
  readonly port: number;
  /** SHA-256 of the SubjectPublicKeyInfo of the server, base64. */
  readonly key: string;
}

/** SHA-256 of the SubjectPublicKeyInfo, base64: how a key is pinned (RFC 7469 §2.4). */
export const keyHash = (key: KeyObject): string =>
  createHash('sha256')
    .update(key.export({ format: 'der', type: 'spki' }))
    .digest('base64');

/**
 * @param signal gives the attempt up
 * @throws CaroError `relay_key_changed`, `relay_unreachable`
 */
export async function pinnedCertificate(
  { host, port, key }: RelayAddress,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<string> {
  const socket = createConnection({ host, port });
  const giveUp = (): unknown => socket.destroy(new Error('given up'));
  const timer = setTimeout(giveUp, timeoutMs);
  signal.addEventListener('abort', giveUp);
  if (signal.aborted) giveUp();
  try {
    await greeted(socket);
    const tls = await handshake(socket);
    const certificate = new X509Certificate(tls.getPeerCertificate().raw);
    tls.destroy();
    if (keyHash(certificate.publicKey) !== key) throw changed();
    return certificate.toString();
  } catch (error) {
    if (error instanceof CaroError) throw error;
    throw new CaroError('relay_unreachable', 'the relay cannot be reached, or does not speak TLS 1.3', {
      cause: error,
    });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', giveUp);
    socket.destroy();
  }
}

export const changed = (): CaroError =>
  new CaroError(
    'relay_key_changed',
    'expected the key of the relay that was agreed on, got another one: this may be a false relay',
  );

/** Waits for the line `INFO …` of the server, after which it expects TLS. */
function greeted(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    let seen = '';
    const read = (bytes: Buffer): void => {
      seen += bytes.toString('latin1');
      if (!seen.startsWith('INFO '.slice(0, seen.length)) || seen.length > GREETING_BYTES)
        reject(new Error('greeting'));
      else if (seen.endsWith('\r\n')) {
        socket.off('data', read);
        socket.pause();
        resolve();
      }
    };
    socket.on('data', read);
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('closed')));
  });
}

function handshake(socket: Socket): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    // The key is compared by the caller; no authority vouches for the certificate.
    const tls = connect({ socket, minVersion: 'TLSv1.3', rejectUnauthorized: false }, () => resolve(tls));
    tls.once('error', reject);
    tls.once('close', () => reject(new Error('closed')));
  });
}
