import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { REPORT_FORMATS } from '../../../src/domain/reports/render.ts';
import type { Report } from '../../../src/domain/reports/report.ts';
import { parseCsv } from '../../reports/csv-table.ts';
import { seedMembers, seedYear } from '../../rig/organisation-year.ts';
import { caro } from '../../rig/service.ts';
import type { Login } from '../dashboard-rig.ts';
import { type MeshRig, openMeshRig } from '../mesh-rig.ts';

let rig: MeshRig;
let login: Login;
beforeAll(async () => {
  rig = await openMeshRig('security', [], {
    fill: (database) => {
      // The newest day is a Tuesday.
      seedYear(database, { until: '2026-03-03', days: 210, units: 3 });
      seedMembers(
        database,
        ['site-01', 'site-01', 'site-02'].map((unit, index) => ({ name: `member-${index}`, unit })),
      );
    },
  });
  login = await rig.login();
});
afterAll(() => rig.close());

const report = (query: string, headers = {}) => rig.get(`/api/report?${query}`, login, headers);

test('the report of the page has the figures of caro report', async () => {
  for (const [query, options] of [
    ['period=month', ['--period', 'month']],
    ['period=week&block=site-02', ['--period', 'week', '--block', 'site-02']],
  ] as const) {
    const { generatedAt: here, ...own } = (await (await report(`${query}&format=json`)).json()) as Report;
    const printed = await caro(rig.home, 'report', '--format', 'json', ...options);
    const { generatedAt: there, ...said } = JSON.parse(printed.stdout) as Report;
    expect(own).toEqual(said);
    expect(own.techniques.length).toBeGreaterThan(0);
    expect([here, there].every((time) => time.endsWith('Z'))).toBe(true);
  }
});

test('a report says how many members there are, where this node has their list', async () => {
  const of = async (query: string) =>
    ((await (await report(`period=month&format=json${query}`)).json()) as Report).coverage.members;
  expect([await of(''), await of('&block=site-01'), await of('&block=site-03')]).toEqual([3, 2, null]);
  expect(await (await report('period=month&format=html')).text()).toContain(', of 3 members');
});

test('each format is a file with a name and a policy under which nothing is fetched or run', async () => {
  for (const format of REPORT_FORMATS) {
    const answer = await report(`period=month&format=${format}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-disposition')).toBe(
      `attachment; filename="caro-report-2026-02-01-month.${format}"`,
    );
    expect(answer.headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'",
    );
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const [type] = (answer.headers.get('content-type') ?? '').split(';');
    expect(type).toBe({ html: 'text/html', csv: 'text/csv', json: 'application/json', md: 'text/markdown' }[format]);
    expect(await answer.text()).toContain('2026-02-28');
  }
  const csv = parseCsv(await (await report('period=month&format=csv')).text());
  expect(csv[0]).toContain('rate');
});

test('a report needs both halves of the login, this host and this origin', async () => {
  const query = 'period=month&format=json';
  const statuses = await Promise.all(
    [{ cookie: 'caro=other' }, { 'x-caro-token': 'other' }, { origin: 'http://localhost:1' }].map(
      async (headers) => (await report(query, headers)).status,
    ),
  );
  expect(statuses).toEqual([401, 401, 403]);
});

test.each([
  'period=year&format=json',
  'period=month&format=pdf',
  'period=month',
  'period=month&format=json&block=%0d%0a',
])('a report that there is not is refused: %s', async (query) => {
  expect((await report(query)).status).toBe(400);
});

test('a unit or a source that is none is not found', async () => {
  expect((await report('period=month&format=json&block=nowhere')).status).toBe(404);
  expect((await report('period=month&format=json&name=nothing')).status).toBe(404);
});
