import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { Dashboard } from '../../src/web/daemon/dashboard-listener.ts';

export const CHROMIUM = '/usr/bin/chromium';
export const QUIET = [
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

/** Whether an address is the start of the page at the origin of a login. */
export const isOwnOrigin = ({ hostname, port, pathname }: URL, dashboard: Pick<Dashboard, 'url'>): boolean =>
  /^[0-9a-f]{32}\.localhost$/.test(hostname) && port === new URL(dashboard.url).port && pathname === '/';

/** Opens the login file as a desktop does, and waits until the page shows. */
export async function enter(page: Page, dashboard: Pick<Dashboard, 'url' | 'mintLogin'>): Promise<void> {
  const { file } = await dashboard.mintLogin();
  await page.goto(`file://${file}`);
  await page.waitForURL((url) => isOwnOrigin(url, dashboard));
  await page.locator('h1').first().waitFor();
}
