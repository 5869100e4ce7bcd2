import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import MarkdownIt from 'markdown-it';
import type { Browser } from 'playwright-core';
import { preparePlaces } from '../../src/config/places.ts';
import { REPORT_FORMATS } from '../../src/domain/reports/render.ts';
import type { Report } from '../../src/domain/reports/report.ts';
import { changeText, rateText } from '../../src/domain/reports/report-words.ts';
import { openDatabase, openReadOnly } from '../../src/storage/database.ts';
import { createMarkStore } from '../../src/storage/trends/mark-store.ts';
import { createTrendReader } from '../../src/storage/trends/trend-reader.ts';
import { parseCsv } from '../reports/csv-table.ts';
import { seedYear } from '../rig/organisation-year.ts';
import { hasBrowser, launchBrowser } from '../web/browser.ts';
import { type CommandLine, commandLine } from './command-line.ts';

const ATTACK = '<script>alert(1)</script>|*x*';

let cli: CommandLine;
beforeAll(() => {
  cli = commandLine();
  preparePlaces(cli.places);
  const { database } = openDatabase(cli.places.database, Date.parse('2026-03-04T05:06:07.008Z'));
  // The newest day is a Tuesday.
  seedYear(database, { until: '2026-03-03', days: 210 });
  createMarkStore(database).add({ first: '2026-02-10', last: '2026-02-12', label: ATTACK });
  database.close();
});
afterAll(() => cli.remove());

const run = async (...args: readonly string[]): Promise<string> => {
  const { code, out, err } = await cli.run(['report', ...args]);
  expect([code, err]).toEqual([0, '']);
  return out;
};
const json = async (...args: readonly string[]): Promise<Report> =>
  JSON.parse(await run('--format', 'json', ...args)) as Report;

describe('caro report', () => {
  test.each([
    ['week', '2026-02-23', '2026-03-01', 7],
    ['month', '2026-02-01', '2026-02-28', 28],
    ['quarter', '2025-10-01', '2025-12-31', 92],
  ])('is about the last %s that is over', async (period, first, last, days) => {
    expect(await json('--period', period)).toMatchObject({ period, first, last, days });
  });

  test.each([
    ['week', 7],
    ['month', 28],
    ['quarter', 91],
  ] as const)('has the figures of the page for the span of a %s', async (period, days) => {
    const report = await json('--period', period, '--rolling');
    const database = openReadOnly(cli.places.database);
    const trends = createTrendReader(database);
    const { posture } = trends.posture({ days });
    const { techniques } = trends.heatMap({ days });
    database.close();
    expect(report.trend).toEqual(posture.points);
    expect(report.risky).toEqual(posture.risky);
    expect(report.levels).toEqual(posture.levels);
    expect(report.coverage.contributors).toBe(posture.latest?.contributors);
    expect(report.top.map(({ family, rate, change }) => [family, rate, change])).toEqual(
      posture.kinds.slice(0, 5).map(({ family, rate, change }) => [family, rate, change]),
    );
    const known = new Map(techniques.map((one) => [one.technique, one]));
    expect(report.techniques.length).toBeGreaterThan(25);
    for (const { name, tactic, ...figures } of report.techniques) {
      expect(figures).toEqual(known.get(figures.technique));
      expect([name, tactic].every((word) => word.length > 2)).toBe(true);
    }
  });

  test('names no node and no command, in any format', async () => {
    for (const format of REPORT_FORMATS) {
      const text = await run('--format', format);
      expect(text).not.toMatch(/caro:ed25519|\/home|rm -rf/);
      expect(text).toContain('2026-02-28');
    }
  });

  test('is a table in CSV that a strict reader of RFC 4180 takes, with the figures of the JSON', async () => {
    const [head = [], ...rows] = parseCsv(await run('--format', 'csv'));
    const report = await json();
    const cell = (section: string, name: string, column: string): string | undefined =>
      rows.find(([one, two]) => one === section && two === name)?.[head.indexOf(column)];
    expect(Number(cell('risky', 'high and critical', 'rate'))).toBe(report.risky.rate);
    for (const { family, rate, change, nodes } of report.top) {
      expect(Number(cell('kind', family, 'rate'))).toBe(rate);
      expect(cell('kind', family, 'change')).toBe(change === null ? '' : String(change));
      expect(cell('kind', family, 'nodes')).toBe(nodes === null ? '' : String(nodes));
    }
    expect(rows.filter(([section]) => section === 'technique')).toHaveLength(report.techniques.length);
    expect(rows.flat().filter((text) => /^[=@\t]|^[+-]\D/.test(text))).toEqual([]);
  });

  test('is Markdown with tables, in which the label of an event is text', async () => {
    const text = await run('--format', 'md');
    const tokens = new MarkdownIt('default').parse(text, {});
    const report = await json();
    expect(tokens.filter(({ type }) => type === 'table_open')).toHaveLength(3);
    expect(tokens.filter(({ type }) => type === 'tr_open')).toHaveLength(
      3 + report.trend.length + report.top.length + report.techniques.length,
    );
    expect(tokens.filter(({ type }) => type.startsWith('html'))).toEqual([]);
    const shown = new MarkdownIt('commonmark').render(text);
    expect(shown).toContain('&lt;script&gt;alert(1)&lt;/script&gt;|*x*');
    expect(shown).not.toContain('<script>');
  });

  test('says that nothing is known of a period before the first figures, not that there is none', async () => {
    const late = commandLine();
    preparePlaces(late.places);
    const { database } = openDatabase(late.places.database, Date.parse('2026-03-04T05:06:07.008Z'));
    seedYear(database, { until: '2026-03-03', days: 2 });
    database.close();
    for (const format of ['md', 'html']) {
      const { out } = await late.run(['report', '--format', format]);
      expect(out).toContain('There are no figures of this period.');
      expect(out.match(/None\b|No technique is known|0 of 0/g)).toEqual([
        ...(format === 'md' ? ['None', 'None'] : ['None', 'No technique is known']),
      ]);
      expect(out).toContain('None is known.');
      expect(out).not.toContain('Dashed');
    }
    late.remove();
  });

  test('is written to a file that only its owner reads', async () => {
    const file = join(cli.home, 'report.html');
    await run('--out', file);
    expect([statSync(file).mode & 0o777, readFileSync(file, 'utf8').slice(0, 15)]).toEqual([0o600, '<!DOCTYPE html>']);
  });

  test('says what is missing where there are no figures, or no such unit', async () => {
    const fresh = commandLine();
    preparePlaces(fresh.places);
    expect(await fresh.run(['report'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('start the service: caro service start'),
    });
    openDatabase(fresh.places.database, 0).database.close();
    expect(await fresh.run(['report'])).toMatchObject({ code: 1, err: expect.stringContaining('caro blind totals') });
    fresh.remove();
    expect(await cli.run(['report', '--block', 'nowhere'])).toMatchObject({ code: 1 });
  });

  const inBrowser = hasBrowser ? describe : describe.skip;
  inBrowser('in Chromium', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launchBrowser();
    });
    afterAll(() => browser.close());

    test.each(['week', 'month', 'quarter'] as const)(
      'the HTML of a %s shows the figures, fetches nothing and prints to one page',
      async (period) => {
        const html = await run('--period', period);
        const report = await json('--period', period);
        const page = await browser.newPage();
        const asked: string[] = [];
        page.on('request', (request) => asked.push(request.url()));
        page.on('console', (message) => asked.push(message.text()));
        await page.setContent(html);
        const rows = page.locator('table').first().locator('tr');
        const cells = (await rows.all()).slice(1).map((row) => row.locator('th, td').allTextContents());
        expect(await Promise.all(cells)).toEqual(
          report.top.map((kind) => [
            ...[kind.family, rateText(kind.rate), rateText(kind.before), changeText(kind.change)],
            kind.nodes?.toLocaleString('en') ?? '–',
          ]),
        );
        expect(await page.locator('.tile b').first().textContent()).toBe(rateText(report.risky.rate));
        expect(await page.locator('svg text').count()).toBeGreaterThan(report.trend.length);
        expect(await page.locator('script, link, img, iframe, a').count()).toBe(0);
        if (period === 'month') expect(await page.locator('main').textContent()).toContain(ATTACK);
        expect(asked).toEqual([]);
        const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
        expect(pdf.match(/\/Type\s*\/Page\b/g)).toHaveLength(1);
        await page.close();
      },
    );
  });
});
