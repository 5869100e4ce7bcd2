import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { Dashboard } from '../../src/web/daemon/dashboard-listener.ts';

const CHROMIUM = '/usr/bin/chromium';
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Where there is no Chromium the browser tests are skipped by name; in CI that would hide
 * something, so there they fail.
 */
export const hasBrowser = existsSync(CHROMIUM) || process.env['CI'] === 'true';

export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: CHROMIUM, args: QUIET, headless: true });

/** Opens the login file as a desktop does, and waits until the page shows. */
export async function enter(page: Page, dashboard: Pick<Dashboard, 'url' | 'mintLogin'>): Promise<void> {
  const { file } = await dashboard.mintLogin();
  await page.goto(`file://${file}`);
  await page.waitForURL(dashboard.url);
  await page.locator('h1').first().waitFor();
}
