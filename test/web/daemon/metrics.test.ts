import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type PrometheusFamily, parsePrometheus } from '../../rig/text/prometheus-text.ts';
import { DIST, type Login, openRig } from '../dashboard-rig.ts';
import { type MeshRig, openMeshRig } from '../mesh-rig.ts';
import { sampleCommands } from '../sample-commands.ts';

const TOKEN = 'x'.repeat(43);
let rig: MeshRig;
let login: Login;
let file: string;
beforeAll(async () => {
  rig = await openMeshRig('security', [
    { name: 'ana', lets: 'supervisor' },
    { name: 'gone', state: 'connecting' },
    { name: 'off', state: 'refused' },
  ]);
  file = join(rig.home, 'data', 'metrics.token');
  await rig.record(sampleCommands(300, 3, Date.now()));
  login = await rig.login();
});
afterAll(() => rig.close());
beforeEach(() => {
  rmSync(file, { force: true });
  writeFileSync(file, `${TOKEN}\n`, { mode: 0o600 });
});

const scrape = (headers: Readonly<Record<string, string>> = { authorization: `Bearer ${TOKEN}` }, method = 'GET') =>
  fetch(new URL('/metrics', rig.dashboard.url), { method, headers });
const families = async (): Promise<readonly PrometheusFamily[]> => parsePrometheus(await (await scrape()).text());

describe('the figures', () => {
  test('are in the text format, of its media type, with the headers of every answer', async () => {
    const answer = await scrape();
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(parsePrometheus(await answer.text()).length).toBeGreaterThan(20);
  });

  test('report what was stored, the state of the peers and the queries', async () => {
    await rig.post('/api/mesh/query', { type: 'anomalies', spanHours: 24 }, login).then((answer) => answer.text());
    const found = await families();
    const value = (name: string, labels: Readonly<Record<string, string>> = {}) =>
      found
        .find((family) => family.name === name)
        ?.samples.find((sample) => JSON.stringify(sample.labels) === JSON.stringify(labels))?.value;
    expect(value('caro_events_stored')).toBe(300);
    expect(value('caro_events_dropped_total')).toBe(0);
    expect(value('caro_mesh_peers', { state: 'connected' })).toBe(1);
    expect(value('caro_mesh_peers', { state: 'connecting' })).toBe(1);
    expect(value('caro_mesh_peers', { state: 'refused' })).toBe(1);
    expect(value('caro_mesh_peers', { state: 'skewed' })).toBe(0);
    expect(value('caro_queries_total', { direction: 'asked' })).toBe(1);
    expect(value('caro_queries_total', { direction: 'answered' })).toBe(0);
    expect(value('caro_audit_records')).toBeGreaterThan(0);
    expect(value('caro_database_bytes')).toBeGreaterThan(4096);
    expect(value('process_resident_memory_bytes')).toBeGreaterThan(1e6);
  });

  test('have no series that grows with what is observed, and nothing of a command, a path or a peer', async () => {
    const before = (await families()).map(({ name, samples }) => [name, samples.length]);
    await rig.record(sampleCommands(200, 3, Date.now(), 77));
    expect((await families()).map(({ name, samples }) => [name, samples.length])).toEqual(before);
    const text = await (await scrape()).text();
    for (const { command, cwd } of sampleCommands(300, 3, Date.now()).started) {
      expect(text).not.toContain(command);
      if (cwd !== null) expect(text).not.toContain(cwd);
    }
    for (const id of rig.ids) expect(text).not.toContain(id);
    expect(text).not.toMatch(/ana|10\.0\.1/);
  });
});

describe('who may have them', () => {
  test('to callers with the token or a login', async () => {
    expect((await scrape()).status).toBe(200);
    expect((await scrape({ authorization: `bearer ${TOKEN}` })).status).toBe(200);
    expect((await rig.get('/metrics', login)).status).toBe(200);
  });

  test.each([
    ['nothing', {}],
    ['another token', { authorization: `Bearer ${'y'.repeat(43)}` }],
    ['a part of the token', { authorization: `Bearer ${TOKEN.slice(1)}` }],
    ['an empty token', { authorization: 'Bearer ' }],
    ['another scheme', { authorization: `Basic ${TOKEN}` }],
    ['the token as page token', { 'x-caro-token': TOKEN }],
    ['the token as cookie', { cookie: `caro=${TOKEN}` }],
  ])('not who brings %s', async (_what, headers) => {
    const answer = await scrape(headers);
    expect(answer.status).toBe(401);
    expect(await answer.json()).toEqual({ error: { code: 'not_logged_in', message: expect.any(String) } });
  });

  test('not to a page of another origin or under a foreign name, whatever it sends', async () => {
    const authorization = `Bearer ${TOKEN}`;
    expect((await scrape({ authorization, origin: 'http://localhost:3000' })).status).toBe(403);
    expect((await scrape({ authorization, 'sec-fetch-site': 'same-site' })).status).toBe(403);
  });

  test('to nobody if the file is missing, readable by others, or a link', async () => {
    chmodSync(file, 0o644);
    expect((await scrape()).status).toBe(503);
    rmSync(file);
    expect((await scrape()).status).toBe(401);
    const elsewhere = join(rig.home, 'elsewhere');
    writeFileSync(elsewhere, TOKEN, { mode: 0o600 });
    symlinkSync(elsewhere, file);
    expect((await scrape()).status).toBe(401);
    rmSync(file);
    // Opening it would wait for a writer, and the whole service with it.
    execFileSync('mkfifo', ['-m', '600', file]);
    expect((await scrape()).status).toBe(503);
    rmSync(file);
    writeFileSync(file, '', { mode: 0o600 });
    expect((await scrape({ authorization: 'Bearer ' })).status).toBe(401);
  });

  test('a refusal is recorded without the token', async () => {
    const records = await rig.bus.request('audit.list', { type: 'dashboard.refused', limit: 100 });
    expect(records.map(({ details }) => details['reason'])).toContain('metrics');
    expect(JSON.stringify(records)).not.toContain(TOKEN);
  });
});

test('a scrape does not load the code of the page', async () => {
  const dist = mkdtempSync(join(tmpdir(), 'caro-dist-'));
  cpSync(DIST, dist, { recursive: true });
  rmSync(join(dist, 'web-api.js'));
  const bare = await openRig({ childPath: join(dist, 'web.js') });
  writeFileSync(join(bare.home, 'data', 'metrics.token'), TOKEN, { mode: 0o600 });
  const answer = await fetch(new URL('/metrics', bare.dashboard.url), {
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  expect(answer.status).toBe(200);
  await bare.close();
  rmSync(dist, { recursive: true });
});

test('the reader of the format reports every deviation', () => {
  const good = '# HELP a_total A.\n# TYPE a_total counter\na_total{b="c"} 1\n';
  expect(parsePrometheus(good)).toEqual([
    { name: 'a_total', type: 'counter', samples: [{ labels: { b: 'c' }, value: 1 }] },
  ]);
  for (const [from, to] of [
    ['# TYPE', '# TYP'],
    ['counter', 'gauge'],
    ['b="c"', 'b=c'],
    ['} 1', '} one'],
    ['a_total{', 'b_total{'],
    ['b="c"', 'b="c",b="d"'],
    ['1\n', '1\na_total{b="c"} 2\n'],
  ] as const)
    expect(() => parsePrometheus(good.replace(from, to))).toThrow();
});
