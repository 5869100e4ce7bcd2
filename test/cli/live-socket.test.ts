import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { withLiveSocket } from '../../src/cli/live-socket.ts';
import { type Places, placesFrom } from '../../src/config/places.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';

const folder = temporaryFolders();
/** Without one, the directory of the developer's own session is left alone. */
const uid = undefined;
const servers: Server[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((done) => server.close(done))));
});

async function listen(socket: string): Promise<void> {
  mkdirSync(join(socket, '..'), { recursive: true });
  const server = createServer();
  servers.push(server);
  await new Promise<void>((done) => server.listen(socket, done));
}

/** Where client and service look, with and without a login session. */
function environment(): { env: Record<string, string>; loggedIn: Places; bare: Places } {
  const home = folder();
  const env = { XDG_RUNTIME_DIR: join(home, 'runtime') };
  return { env, loggedIn: placesFrom(env, home), bare: placesFrom({}, home) };
}

test('a service that was started without XDG_RUNTIME_DIR is found by a client that has it', async () => {
  const { env, loggedIn, bare } = environment();
  await listen(bare.socket);
  expect(withLiveSocket(loggedIn, env, uid)).toEqual({ ...loggedIn, socket: bare.socket, runtime: bare.runtime });
});

test('of a socket that a crash left behind and one that was made since, the newer one counts', async () => {
  const { env, loggedIn, bare } = environment();
  await listen(bare.socket);
  await listen(loggedIn.socket);
  expect(withLiveSocket(bare, {}, uid).socket).toBe(bare.socket);
  expect(withLiveSocket(loggedIn, env, uid).socket).toBe(loggedIn.socket);
});

test('what is no socket of ours is not taken for one', () => {
  const { env, loggedIn, bare } = environment();
  mkdirSync(bare.runtime, { recursive: true });
  writeFileSync(bare.socket, '');
  expect([withLiveSocket(loggedIn, env, uid), existsSync(loggedIn.socket)]).toEqual([loggedIn, false]);
});

test('a home of its own has one place only', async () => {
  const home = folder();
  const places = placesFrom({ CARO_HOME: home }, '/nowhere');
  await listen(join(places.data, 'run', 'admin.sock'));
  expect(withLiveSocket(places, { CARO_HOME: home }, uid)).toEqual(places);
});
