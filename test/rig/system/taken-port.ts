import { createServer, type Server } from 'node:net';
import { afterEach } from '@jest/globals';

/** Ports of loopback that somebody else listens on, until the end of each test. */
export function takenPorts(): () => Promise<number> {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });
  return async () => {
    const server = createServer();
    servers.push(server);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('expected a port');
    return address.port;
  };
}
