import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type DashboardRig, DIST, openRig } from '../dashboard-rig.ts';

const dist = mkdtempSync(join(tmpdir(), 'caro-dist-'));
let rig: DashboardRig;
beforeAll(async () => {
  cpSync(DIST, dist, { recursive: true });
  rmSync(join(dist, 'web-api.js'));
  rig = await openRig({ childPath: join(dist, 'web.js') });
});
afterAll(async () => {
  await rig.close();
  rmSync(dist, { recursive: true });
});

const get = (path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET'): Promise<Response> =>
  fetch(new URL(path, rig.dashboard.url), { method, headers });

async function script(): Promise<string> {
  const locked = await (await get('/')).text();
  const path = /href="\.(\/assets\/[^"]+\.css)"/.exec(locked)?.[1];
  if (path === undefined) throw new Error('expected a style in the page');
  return path;
}

describe('before anything that answers with data has been loaded', () => {
  test('the page and what it is made of are served', async () => {
    expect((await get('/')).status).toBe(401);
    expect((await get(await script())).headers.get('content-type')).toBe('text/css; charset=utf-8');
  });

  test('a failure to load that is an error in the form of all errors, with the headers of all answers', async () => {
    const answer = await get('/api/status');
    expect(answer.status).toBe(500);
    expect(await answer.json()).toEqual({ error: { code: 'internal', message: expect.any(String) } });
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  });
});

describe('an asset', () => {
  test('has the headers of every answer and may be cached forever', async () => {
    const { headers } = await get(await script());
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  });

  test.each([
    ['br, gzip', 'br'],
    ['gzip, deflate', 'gzip'],
    ['br;q=0, gzip;q=0.5', 'gzip'],
    ['identity', null],
    ['br; q=0', null],
  ])('asked for with %s comes as %s', async (accepted, encoding) => {
    const answer = await get(await script(), { 'accept-encoding': accepted }, 'HEAD');
    expect([answer.status, answer.headers.get('content-encoding'), answer.headers.get('vary')]).toEqual([
      200,
      encoding,
      'accept-encoding',
    ]);
  });

  test('is the same in each encoding', async () => {
    const path = await script();
    const plain = await (await get(path, { 'accept-encoding': 'identity' })).text();
    // fetch undoes the encoding.
    expect(await (await get(path, { 'accept-encoding': 'br' })).text()).toBe(plain);
    expect(await (await get(path, { 'accept-encoding': 'gzip' })).text()).toBe(plain);
    expect(plain).toContain('--accent');
    expect(() => gunzipSync(plain)).toThrow();
  });

  test('is not given to another origin', async () => {
    const path = await script();
    expect((await get(path, { origin: 'http://localhost:3000' })).status).toBe(403);
    expect((await get('/', { origin: 'http://localhost:3000' })).status).toBe(403);
  });
});

test('a compressed copy has no address of its own, and neither has a document', async () => {
  for (const path of [`${await script()}.br`, '/index.html', '/enter.html', '/assets/']) {
    // Everything else is the API's, which is missing here.
    expect([path, (await get(path)).status]).toEqual([path, 500]);
  }
});
