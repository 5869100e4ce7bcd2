import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { EventPage, Overview, Preview } from '../../../src/web/page/data/contract.ts';
import { type DashboardRig, type Login, openRig } from '../dashboard-rig.ts';
import { sampleCommands } from '../sample-commands.ts';

const DAY_MS = 86_400_000;
let rig: DashboardRig;
let login: Login;
const nowMs = Date.now();
const sample = sampleCommands(700, 7, nowMs);

beforeAll(async () => {
  rig = await openRig();
  await rig.record(sample);
  login = await rig.login();
});
afterAll(() => rig.close());

async function read<T>(path: string): Promise<T> {
  const answer = await rig.get(path, login);
  expect(answer.status).toBe(200);
  return (await answer.json()) as T;
}

const week = () => {
  const bounds = { since: new Date(nowMs - 8 * DAY_MS).toISOString(), until: new Date(nowMs + DAY_MS).toISOString() };
  return new URLSearchParams(bounds).toString();
};

describe('the overview (FR-802)', () => {
  test('counts every command, failure and risk level of its range', async () => {
    const { statistics } = await read<Overview>(`/api/overview?${week()}`);
    expect(statistics.commands).toBe(700);
    expect(statistics.failures).toBe(sample.finished.filter(({ exitCode }) => exitCode !== 0).length);
    for (const level of ['safe', 'moderate', 'high', 'critical'] as const) {
      expect([level, statistics.levels[level]]).toEqual([
        level,
        sample.started.filter(({ risk }) => risk === level).length,
      ]);
    }
    expect(statistics.slots.reduce((sum, slot) => sum + slot.count, 0)).toBe(700);
  });

  test('returns the latest risky commands with the reasons and safer alternatives of their rules', async () => {
    const { risky, rules } = await read<Overview>(`/api/overview?${week()}`);
    expect(risky.length).toBeGreaterThan(0);
    for (const event of risky) {
      expect(['high', 'critical']).toContain(event.risk);
      const rule = rules.find(({ id }) => id === event.rules[0]);
      expect(rule?.reason).toEqual(expect.stringMatching(/\w/));
      expect(rule?.safer).toEqual(expect.stringMatching(/\w/));
    }
  });

  test('returns the state of the service, and only the state of its actors', async () => {
    const busy = { handled: 9, failed: 1, restarts: 1, queue: 2, busyMs: 3 };
    rig.faults = { actors: [{ name: 'auditor', state: 'restarting', ...busy }] };
    const { status } = await read<Overview>(`/api/overview?${week()}`);
    rig.faults = {};
    expect(status).toMatchObject({ mesh: { enabled: false, peers: [] }, observe: { events: 700, dropped: 0 } });
    expect(status?.actors).toEqual([{ name: 'auditor', state: 'restarting' }]);
  });
});

describe('the events', () => {
  test('pages contain every event once, newest first', async () => {
    const seen: number[] = [];
    let before: number | null = null;
    do {
      const path: string = `/api/events?limit=64${before === null ? '' : `&before=${before}`}`;
      const page: EventPage = await read<EventPage>(path);
      seen.push(...page.events.map((event) => event.id));
      before = page.next;
    } while (before !== null);
    expect(seen).toHaveLength(700);
    expect(new Set(seen).size).toBe(700);
    const times = (await read<EventPage>('/api/events?limit=200')).events.map((event) => event.time);
    expect(times).toEqual([...times].sort().reverse());
  });

  test('can be searched by text, tool and minimum risk together', async () => {
    const wanted = sample.started.filter(({ command }) => command.includes('FORCE'.toLowerCase()));
    const { events } = await read<EventPage>('/api/events?text=FORCE&tool=git&risk=high&limit=200');
    expect(events).toHaveLength(wanted.length);
    expect(new Set(events.map((event) => event.command))).toEqual(new Set(['git push --force origin main']));
  });

  test('a page that ends exactly at the last event says so', async () => {
    const { events, next } = await read<EventPage>('/api/events?tool=nothing-of-the-kind');
    expect([events, next]).toEqual([[], null]);
  });
});

describe('privacy', () => {
  test('the preview is the signed document, and its payload is what the page explains', async () => {
    const preview = await read<Preview>('/api/summary?period=weekly');
    expect(preview.bytes).toBe(Buffer.byteLength(preview.envelope));
    const envelope = JSON.parse(preview.envelope) as { payload: string; signatures: unknown[] };
    expect(Buffer.from(envelope.payload, 'base64').toString('utf8')).toBe(preview.payload);
    expect(envelope.signatures).toHaveLength(1);
  });

  test('a preview contains no command text', async () => {
    const { envelope, payload } = await read<Preview>('/api/summary?period=weekly');
    const typed = sample.started.filter((started) => started.command.includes(' -'));
    expect(typed.length).toBeGreaterThan(0);
    for (const { command, cwd } of typed) {
      expect(envelope + payload).not.toContain(command);
      expect(envelope + payload).not.toContain(cwd);
    }
  });

  test('the sharing level is what the policy engine says', async () => {
    expect(await read('/api/sharing')).toEqual({ level: 0, denyTools: [], warnings: [] });
  });
});

test('a range with a time that does not exist is refused', async () => {
  const answer = await rig.get('/api/overview?since=2026-13-45T99:99:99Z&until=2026-01-01T00:00:00Z', login);
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ error: { code: 'usage', message: expect.stringContaining('since') } });
});

test('the description names every address of the API with its input and its answer', async () => {
  const { openapi, paths } = await read<{
    openapi: string;
    paths: Record<string, Record<string, { parameters: { name: string }[]; responses: Record<string, unknown> }>>;
  }>('/api/openapi.json');
  expect(openapi).toBe('3.1.0');
  expect(paths['/api/events']?.['get']?.parameters.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['text', 'tool', 'risk', 'before', 'limit']),
  );
  expect(JSON.stringify(paths['/api/overview']?.['get']?.responses['200'])).toContain('"durationBuckets"');
  expect(JSON.stringify(paths)).not.toContain('nullable');
  const described = Object.keys(paths).sort();
  expect(described).toEqual([
    '/api/activity',
    '/api/advisories',
    '/api/advisories/hidden',
    '/api/aggregates',
    '/api/alerts',
    '/api/anomalies',
    '/api/audit',
    '/api/audit/verification',
    '/api/blind',
    '/api/blind/days',
    '/api/blind/preview',
    '/api/egress',
    '/api/egress/message',
    '/api/events',
    '/api/events/deletion',
    '/api/fleet',
    '/api/fleet/requests',
    '/api/live',
    '/api/logout',
    '/api/marks',
    '/api/marks/removal',
    '/api/mesh/answers',
    '/api/mesh/answers/answer',
    '/api/mesh/query',
    '/api/openapi.json',
    '/api/organization',
    '/api/organization/agreement',
    '/api/organization/joining',
    '/api/organization/leaving',
    '/api/organization/offer',
    '/api/overview',
    '/api/posture',
    '/api/posture/sources',
    '/api/posture/techniques',
    '/api/posture/units',
    '/api/report',
    '/api/rules',
    '/api/rules/replay',
    '/api/settings',
    '/api/sharing',
    '/api/status',
    '/api/summaries',
    '/api/summary',
    '/api/techniques',
    '/api/totals',
    '/api/totals/days',
    '/api/trust',
    '/api/trust/confirmation',
    '/api/trust/explanation',
    '/api/trust/keys',
    '/api/work',
  ]);
});

describe('the audit log', () => {
  test('is listed newest first, page by page, and verifies', async () => {
    for (let extra = 0; extra < 3; extra += 1) await rig.login();
    const first = await read<{ records: { seq: number }[]; next: number | null }>('/api/audit?limit=2');
    expect(first.records).toHaveLength(2);
    const second = await read<{ records: { seq: number }[] }>(`/api/audit?limit=2&before=${first.next}`);
    expect([...first.records, ...second.records].map(({ seq }) => seq)).toEqual(
      [0, 1, 2, 3].map((back) => (first.records[0]?.seq ?? 0) - back),
    );
    expect(await read('/api/audit/verification')).toMatchObject({ ok: true, firstBad: null });
  });
});
