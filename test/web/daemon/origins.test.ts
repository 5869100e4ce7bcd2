import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type DashboardRig, loginTokenIn, openRig } from '../dashboard-rig.ts';

let rig: DashboardRig;
beforeEach(async () => {
  rig = await openRig();
});
afterEach(() => rig.close());

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

function ask(path: string, headers: Readonly<Record<string, string>>, body?: string): Promise<Answer> {
  const method = body === undefined ? 'GET' : 'POST';
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: rig.dashboard.port, path, method, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks).toString() }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const plain = (): string => `localhost:${rig.dashboard.port}`;
const made = (label: string): string => `${label}.localhost:${rig.dashboard.port}`;
const post = (host: string, login: string): Promise<Answer> =>
  ask('/login', { host, origin: 'null', 'content-type': 'application/x-www-form-urlencoded' }, `login=${login}`);

interface Minted {
  readonly host: string;
  readonly token: string;
}
async function mint(): Promise<Minted> {
  const { file } = await rig.dashboard.mintLogin();
  const host = /action="http:\/\/([0-9a-f]{32}\.localhost:\d+)\/login"/.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
  return { host, token: loginTokenIn(file) };
}

async function open({ host, token }: Minted): Promise<Readonly<Record<string, string>>> {
  const answer = await post(host, token);
  const cookie = String(answer.headers['set-cookie']).split(';')[0] ?? '';
  return { host, cookie, 'x-caro-token': /data-page-token="([\w-]+)"/.exec(answer.body)?.[1] ?? '' };
}

describe('the origin of a login', () => {
  test('is different for each login and has 128 random bits', async () => {
    const hosts = [await mint(), await mint(), await mint()].map(({ host }) => host);
    expect(new Set(hosts).size).toBe(3);
    expect(hosts.filter((host) => !/^[0-9a-f]{32}\.localhost:\d+$/.test(host))).toEqual([]);
  });

  test('is answered while its login is open or valid, and not before, after, or under another port', async () => {
    const minted = await mint();
    expect((await ask('/reach', { host: minted.host })).status).toBe(204);
    const login = await open(minted);
    expect((await ask('/api/status', login)).status).toBe(200);
    const strangers = [made('0'.repeat(32)), minted.host.replace(/:\d+$/, ':1'), minted.host.replace(/:\d+$/, '')];
    for (const host of [...strangers, `a.${minted.host}`, made('a'), `.localhost:${rig.dashboard.port}`])
      expect([host, (await ask('/', { host })).status]).toEqual([host, 421]);
    await ask('/api/logout', { ...login, origin: `http://${minted.host}` }, '');
    const late = await ask('/', { host: minted.host });
    expect([late.status, late.body]).toEqual([421, expect.stringMatching(/^Expected .+: caro dashboard\n$/)]);
  });

  test('is the only one where the login is valid', async () => {
    const [one, other] = [await open(await mint()), await open(await mint())];
    for (const host of [String(other['host']), plain(), `127.0.0.1:${rig.dashboard.port}`])
      expect((await ask('/api/status', { ...one, host })).status).toBe(401);
    expect((await ask('/api/status', one)).status).toBe(200);
  });

  test('refuses the token of another login and does not use it up', async () => {
    const [one, other] = [await mint(), await mint()];
    expect((await post(other.host, one.token)).status).toBe(403);
    expect((await post(one.host, one.token)).status).toBe(200);
  });

  test('has a cookie of its own host and clears earlier data', async () => {
    const { host, token } = await mint();
    const { headers } = await post(host, token);
    expect(String(headers['set-cookie'])).not.toMatch(/domain/i);
    expect(headers['clear-site-data']).toBe('"cache", "storage"');
  });

  test('refuses calls of other origins, plain localhost among them', async () => {
    const login = await open(await mint());
    for (const origin of [`http://${plain()}`, 'null', 'http://localhost:3000'])
      expect((await ask('/api/status', { ...login, origin })).status).toBe(403);
  });
});

describe('the address that a person types', () => {
  test('leads to the newest login, and from there to earlier ones', async () => {
    const [older, newer] = [await open(await mint()), await open(await mint())];
    const typed = await ask('/', { host: plain() });
    expect([typed.status, typed.headers['location']]).toEqual([302, `http://${newer['host']}/`]);
    const next = await ask('/', { host: String(newer['host']) });
    expect([next.status, next.headers['location']]).toEqual([302, `http://${older['host']}/`]);
    expect((await ask('/', { host: String(older['host']) })).status).toBe(401);
    expect((await ask('/', older)).status).toBe(200);
  });

  test('leads through eight logins at most', async () => {
    const hosts: string[] = [];
    for (let login = 1; login <= 9; login += 1) hosts.unshift(String((await open(await mint()))['host']));
    const visited = [plain(), ...hosts.slice(0, 7)];
    for (const [hop, host] of visited.entries())
      expect((await ask('/', { host })).headers['location']).toBe(`http://${hosts[hop]}/`);
    for (const host of hosts.slice(7)) expect((await ask('/', { host })).status).toBe(401);
  });

  test('opens the page itself for a login that was posted to it', async () => {
    const { token } = await mint();
    const login = await open({ host: plain(), token });
    expect((await ask('/', login)).status).toBe(200);
    expect((await ask('/api/status', login)).status).toBe(200);
  });

  test('answers the request for a service worker with a script that removes it', async () => {
    const { status, body, headers } = await ask('/any.js', { host: plain(), 'service-worker': 'script' });
    expect([status, headers['content-type']]).toEqual([200, 'text/javascript; charset=utf-8']);
    expect(body).toContain('registration.unregister()');
  });
});
