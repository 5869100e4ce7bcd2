import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { listenAt } from '../../src/platform/listening.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';

const ROOT = resolve(__dirname, '../..');

describe('listening without the modules for clusters', () => {
  const folder = temporaryFolders();
  const servers: Server[] = [];

  const serverOf = (): Server => {
    const server = createServer((socket) => socket.end('hello'));
    servers.push(server);
    return server;
  };
  const listening = async (server: Server, place: Parameters<typeof listenAt>[1]): Promise<Server> => {
    const up = once(server, 'listening');
    listenAt(server, place);
    await up;
    return server;
  };
  const answerAt = async (where: string | AddressInfo): Promise<string> => {
    const socket = typeof where === 'string' ? connect(where) : connect(where.port, where.address);
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    return text;
  };

  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  it.each(['127.0.0.1', '::1', 'localhost'])('serves on a free port of %s', async (host) => {
    const server = await listening(serverOf(), { host, port: 0 });
    const address = server.address() as AddressInfo;
    expect(['127.0.0.1', '::1']).toContain(address.address);
    expect(address.port).toBeGreaterThan(0);
    expect(await answerAt(address)).toBe('hello');
  });

  it('serves at a path, with a socket for its owner only, under any umask', async () => {
    const path = join(folder(), 'socket');
    const before = process.umask(0);
    try {
      await listening(serverOf(), path);
      expect(process.umask(0)).toBe(0);
    } finally {
      process.umask(before);
    }
    expect(lstatSync(path).mode & 0o777).toBe(0o600);
    expect(await answerAt(path)).toBe('hello');
  });

  it('reports a place that is taken as an error of the server', async () => {
    const first = await listening(serverOf(), { host: '127.0.0.1', port: 0 });
    const { port } = first.address() as AddressInfo;
    const second = serverOf();
    const failed = once(second, 'error');
    listenAt(second, { host: '127.0.0.1', port });
    expect(await failed).toMatchObject([{ code: 'EADDRINUSE' }]);
  });

  it('serves on a Node.js without `_listen2`, too', async () => {
    const server = serverOf();
    const up = once(server, 'listening');
    // Node.js itself calls `_listen2` of the server, so that it is hidden from us only.
    const without: Pick<Server, 'listen'> = { listen: server.listen.bind(server) };
    listenAt(without, { host: '127.0.0.1', port: 0 });
    await up;
    expect(await answerAt(server.address() as AddressInfo)).toBe('hello');
  });

  it('loads no module for clusters and names, as `server.listen` does', () => {
    const script = join(folder(), 'listening.cjs');
    const bundle = ['src/platform/listening.ts', '--bundle', '--platform=node', '--format=cjs', `--outfile=${script}`];
    execFileSync(join(ROOT, 'node_modules', '.bin', 'esbuild'), [...bundle, '--log-level=error'], { cwd: ROOT });
    const loadedBy = (call: string): readonly string[] => {
      const program = `
        const { listenAt } = require(${JSON.stringify(script)});
        const server = require('net').createServer();
        server.on('listening', () => { console.log(JSON.stringify(process.moduleLoadList)); server.close(); });
        ${call};`;
      const said = execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' });
      const loaded = new Set(JSON.parse(said) as readonly string[]);
      return ['cluster', 'child_process', 'dgram', 'dns'].filter((name) => loaded.has(`NativeModule ${name}`));
    };
    expect(loadedBy(`listenAt(server, { host: '127.0.0.1', port: 0 })`)).toEqual([]);
    expect(loadedBy(`server.listen({ host: '127.0.0.1', port: 0 })`)).toEqual([
      'cluster',
      'child_process',
      'dgram',
      'dns',
    ]);
  });
});
