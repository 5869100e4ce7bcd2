import type { Socket } from 'node:net';
import type { MeshLimits } from './limits.ts';

export type Eviction = 'tls_timeout' | 'connection_flood';

/** Connections that have not said a valid hello yet; bounded in number and time, whatever they send or do not send. */
export interface WaitingRoom {
  readonly enter: (socket: Socket) => void;
  /** By the remote end, since TLS does not give its inner socket away. */
  readonly leave: (address: string | undefined, port: number | undefined) => void;
  readonly size: () => number;
  readonly close: () => void;
}

interface Guest {
  readonly socket: Socket;
  readonly address: string;
  readonly timer: NodeJS.Timeout;
}

const keyOf = (address: string | undefined, port: number | undefined): string => `${address ?? ''} ${port ?? 0}`;

/**
 * When the room is full the guest who waits longest makes way: a flood then ousts itself, while a peer needs its place for a few
 * milliseconds only.
 */
export function createWaitingRoom(
  limits: Pick<MeshLimits, 'helloMs' | 'strangers' | 'strangersPerAddress'>,
  onEvict: (why: Eviction, address: string) => void,
): WaitingRoom {
  // A map keeps the order of arrival.
  const guests = new Map<string, Guest>();
  const counts = new Map<string, number>();
  const remove = (key: string): Guest | undefined => {
    const guest = guests.get(key);
    if (!guest) return undefined;
    clearTimeout(guest.timer);
    guests.delete(key);
    const left = (counts.get(guest.address) ?? 1) - 1;
    if (left > 0) counts.set(guest.address, left);
    else counts.delete(guest.address);
    return guest;
  };
  const evict = (key: string, why: Eviction): void => {
    const guest = remove(key);
    if (!guest) return;
    guest.socket.destroy();
    onEvict(why, guest.address);
  };
  const oldest = (address?: string): string => {
    for (const [key, guest] of guests) if (address === undefined || guest.address === address) return key;
    return '';
  };
  return {
    enter: (socket) => {
      const address = socket.remoteAddress ?? '';
      const key = keyOf(socket.remoteAddress, socket.remotePort);
      if ((counts.get(address) ?? 0) >= limits.strangersPerAddress) evict(oldest(address), 'connection_flood');
      else if (guests.size >= limits.strangers) evict(oldest(), 'connection_flood');
      const timer = setTimeout(evict, limits.helloMs, key, 'tls_timeout');
      guests.set(key, { socket, address, timer });
      counts.set(address, (counts.get(address) ?? 0) + 1);
      socket.once('close', () => remove(key));
    },
    leave: (address, port) => {
      remove(keyOf(address, port));
    },
    size: () => guests.size,
    close: () => {
      for (const key of [...guests.keys()]) remove(key)?.socket.destroy();
    },
  };
}
