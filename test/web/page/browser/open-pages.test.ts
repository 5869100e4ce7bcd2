import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { enter, hasBrowser, launchBrowser } from '../../browser.ts';
import { type DashboardRig, openRig } from '../../dashboard-rig.ts';

const inBrowser = hasBrowser ? describe : describe.skip;

inBrowser('a page that stays open', () => {
  let browser: Browser;
  let rig: DashboardRig;
  beforeAll(async () => {
    browser = await launchBrowser();
    rig = await openRig();
  });
  afterAll(async () => {
    await browser.close();
    await rig.close();
  });

  test('is locked once another tab has logged out', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await enter(page, rig.dashboard);
    await page.getByRole('button', { name: 'Log out' }).waitFor();
    const other = await context.newPage();
    await other.goto(page.url());
    await other.getByRole('button', { name: 'Log out' }).click();
    await other.getByText('This dashboard is locked').waitFor();
    await page.getByRole('link', { name: 'Audit log' }).click();
    await page.getByText('This dashboard is locked').waitFor();
    expect(await page.getByRole('heading', { name: 'Audit log' }).count()).toBe(0);
    await context.close();
  });

  test('fills by itself once the service answers again', async () => {
    const page = await browser.newPage();
    await enter(page, rig.dashboard);
    await page.getByRole('button', { name: 'Log out' }).waitFor();
    const lost = (url: URL): boolean => url.pathname === '/api/audit';
    await page.route(lost, (route) => route.abort());
    await page.getByRole('link', { name: 'Audit log' }).click();
    await page.getByText('The service does not answer. Check it with: caro status').first().waitFor();
    await page.unroute(lost);
    await page.locator('ol.records').getByText('Login to the dashboard').first().waitFor();
    await page.close();
  });
});
