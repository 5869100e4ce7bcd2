import { lstatSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { CaroError } from '../domain/errors.ts';
import { assertPrivate } from '../platform/files/permissions.ts';
import { listenAt } from '../platform/listening.ts';
import type { ControlConnectionPorts } from './control-connection.ts';

const MODE = 0o600;
const OTHERS = 0o077;
const MAX_CONNECTIONS = 64;

export interface AdminServerOptions extends ControlConnectionPorts {
  /** In a directory of mode 0700: that, and the socket's own mode, keep other users out. */
  readonly socketPath: string;
}

export interface AdminServer {
  /** Accepts no new client and disconnects the others. */
  readonly close: () => Promise<void>;
}

/**
 * Opens the control socket (docs/design.md §11): JSON-RPC 2.0, one message a line. A socket that a
 * dead service left behind is replaced.
 *
 * @throws CaroError `already_running` where somebody answers on it; `permissions_unsafe` where
 *   something else is in its place.
 */
export async function openAdminServer(options: AdminServerOptions): Promise<AdminServer> {
  await removeStaleSocket(options.socketPath);
  const clients = new Set<Socket>();
  const server = createServer((socket) => {
    clients.add(socket);
    socket.on('close', () => clients.delete(socket));
    void serve(socket, options);
  });
  server.maxConnections = MAX_CONNECTIONS;
  await listening(server, options.socketPath);
  return {
    close: async () => {
      for (const socket of clients) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/**
 * Loads the code that handles requests with the first client, whose data waits in its socket
 * meanwhile.
 */
async function serve(socket: Socket, ports: ControlConnectionPorts): Promise<void> {
  const { ControlConnection } = await import('./control-connection.ts');
  if (!socket.destroyed) new ControlConnection(socket, ports);
}

async function listening(server: Server, path: string): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.once('listening', resolve);
      listenAt(server, path);
    });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    if (code === 'EADDRINUSE') throw alreadyRunning(path);
    throw new CaroError('place_unusable', `${path}: expected to open the control socket, got ${code}`, {
      cause: error,
    });
  }
}

async function removeStaleSocket(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return;
  const expected = { kind: 'socket', mode: MODE } as const;
  // The mode of a stale socket does not matter: nobody listens, and it is replaced.
  assertPrivate(path, { uid: found.uid, mode: found.mode & ~OTHERS }, expected);
  if (await isAnswered(path)) {
    assertPrivate(path, found, expected);
    throw alreadyRunning(path);
  }
  unlinkSync(path);
}

async function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    // ECONNREFUSED: nobody listens. Anything else is for `listen` to report.
    socket.once('error', () => resolve(false));
  });
}

const alreadyRunning = (path: string): CaroError =>
  new CaroError(
    'already_running',
    `${path}: expected no service on this home, one answers; use it, or stop it: caro service stop`,
  );
