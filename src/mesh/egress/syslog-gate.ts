import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { CaroError } from '../../domain/errors.ts';
import { type Endpoint, isInternal, isLoopback } from '../../domain/ip-address.ts';

export interface SyslogReceiver extends Endpoint {
  /** Certificates in PEM that the receiver's certificate must lead to. No others are trusted. */
  readonly ca: string;
  /** The name in the receiver's certificate; empty: its address. */
  readonly name: string;
}

export interface SyslogPorts {
  /**
   * MUST have stored the exact bytes in the egress ledger when it returns; if it throws, nothing is
   * sent.
   */
  readonly record: (bytes: string) => void;
}

const CONNECT_MS = 10_000;
const CLOSE_MS = 5_000;

/**
 * Sends frames to the syslog receiver over TLS (RFC 5425): checks the address, proves the receiver,
 * writes the ledger, and only then sends. One connection for one batch.
 *
 * @throws CaroError `egress_denied` for an address that is not internal, `syslog_failed`
 */
export async function sendSyslog(receiver: SyslogReceiver, frames: string, { record }: SyslogPorts): Promise<void> {
  const { host, port } = receiver;
  if (!isInternal(host) && !isLoopback(host))
    throw new CaroError('egress_denied', `expected an internal address for syslog, got ${host}`);
  const socket = await open(receiver);
  try {
    record(frames);
    await new Promise<void>((resolve, reject) => {
      const failed = (): void => reject(failure(host, port, 'the connection ended'));
      socket.once('error', failed);
      socket.setTimeout(CLOSE_MS, failed);
      socket.once('close', (hadError) => (hadError ? failed() : resolve()));
      socket.end(frames);
      // A receiver sends nothing (RFC 5425 §4.3); reading lets its end arrive.
      socket.resume();
    });
  } finally {
    socket.destroy();
  }
}

function open({ host, port, ca, name }: SyslogReceiver): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port,
      ca,
      minVersion: 'TLSv1.2',
      rejectUnauthorized: true,
      ...(name !== '' && isIP(name) === 0 ? { servername: name } : {}),
    });
    const timer = setTimeout(() => socket.destroy(new Error('ETIMEDOUT')), CONNECT_MS);
    socket.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      reject(failure(host, port, error.code ?? 'no answer'));
    });
    socket.once('secureConnect', () => {
      clearTimeout(timer);
      socket.removeAllListeners('error');
      socket.on('error', () => undefined);
      resolve(socket);
    });
  });
}

const failure = (host: string, port: number, what: string): CaroError =>
  new CaroError(
    'syslog_failed',
    `expected a syslog receiver with TLS on ${host} port ${port} whose certificate leads to syslog.ca, got ${what}`,
  );
