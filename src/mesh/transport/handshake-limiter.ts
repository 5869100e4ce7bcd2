import type { Socket } from 'node:net';
import type { MeshLimits } from './limits.ts';

export type Eviction = 'tls_timeout' | 'connection_flood';

/** Limits the number and the lifetime of connections without a valid hello. */
export interface HandshakeLimiter {
  readonly enter: (socket: Socket) => void;
  /** Identified by the remote endpoint, since a TLS socket does not expose its TCP socket. */
  readonly leave: (address: string | undefined, port: number | undefined) => void;
  readonly size: () => number;
  readonly close: () => void;
}

interface PendingConnection {
  readonly socket: Socket;
  readonly address: string;
  readonly timer: NodeJS.Timeout;
}

const keyOf = (address: string | undefined, port: number | undefined): string => `${address ?? ''} ${port ?? 0}`;

/**
 * At the limit the oldest connection is closed to make room for the new one. A flood then closes
 * its own connections, while a peer needs only a few milliseconds.
 */
export function createHandshakeLimiter(
  limits: Pick<MeshLimits, 'helloMs' | 'strangers' | 'strangersPerAddress'>,
  onEvict: (why: Eviction, address: string) => void,
): HandshakeLimiter {
  // A map keeps the order of arrival.
  const pending = new Map<string, PendingConnection>();
  const counts = new Map<string, number>();
  const remove = (key: string): PendingConnection | undefined => {
    const connection = pending.get(key);
    if (!connection) return undefined;
    clearTimeout(connection.timer);
    pending.delete(key);
    const left = (counts.get(connection.address) ?? 1) - 1;
    if (left > 0) counts.set(connection.address, left);
    else counts.delete(connection.address);
    return connection;
  };
  const evict = (key: string, why: Eviction): void => {
    const connection = remove(key);
    if (!connection) return;
    connection.socket.destroy();
    onEvict(why, connection.address);
  };
  const oldest = (address?: string): string => {
    for (const [key, connection] of pending) if (address === undefined || connection.address === address) return key;
    return '';
  };
  return {
    enter: (socket) => {
      const address = socket.remoteAddress ?? '';
      const key = keyOf(socket.remoteAddress, socket.remotePort);
      if ((counts.get(address) ?? 0) >= limits.strangersPerAddress) evict(oldest(address), 'connection_flood');
      else if (pending.size >= limits.strangers) evict(oldest(), 'connection_flood');
      const timer = setTimeout(evict, limits.helloMs, key, 'tls_timeout');
      pending.set(key, { socket, address, timer });
      counts.set(address, (counts.get(address) ?? 0) + 1);
      socket.once('close', () => remove(key));
    },
    leave: (address, port) => {
      remove(keyOf(address, port));
    },
    size: () => pending.size,
    close: () => {
      for (const key of [...pending.keys()]) remove(key)?.socket.destroy();
    },
  };
}
