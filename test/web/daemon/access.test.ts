import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type DashboardRig, type Login, loginTokenIn, openRig, postLogin } from '../dashboard-rig.ts';

let rig: DashboardRig;
let login: Login;
beforeAll(async () => {
  rig = await openRig();
  login = await rig.login();
});
afterAll(() => rig.close());

interface Raw {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** A request with any headers at all, which `fetch` would not send. */
function raw(path: string, headers: Readonly<Record<string, string>>, method = 'GET', body = ''): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: rig.dashboard.port, path, method, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          body: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const own = () => `localhost:${rig.dashboard.port}`;
const both = () => ({ host: own(), cookie: login.cookie, 'x-caro-token': login.token });

describe('who may read', () => {
  test('cookie and page token together open the API', async () => {
    expect((await raw('/api/status', both())).status).toBe(200);
  });

  test('a cookie without the page token opens nothing, as another port of this host has it too', async () => {
    const answer = await raw('/api/status', { host: own(), cookie: login.cookie });
    expect(answer.status).toBe(401);
    expect(answer.body).toContain('caro dashboard');
  });

  test('a page token without the cookie opens nothing', async () => {
    expect((await raw('/api/status', { host: own(), 'x-caro-token': login.token })).status).toBe(401);
  });

  test('halves of two different logins are refused', async () => {
    const other = await rig.login();
    const mixed = { ...both(), 'x-caro-token': other.token };
    expect((await raw('/api/status', mixed)).status).toBe(401);
  });

  test('every API address needs the login, including the stream and the export', async () => {
    const paths = ['overview', 'activity', 'events', 'status', 'summary', 'summaries', 'sharing', 'rules'];
    for (const path of [...paths, 'audit', 'audit/verification', 'live', 'openapi.json']) {
      expect([path, (await raw(`/api/${path}`, { host: own() })).status]).toEqual([path, 401]);
    }
  });

  test('the cookie alone gets a page without data, never the page token', async () => {
    const answer = await raw('/', { host: own(), cookie: login.cookie });
    expect(answer.status).toBe(200);
    expect(answer.body).not.toContain(login.token);
    expect(answer.body).not.toContain('data-page-token');
  });

  test('without a login the page says what to do', async () => {
    const answer = await raw('/', { host: own() });
    expect(answer.status).toBe(401);
    expect(answer.body).toContain('caro dashboard');
  });
});

describe('names and origins', () => {
  test('a foreign name that points at this machine is refused, logged in or not', async () => {
    for (const host of ['evil.example', `evil.example:${rig.dashboard.port}`, 'localhost', `localhost.evil.example`]) {
      const answer = await raw('/api/status', { ...both(), host });
      expect([host, answer.status]).toEqual([host, 421]);
      expect(answer.body).toContain('localhost');
    }
  });

  test('all three of its own names are answered', async () => {
    for (const name of ['localhost', '127.0.0.1', '[::1]']) {
      const host = `${name}:${rig.dashboard.port}`;
      expect((await raw('/api/status', { ...both(), host })).status).toBe(200);
    }
  });

  test('a script of another origin reads nothing, even with all it could know', async () => {
    const answer = await raw('/api/status', { ...both(), origin: 'http://localhost:3000' });
    expect(answer.status).toBe(403);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    const silent = await raw('/api/status', { ...both(), 'sec-fetch-site': 'same-site' });
    expect(silent.status).toBe(403);
  });

  test('a preflight of another origin is not granted', async () => {
    const asked = { host: own(), origin: 'http://localhost:3000', 'access-control-request-headers': 'x-caro-token' };
    const answer = await raw('/api/status', asked, 'OPTIONS');
    expect(answer.status).toBe(403);
    expect(answer.headers['access-control-allow-headers']).toBeUndefined();
  });

  test('changes need its own origin: none, null and a foreign one are refused', async () => {
    for (const origin of [undefined, 'null', 'http://localhost:3000', `https://${own()}`]) {
      const headers = origin === undefined ? both() : { ...both(), origin };
      expect([origin, (await raw('/api/logout', headers, 'POST')).status]).toEqual([origin, 403]);
    }
    expect((await raw('/api/status', both())).status).toBe(200);
  });

  test('a login form on another web page is refused and does not use up a login', async () => {
    const { file } = await rig.dashboard.mintLogin();
    const token = loginTokenIn(file);
    expect((await postLogin(rig.dashboard, token, 'http://evil.example')).status).toBe(403);
    expect((await postLogin(rig.dashboard, token)).status).toBe(200);
  });
});

describe('what every answer carries', () => {
  test('a policy without inline scripts, and no frames, no sniffing, no referrer, no storing', async () => {
    for (const path of ['/', '/api/status', '/nowhere']) {
      const { headers } = await raw(path, both());
      expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers['content-security-policy']).not.toContain('unsafe');
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['referrer-policy']).toBe('no-referrer');
      expect(headers['cache-control']).toBe('no-store');
    }
  });

  test('assets are precompressed, named by their content and cached forever', async () => {
    const { body } = await raw('/', both());
    const path = /src="\.(\/assets\/[^"]+\.js)"/.exec(body)?.[1] ?? '';
    const { status, headers } = await raw(path, { host: own(), 'accept-encoding': 'br' });
    expect(status).toBe(200);
    expect(headers['content-encoding']).toBe('br');
    expect(headers['cache-control']).toContain('immutable');
  });

  test('no path leaves the assets folder', async () => {
    for (const path of ['/assets/../index.html', '/assets/%2e%2e/enter.html', '/assets/..%2f..%2fweb.js']) {
      expect((await raw(path, both())).status).toBeGreaterThanOrEqual(400);
    }
  });
});

describe('what is not described is refused', () => {
  test.each([
    '/api/events?limit=100000',
    '/api/events?risk=terrible',
    '/api/events?sql=1',
    '/api/overview',
    '/api/overview?since=yesterday&until=2026-01-01T00:00:00Z',
    '/api/audit?type=nothing.known',
    '/api/summary?period=yearly',
  ])('%s', async (path) => {
    const answer = await raw(path, both());
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toEqual({ error: { code: 'usage', message: expect.any(String) } });
  });
});

test('a page with a sandboxed frame, whose origin is null as well, cannot use up the attempts to log in', async () => {
  const { file } = await rig.dashboard.mintLogin();
  const framed = {
    host: own(),
    origin: 'null',
    'sec-fetch-dest': 'iframe',
    'sec-fetch-mode': 'navigate',
    'sec-fetch-site': 'cross-site',
    'content-type': 'application/x-www-form-urlencoded',
  };
  for (let attempt = 0; attempt < 25; attempt += 1) {
    const { status, body } = await raw('/login', framed, 'POST', 'login=guess');
    expect({ status, body }).toMatchObject({ status: 403, body: expect.stringContaining('foreign_origin') });
  }
  const opened = { ...framed, 'sec-fetch-dest': 'document' };
  expect((await raw('/login', opened, 'POST', `login=${loginTokenIn(file)}`)).status).toBe(200);
});
