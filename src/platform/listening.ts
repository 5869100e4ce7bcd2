import { isIP, type Server } from 'node:net';
import type { ErrorCode } from '../domain/errors.ts';
import type { Endpoint } from '../domain/ip-address.ts';

/** Pending connections that the kernel keeps: the default of Node.js. */
const BACKLOG = 511;
const SOCKET_MODE = 0o600;

/** The undocumented part of `listen` that binds; every version of Node.js has it. */
interface Binding {
  readonly _listen2?: (address: string, port: number, addressType: number, backlog: number) => void;
}

/**
 * As `server.listen(place)`, with the same events, but without loading the modules for shared ports
 * and names: `cluster`, `child_process`, `dgram` and `dns`, 1 to 1.8 MiB (NFR-101, docs/adr/0002).
 * Host names, and a Node.js without `_listen2`, use `server.listen`.
 *
 * @param place a path for a socket of mode 0600, or an address and port; port 0 is any free one
 */
export function listenAt(server: Pick<Server, 'listen'>, place: string | Endpoint): void {
  const binding = server as Binding;
  if (typeof place === 'string') {
    listenAtPath(server, place);
    return;
  }
  // Asked once: the second time, V8 compiles the pattern of IPv6 addresses, 150 KiB.
  const version = isIP(place.host);
  if (binding._listen2 === undefined || version === 0) server.listen({ ...place, exclusive: true });
  else binding._listen2(place.host, place.port, version, BACKLOG);
}

/** Bound within the call, so the socket never exists with another mode than 0600. */
function listenAtPath(server: Pick<Server, 'listen'>, path: string): void {
  const binding = server as Binding;
  const umask = process.umask(0o777 & ~SOCKET_MODE);
  try {
    if (binding._listen2 === undefined) server.listen({ path });
    else binding._listen2(path, -1, -1, BACKLOG);
  } finally {
    process.umask(umask);
  }
}

/** Why a server cannot listen, as part of a sentence. */
export function listenFault({ code = 'an unknown error' }: NodeJS.ErrnoException): {
  readonly code: ErrorCode;
  readonly reason: string;
} {
  switch (code) {
    case 'EADDRINUSE':
      return { code: 'address_in_use', reason: 'another program has the port' };
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
      return { code: 'address_missing', reason: 'this machine does not have the address' };
    case 'EACCES':
      return { code: 'address_in_use', reason: 'this user may not open the port' };
    default:
      return { code: 'address_missing', reason: `the system refuses it with ${code}` };
  }
}
