import { isIP, type Server } from 'node:net';
import type { Endpoint } from '../domain/ip-address.ts';

/** Pending connections that the kernel keeps: what Node.js asks for. */
const BACKLOG = 511;

/**
 * The half of `listen` that binds; in Node.js from its beginnings, for code that took its place,
 * and in no documentation.
 */
interface Binding {
  readonly _listen2?: (address: string, port: number, addressType: number, backlog: number) => void;
}

/**
 * As `server.listen(place)`, with the same events, but without what that loads for servers that
 * share a port or have a name to look up: `cluster`, `child_process`, `dgram` and `dns`, 1 to 1.8
 * MiB of a service that needs none of them (NFR-101, docs/adr/0002). A name, and a Node.js without
 * this way in, take the usual one.
 *
 * @param place a path of the file system, or an address with its port; port 0 takes a free one
 */
export function listenAt(server: Pick<Server, 'listen'>, place: string | Endpoint): void {
  const binding = server as Binding;
  const family = typeof place === 'string' ? -1 : isIP(place.host);
  if (binding._listen2 === undefined || family === 0)
    server.listen(typeof place === 'string' ? { path: place } : { ...place, exclusive: true });
  else if (typeof place === 'string') binding._listen2(place, -1, family, BACKLOG);
  else binding._listen2(place.host, place.port, family, BACKLOG);
}
