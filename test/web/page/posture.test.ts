import { copyFileSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import type { Report } from '../../../src/domain/reports/report.ts';
import { rateText } from '../../../src/domain/reports/report-words.ts';
import { changed, perThousand } from '../../../src/web/page/model/trend-words.ts';
import { seedReports, seedYear, YEAR } from '../../rig/organisation-year.ts';
import { caro } from '../../rig/service.ts';
import { faults } from '../axe.ts';
import { hasBrowser, launchBrowser } from '../browser.ts';
import { type MeshRig, type Neighbour, openMeshRig } from '../mesh-rig.ts';
import { openSharedPage, overflow, PHONE, type SharedPage, WIDE } from '../shared-page.ts';

const inBrowser = hasBrowser ? describe : describe.skip;
const DAY_MS = 86_400_000;
const daysAgo = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);

const NODES: readonly Neighbour[] = [
  ...['ana', 'ben', 'cyd'].map((name): Neighbour => ({ name })),
  { name: 'dan', state: 'refused' },
  { name: 'eve' },
];

const ALERTS = `
[[alerts]]
name = "nodes-few"
measure = "contributors"
below = 1
[[alerts]]
name = "not-known"
measure = "techniques.T9999"
above = 0
[[alerts]]
name = "risk-high"
measure = "risky"
above = 0.001
`;

/** A seeded year of 40 units and 10,000 members, and what an analyst asks of it each week. */
inBrowser('the posture view over a year of totals', () => {
  let browser: Browser;
  let rig: MeshRig;
  let page: Page;
  let shown: SharedPage;
  beforeAll(async () => {
    browser = await launchBrowser();
    rig = await openMeshRig('security', NODES, {
      more: ALERTS,
      fill: (database, ids) => {
        seedYear(database, { until: daysAgo(3) });
        seedReports(
          database,
          ids.slice(0, 3).map((id, index) => ({ id, day: daysAgo(index === 2 ? 12 : 2) })),
        );
      },
    });
    shown = await openSharedPage(browser, rig.dashboard);
    page = shown.page;
  }, 120_000);
  afterEach(() => expect(shown.complaints.splice(0)).toEqual([]));
  afterAll(async () => {
    await browser.close();
    await rig.close();
  });

  const show = async (view = 'posture'): Promise<void> => {
    await shown.show(view);
    await page
      .locator(view === 'posture' ? '.trend-plot' : '.fleet')
      .first()
      .waitFor();
  };
  const panel = (title: string) =>
    page.locator('.panel').filter({ has: page.getByRole('heading', { name: title, exact: true }) });

  test('opens with the latest state, its source and what is withheld, without a question', async () => {
    await show();
    await page.getByText('Source: released totals of “staff”').waitFor();
    const glance = (await page.locator('.glance').textContent()) ?? '';
    expect(glance).toMatch(/Risky commands per 1,000\d+\.\d −\d+%/);
    expect(glance).toMatch(/Last week[\d,]+risky of [\d,]+ commands/);
    expect(glance).toMatch(/Nodes in the latest figures9,3\d\d/);
    await page.getByText('A figure of fewer than 20 nodes is withheld').waitFor();
    await page.getByText('1 day had too few of the reports, 1 day was not released').waitFor();
  });

  test('says whether risk rises, and the span changes what is compared', async () => {
    await show();
    await page.getByRole('button', { name: '1 year' }).click();
    await page.getByText('over 1 year; the span before is unknown').waitFor();
    expect(await page.locator('.trend-plot').first().locator('.trend-column').count()).toBe(52);
    await page.getByRole('button', { name: '7 days' }).click();
    await page.getByText(/over 7 days; \d/).waitFor();
    expect(await page.locator('.trend-plot').first().locator('.trend-column').count()).toBe(7);
  });

  test('a gap is a gap: the days without totals are no zeros', async () => {
    await show();
    await page.getByRole('button', { name: '4 weeks' }).click();
    await page.getByText(/over 4 weeks; \d/).waitFor();
    await page.getByText('Figures of the chart').click();
    const rows = await page.locator('.trend-table tbody tr').allTextContents();
    expect(rows).toHaveLength(4);
    for (const row of rows) expect(row).toMatch(/\d\.\d/);
  });

  test('says which techniques dominate, and a click shows rules, meaning and the safer alternative', async () => {
    await show();
    const heat = panel('ATT&CK techniques');
    const first = heat.locator('.technique.h5').first();
    await first.click();
    const told = page.locator('.technique-told');
    await told.getByText(/node-days, at most [\d,]+ nodes on one day/).waitFor();
    await told.getByText('Safer:').first().waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      heat.getByRole('button', { name: 'Save as Navigator layer' }).click(),
    ]);
    const layer = JSON.parse(readFileSync(await download.path(), 'utf8')) as {
      versions: { layer: string };
      techniques: unknown[];
    };
    expect(layer.versions.layer).toBe('4.5');
    expect(layer.techniques.length).toBeGreaterThanOrEqual(90);
  });

  test('says whether the campaign helped, and an event can be marked and removed', async () => {
    await show();
    const marks = panel('Marked events');
    const text = (await marks.getByRole('listitem').filter({ hasText: YEAR.campaign.label }).textContent()) ?? '';
    expect(text).toMatch(/\d\.\d → \d\.\d per 1,000 −\d\d%/);
    await marks.getByLabel('Event', { exact: true }).fill('new proxy');
    await marks.getByRole('button', { name: 'Mark', exact: true }).click();
    await marks.getByText('new proxy').waitFor();
    await page.locator('.trend-mark', { hasText: 'new proxy' }).waitFor();
    await marks.getByRole('button', { name: 'Remove new proxy' }).click();
    await marks.getByText('new proxy').waitFor({ state: 'detached' });
  });

  test('saves the report of a month as a file, which shows the figures of the service', async () => {
    await show();
    const report = panel('Report');
    const save = async () => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        report.getByRole('button', { name: 'Save report' }).click(),
      ]);
      return { name: download.suggestedFilename(), path: await download.path() };
    };
    const html = await save();
    expect(html.name).toMatch(/^caro-report-20\d\d-\d\d-01-month\.html$/);
    await report.getByText(`Saved as ${html.name}.`).waitFor();
    await report.getByLabel('Format').selectOption('json');
    const json = await save();
    expect(json.name).toBe(html.name.replace(/html$/, 'json'));
    const { risky, first } = JSON.parse(readFileSync(json.path, 'utf8')) as Report;
    expect(html.name).toContain(first);
    const file = `${html.path}.html`;
    copyFileSync(html.path, file);
    const printed = await browser.newPage();
    await printed.goto(`file://${file}`);
    expect(await printed.locator('.tile b').first().textContent()).toBe(rateText(risky.rate));
  });

  test('shows the figures of `caro report --format json`', async () => {
    const { stdout } = await caro(rig.home, 'report', '--period', 'quarter', '--rolling', '--format', 'json');
    const report = JSON.parse(stdout) as Report;
    await show();
    const rowsOf = async (title: string, table: number): Promise<readonly (readonly string[])[]> => {
      const rows = await panel(title).locator('table').nth(table).locator('tbody tr').all();
      return Promise.all(
        rows.map(async (row) => (await row.locator('th, td:not(.wide)').allTextContents()).map((text) => text.trim())),
      );
    };
    const amount = (value: number | null): string => value?.toLocaleString('en') ?? '–';
    const { risky, coverage, levels, top, anomalies, techniques } = report;
    const glance = (await page.locator('.glance').textContent()) ?? '';
    expect(glance).toContain(`${perThousand(risky.rate)} ${changed(risky.change)}`);
    expect(glance).toContain(`${perThousand(risky.before)} before`);
    expect(glance).toContain(`Nodes in the latest figures${amount(coverage.contributors)}`);
    await panel('Anomalies').locator('tbody tr').first().waitFor();
    expect((await rowsOf('Kinds of risk', 0)).map((row) => row.slice(1, 3))).toEqual(
      levels.map((level) => [amount(level.count), perThousand(level.rate)]),
    );
    expect((await rowsOf('Kinds of risk', 1)).slice(0, top.length)).toEqual(
      top.map(({ family, nodes, rate, change }) => [family, amount(nodes), perThousand(rate), changed(change)]),
    );
    expect((await rowsOf('Anomalies', 0)).map((row) => row.slice(1))).toEqual(
      anomalies.map(({ count, rate, change }) => [amount(count), perThousand(rate), changed(change)]),
    );
    await page.locator('.technique').first().waitFor();
    const cells = (await page.locator('.technique').allTextContents()).map((text) =>
      text.replace(/, \S+ node-days$/, ''),
    );
    expect(cells.length).toBeGreaterThan(40);
    expect(cells.sort()).toEqual(
      techniques
        .filter(({ nodeDays }) => nodeDays !== 0)
        .map(
          ({ name, nodes, change }) =>
            `${name} ${changed(change)} ${nodes === null ? 'withheld' : `${amount(nodes)} nodes`}`,
        )
        .sort(),
    );
  });

  test('lists the rules of alerts, those that are met first, and what they raised', async () => {
    await show();
    const alerts = panel('Alerts');
    await alerts.locator('tbody tr').first().waitFor();
    const rows = (await alerts.locator('tbody tr').allTextContents()).map((row) => row.replaceAll(/\s+/g, ' ').trim());
    expect(rows).toEqual([
      expect.stringMatching(/^risk-high risky alert ?\d+\.\d per 1,000 commandsabove 0\.001 ?7$/),
      expect.stringMatching(/^not-known techniques\.T9999 not known ?–above 0 ?7$/),
      expect.stringMatching(/^nodes-few contributors ok ?9,?\d\d\d nodesbelow 1 ?7$/),
    ]);
    await alerts.getByText(/risk-high risky \d+\.\d per 1,000 commands \(alert if above 0\.001, 7 days\)/).waitFor();
  });

  test('says which site is worst, and shows one site alone', async () => {
    await show();
    const units = panel('Units compared');
    await units.locator('tbody tr').first().waitFor();
    expect(await units.locator('tbody tr').first().textContent()).toContain(YEAR.worst);
    await units.getByRole('button', { name: 'Show all 40 units' }).click();
    expect(await units.locator('tbody tr').count()).toBe(40);
    await page.getByLabel('Unit', { exact: true }).selectOption(YEAR.worst);
    await page
      .getByText(/^\d\d\d?$/)
      .first()
      .waitFor();
  });

  test('says how much is covered, exceptions first, and the fleet names them', async () => {
    await show();
    const coverage = panel('Coverage');
    await coverage.getByText('2 of 5 members report').waitFor();
    expect(
      (await coverage.getByRole('listitem').allTextContents()).map((line) =>
        line.trim().split(' ').slice(0, 2).join(' '),
      ),
    ).toEqual(['1 refused', '1 silent', '1 waiting', '2 reporting']);
    await coverage.getByRole('link', { name: 'All members' }).click();
    await page.locator('.fleet tbody tr').first().waitFor();
    const names = await page.locator('.fleet tbody th').allTextContents();
    expect(names.map((name) => name.trim())).toEqual(['dan', 'cyd', 'eve', 'ana', 'ben']);
    await page.getByText('another key answers at its address').waitFor();
  });

  test('posture and fleet are free of accessibility faults in both themes and at every width', async () => {
    const look = async (what: string): Promise<void> => {
      for (const [theme, width] of [
        ['light', WIDE],
        ['dark', 1024],
        ['light', PHONE],
        ['dark', PHONE],
      ] as const) {
        await shown.resize(width, theme);
        // Whatever is half under the bar is too small to be hit.
        await page.evaluate('scrollTo(0, 0)');
        expect([what, width, theme, await faults(page)]).toEqual([what, width, theme, []]);
        expect([what, width, await overflow(page)]).toEqual([what, width, 0]);
      }
    };
    await shown.resize(390);
    await show();
    expect(Number(await page.evaluate('document.documentElement.scrollHeight'))).toBeLessThan(3_000);
    expect(await page.locator('.technique').first().isVisible()).toBe(false);
    for (const closed of await page.locator('.fold').all()) await closed.click();
    await page.locator('.technique').first().click();
    await page.locator('.technique-told').getByText('Safer:').first().waitFor();
    await page.getByText('Figures of the chart').click();
    await look('posture');
    await show('fleet');
    await page.locator('.fleet tbody tr').first().waitFor();
    await look('fleet');
  });
});
