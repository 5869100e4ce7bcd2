import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { placesFrom } from '../../../src/config/places.ts';
import type { QueryProgress, QueryResult } from '../../../src/domain/answers/query.ts';
import type { SavedAnswer } from '../../../src/domain/answers/saved-answer.ts';
import type { AuditRecord } from '../../../src/domain/audit/audit-record.ts';
import type { Explanation, TrustRules } from '../../../src/domain/policy/policy.ts';
import { openReadOnly } from '../../../src/storage/database.ts';
import { createMarkReader } from '../../../src/storage/trends/mark-store.ts';
import type { Aggregates, Preview, SavedAnswers } from '../../../src/web/page/data/contract.ts';
import type { Login } from '../dashboard-rig.ts';
import { type MeshRig, openMeshRig } from '../mesh-rig.ts';

interface Line {
  readonly progress?: QueryProgress;
  readonly result?: QueryResult;
}

let rig: MeshRig;
let login: Login;
const typed = [
  { pattern: 'git push', family: 'git', times: 6 },
  { pattern: 'rm', family: 'files', times: 2, risk: 'critical' as const },
];

beforeAll(async () => {
  rig = await openMeshRig(
    'security',
    [
      { name: 'ana', lets: 'supervisor', typed },
      { name: 'ben', lets: 'supervisor', typed },
      { name: 'eve' },
      { name: 'gone', state: 'connecting' },
      { name: 'late', state: 'skewed', skewMs: 400_000 },
    ],
    { floor: 2 },
  );
  login = await rig.login();
});
afterAll(() => rig.close());

async function read<T>(path: string): Promise<T> {
  const answer = await rig.get(path, login);
  expect(answer.status).toBe(200);
  return (await answer.json()) as T;
}
const audited = async (type: string) =>
  (await read<{ records: readonly AuditRecord[] }>(`/api/audit?type=${type}`)).records;
const marks = () => {
  const database = openReadOnly(placesFrom({ CARO_HOME: rig.home }, rig.home).database);
  const all = createMarkReader(database).list();
  database.close();
  return all;
};
const managed = (): string => {
  try {
    return readFileSync(join(rig.home, 'config', 'managed.toml'), 'utf8');
  } catch {
    return '';
  }
};

/** Paths of all fields, the items of a list together. */
const fieldsOf = (value: unknown, at = ''): readonly string[] => {
  if (typeof value !== 'object' || value === null) return [at];
  if (Array.isArray(value)) return [...new Set(value.flatMap((item) => fieldsOf(item, `${at}[]`)))];
  return Object.entries(value).flatMap(([name, field]) =>
    field === undefined ? [] : fieldsOf(field, `${at}.${name}`),
  );
};

// A field that a schema does not list is dropped without a word, and the page finds none.
test.each([
  ['service.status', '/api/status'],
  ['policy.sharing', '/api/sharing'],
  ['aggregates.preview', '/api/aggregates'],
  ['rules.list', '/api/rules'],
  ['anomalies.list', '/api/anomalies'],
  ['alerts.list', '/api/alerts'],
  ['trust.list', '/api/trust'],
] as const)('the page gets every field of %s', async (kind, path) => {
  // The page knows its own address.
  const said = fieldsOf(await rig.bus.request(kind, {})).filter((field) => !field.startsWith('.dashboard.'));
  expect(said.length).toBeGreaterThan(0);
  expect([...fieldsOf(await read(path))].sort()).toEqual([...said].sort());
});

describe('a question to the mesh', () => {
  const ask = async (body: unknown = { type: 'safety-posture', spanHours: 168 }): Promise<readonly Line[]> => {
    const answer = await rig.post('/api/mesh/query', body, login);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/x-ndjson; charset=utf-8']);
    const lines = (await answer.text()).split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as Line);
  };

  test('reports every node as it finishes, then the sum, with each node accounted for', async () => {
    const lines = await ask();
    const progress = lines.flatMap((line) => (line.progress ? [line.progress] : []));
    expect(progress.map(({ targets }) => targets.length)).toEqual([1, 2, 3, 4, 5]);
    const { result } = lines.at(-1) ?? {};
    expect(result?.targets.map(({ name, state }) => [name, state])).toEqual([
      ['ana', 'answered'],
      ['ben', 'answered'],
      ['eve', 'access_denied'],
      ['gone', 'no_response'],
      ['late', 'skewed'],
    ]);
    expect(result?.aggregate).toMatchObject({ commands: 16, 'levels.critical': 4, 'levels.safe': 12 });
  });

  test('asks for the chosen span and no longer one', async () => {
    for (const spanHours of [24, 168, 720]) {
      await ask({ type: 'node-health', spanHours });
      expect((await audited('query.sent'))[0]?.details).toMatchObject({ query: 'node-health', spanHours });
    }
  });

  test('over enough nodes is saved with the states of all nodes, and can be opened', async () => {
    const { result } = (await ask({ type: 'safety-posture', spanHours: 24 })).at(-1) ?? {};
    const { answers } = await read<SavedAnswers>('/api/mesh/answers?limit=1');
    expect(answers).toMatchObject([
      { type: 'safety-posture', spanHours: 24, askedBy: 'person', targets: 5, contributors: 2 },
    ]);
    const saved = await read<SavedAnswer>(`/api/mesh/answers/answer?seq=${answers[0]?.seq ?? 0}`);
    expect(saved.result).toEqual(result);
    expect((await rig.get('/api/mesh/answers/answer?seq=999999', login)).status).toBe(404);
  });

  test('contains no figures while it runs', async () => {
    const lines = (await ask()).filter((line) => line.progress);
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(Object.keys(line)).toEqual(['progress']);
    expect(JSON.stringify(lines)).not.toMatch(/summary|aggregate|cells/);
  });

  test.each([{ type: 'everything', spanHours: 24 }, { type: 'anomalies', spanHours: 25 }, { type: 'anomalies' }])(
    'that does not exist is not asked: %j',
    async (body) => {
      expect((await rig.post('/api/mesh/query', body, login)).status).toBe(400);
    },
  );
});

test('a mark is added once and removed once', async () => {
  const body = { first: '2026-01-01', last: '2026-01-02', label: 'campaign' };
  const answer = await rig.post('/api/marks', body, login);
  const { id } = (await answer.json()) as { readonly id: number };
  expect(marks()).toEqual([{ id, ...body }]);
  const removals = [
    await rig.post('/api/marks/removal', { id }, login),
    await rig.post('/api/marks/removal', { id }, login),
  ];
  expect(removals.map(({ status }) => status)).toEqual([200, 404]);
  expect(marks()).toEqual([]);
});

describe('the switches of the owner (FR-903)', () => {
  const changes = [
    ['/api/settings', { set: 'sharing', level: 1 }],
    ['/api/settings', { set: 'trust', id: '', level: 'untrusted' }],
    ['/api/settings', { set: 'revoked', id: '' }],
    ['/api/trust/confirmation', { id: '' }],
    ['/api/mesh/query', { type: 'anomalies', spanHours: 24 }],
    ['/api/events/deletion', { ids: [1] }],
    ['/api/marks', { first: '2026-01-01', last: '2026-01-02', label: 'planted' }],
    ['/api/marks/removal', { id: 1 }],
  ] as const;
  const bodyOf = (body: object): object => ('id' in body ? { ...body, id: rig.ids[0] } : body);

  test.each(changes)('%s needs this page as origin, the cookie and the token', async (path, body) => {
    const state = async () => [
      ...[managed(), (await audited('query.sent')).length, (await audited('events.deleted')).length, marks()],
    ];
    const before = await state();
    const without = [
      { origin: 'http://localhost:1' },
      { origin: 'null' },
      { cookie: 'caro=other' },
      { 'x-caro-token': 'other' },
    ];
    const statuses = await Promise.all(
      without.map(async (headers) => (await rig.post(path, bodyOf(body), login, headers)).status),
    );
    expect(statuses).toEqual([403, 403, 401, 401]);
    expect(await state()).toEqual(before);
  });

  test('enabling and disabling sharing is stored and recorded in the audit log', async () => {
    for (const level of [2, 1, 0]) {
      const preview = level === 2 ? await shownVectors() : await shownPreview();
      expect((await rig.post('/api/settings', { set: 'sharing', level, preview }, login)).status).toBe(200);
      expect(await read('/api/sharing')).toEqual({ level, denyTools: [], warnings: [] });
      expect(managed()).toContain(`level = ${level}`);
      expect((await audited('sharing.changed'))[0]?.details).toMatchObject({ level });
    }
  });

  const shownPreview = async (): Promise<string> => (await read<Preview>('/api/summary?period=daily')).digest;
  const shownVectors = async (): Promise<string> => (await read<Aggregates>('/api/aggregates')).digest;
  const share = async (body: object): Promise<readonly [number, unknown]> => {
    const answer = await rig.post('/api/settings', { set: 'sharing', ...body }, login);
    return [answer.status, await answer.json()];
  };
  const UNSEEN = [409, { error: { code: 'preview_unseen', message: expect.stringContaining('look at it') } }];

  test('sharing more needs a preview that was shown: none, or an invented one, is refused', async () => {
    await rig.post('/api/settings', { set: 'sharing', level: 0 }, login);
    const before = managed();
    expect(await share({ level: 2 })).toEqual(UNSEEN);
    expect(await share({ level: 1, preview: 'a'.repeat(64) })).toEqual(UNSEEN);
    expect(managed()).toBe(before);
    // A summary does not show what would leave at level 2.
    expect(await share({ level: 2, preview: await shownPreview() })).toEqual(UNSEEN);
    expect(await share({ level: 2, preview: await shownVectors() })).toEqual([200, {}]);
    // Summaries are more than sums.
    expect(await share({ level: 1 })).toEqual(UNSEEN);
    expect(await share({ level: 1, preview: await shownVectors() })).toEqual(UNSEEN);
    expect(await share({ level: 1, preview: await shownPreview() })).toEqual([200, {}]);
    expect(await share({ level: 2 })).toEqual([200, {}]);
    expect(await share({ level: 0 })).toEqual([200, {}]);
  });

  test('a trust level is set, and explained by the rule that decides', async () => {
    await rig.post('/api/settings', { set: 'sharing', level: 1, preview: await shownPreview() }, login);
    const [, ben = ''] = rig.ids;
    expect((await rig.post('/api/settings', { set: 'trust', id: ben, level: 'supervisor' }, login)).status).toBe(200);
    const { nodes } = await read<TrustRules>('/api/trust');
    expect(nodes.find(({ id }) => id === ben)).toEqual({
      id: ben,
      name: 'ben',
      address: '10.0.1.11',
      level: 'supervisor',
    });
    const told = await read<Explanation>(`/api/trust/explanation?id=${encodeURIComponent(ben)}&address=10.0.1.11`);
    expect(told).toMatchObject({ trust: 'supervisor', decision: { allow: true, level: 2, rule: 'trust.nodes' } });
    expect((await audited('trust.changed'))[0]?.details).toMatchObject({ nodes: { [ben]: 'supervisor' } });
  });

  test('a revoked node is denied, and setting a trust level does not silently lift that', async () => {
    const [ana = ''] = rig.ids;
    expect((await rig.post('/api/settings', { set: 'revoked', id: ana }, login)).status).toBe(200);
    const rules = await read<TrustRules>('/api/trust');
    expect(rules.deniedNodes).toEqual([{ id: ana, name: 'ana', address: '10.0.1.10' }]);
    expect(rules.nodes.map(({ id }) => id)).not.toContain(ana);
    expect((await rig.post('/api/settings', { set: 'trust', id: ana, level: 'peer' }, login)).status).toBe(400);
    expect((await read<TrustRules>('/api/trust')).deniedNodes).toHaveLength(1);
  });

  test('two simultaneous changes are both kept', async () => {
    const [, , eve = '', gone = ''] = rig.ids;
    await Promise.all([
      rig.post('/api/settings', { set: 'trust', id: eve, level: 'share_to' }, login),
      rig.post('/api/settings', { set: 'trust', id: gone, level: 'query_from' }, login),
    ]);
    const { nodes } = await read<TrustRules>('/api/trust');
    const levels = new Map(nodes.map(({ id, level }) => [id, level]));
    expect([levels.get(eve), levels.get(gone)]).toEqual(['share_to', 'query_from']);
  });
});

describe('the ledger of what left', () => {
  test('is listed newest first, by recipient, page by page, with each message byte for byte', async () => {
    const [ana = '', ben = ''] = rig.ids;
    const bytes = '{"payload":"eyJ…","name":"Grüße"}';
    const entry = { time: new Date().toISOString(), address: '10.0.1.10', type: 'response', level: 2 as const, bytes };
    rig.send([ana, ben, ana].map((recipient) => ({ ...entry, recipient, rule: 'trust.nodes' })));
    const page = await read<{ messages: { seq: number; size: number }[]; next: number }>('/api/egress?limit=2');
    expect(page.messages.map(({ seq }) => seq)).toEqual([3, 2]);
    expect(page.messages[0]?.size).toBe(Buffer.byteLength(bytes));
    expect(await read(`/api/egress?before=${page.next}`)).toMatchObject({ messages: [{ seq: 1 }], next: null });
    const bens = await read<{ messages: unknown[] }>(`/api/egress?peer=${encodeURIComponent(ben)}`);
    expect(bens.messages).toHaveLength(1);
    expect(await read('/api/egress/message?seq=2')).toMatchObject({ seq: 2, recipient: ben, bytes });
    expect((await rig.get('/api/egress/message?seq=99', login)).status).toBe(404);
  });
});

test('a history that is too short reports nothing unusual', async () => {
  expect(await read('/api/anomalies')).toMatchObject({ judged: false, anomalies: [] });
});
