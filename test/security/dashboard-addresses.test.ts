import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type DashboardRig, type Login, openRig } from '../web/dashboard-rig.ts';

let rig: DashboardRig;
let login: Login;
beforeAll(async () => {
  rig = await openRig();
  login = await rig.login();
});
afterAll(() => rig.close());

/** Sends the address as it is written; `fetch` would tidy it up. */
function status(path: string, method: string, headers: Readonly<Record<string, string>> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const own = { host: `localhost:${rig.dashboard.port}`, origin: rig.dashboard.url.slice(0, -1) };
    const sent = request({
      host: '127.0.0.1',
      port: rig.dashboard.port,
      path,
      method,
      headers: { ...own, ...headers },
    });
    sent.once('response', (answer) => {
      answer.destroy();
      resolve(answer.statusCode ?? 0);
    });
    sent.once('error', reject);
    sent.end();
  });
}

const encoded = (text: string): string => text.replace(/[a-z]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`);

/** Other ways to write `/api/…`; a router may take some of them for it. */
const SPELLINGS: readonly ((path: string) => string)[] = [
  (path) => path.replace('/api', '/%61pi'),
  (path) => path.replace('/api', `/${encoded('api')}`),
  encoded,
  (path) => encoded(path).replaceAll('%6', '%256'),
  (path) => path.toUpperCase(),
  (path) => `/${path}`,
  (path) => `${path}/`,
  (path) => `/assets/..${path}`,
  (path) => `/assets/%2e%2e${path}`,
  (path) => `/.${path}`,
  (path) => path.replace('/api/', '/api//'),
  (path) => path.replace('/api/', '/api%2f'),
  (path) => path.replace('/api/', '/api;a=b/'),
  (path) => path.replace('/api/', '\\api\\'),
  (path) => `http://localhost${path}`,
  (path) => `${path}#`,
];

async function everyAddress(): Promise<readonly (readonly [path: string, method: string])[]> {
  const described = (await (await rig.get('/api/openapi.json', login)).json()) as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  };
  return Object.entries(described.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => [path, method.toUpperCase()] as const),
  );
}

test('without a login no address of the API answers, however it is written', async () => {
  const addresses = (await everyAddress()).filter(([path]) => path.startsWith('/api/'));
  expect(addresses.length).toBeGreaterThan(15);
  for (const [path, method] of addresses) {
    for (const written of SPELLINGS.map((spell) => spell(path))) {
      expect([method, written, [400, 401, 403, 404].includes(await status(written, method))]).toEqual([
        method,
        written,
        true,
      ]);
    }
  }
});

test('a script of another port reads nothing under another spelling, even with both halves of a login', async () => {
  const stolen = { cookie: login.cookie, 'x-caro-token': login.token };
  expect(await status('/api/status', 'GET', stolen)).toBe(200);
  const foreign = { ...stolen, 'sec-fetch-site': 'same-site', origin: 'http://localhost:3000' };
  for (const written of SPELLINGS.map((spell) => spell('/api/status'))) {
    expect([written, await status(written, 'GET', foreign)]).not.toContain(200);
  }
});

test('login attempts are counted for the machine, from whichever of its addresses they come', async () => {
  const attempt = (localAddress: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const host = `localhost:${rig.dashboard.port}`;
      const headers = { host, origin: `http://${host}`, 'content-type': 'application/x-www-form-urlencoded' };
      const sent = request({
        host: '127.0.0.1',
        port: rig.dashboard.port,
        path: '/login',
        method: 'POST',
        headers,
        localAddress,
      });
      sent.once('response', (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      });
      sent.once('error', reject);
      sent.end(`login=${'x'.repeat(43)}`);
    });
  const statuses: number[] = [];
  for (let last = 2; last < 32; last += 1) statuses.push(await attempt(`127.0.0.${last}`));
  expect(new Set(statuses)).toEqual(new Set([403, 429]));
  expect(statuses.filter((code) => code === 403).length).toBeLessThanOrEqual(20);
  expect(statuses.at(-1)).toBe(429);
});
