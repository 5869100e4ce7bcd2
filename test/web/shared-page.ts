import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Dashboard } from '../../src/web/daemon/dashboard-listener.ts';
import { enter } from './browser.ts';

export const WIDE = 1440;
export const PHONE = 360;

/**
 * A logged-in page for all tests of a file: a login and the first paint of a new context take
 * seconds.
 */
export interface SharedPage {
  readonly page: Page;
  /** Errors and warnings of the console, and exceptions of the page. */
  readonly complaints: string[];
  /** Shows a view as if it were opened for the first time. */
  readonly show: (view: string) => Promise<void>;
  readonly resize: (width: number, colorScheme?: 'light' | 'dark') => Promise<void>;
}

export async function openSharedPage(
  browser: Browser | BrowserContext,
  dashboard: Pick<Dashboard, 'url' | 'mintLogin'>,
): Promise<SharedPage> {
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  const resize = async (width: number, colorScheme: 'light' | 'dark' = 'light'): Promise<void> => {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
  };
  await resize(WIDE);
  await enter(page, dashboard);
  const go = (view: string) => page.goto(new URL(`#/${view}`, page.url()).href);
  return {
    page,
    complaints,
    show: async (view) => {
      // A view forgets what was opened in it once another one has taken its place.
      const [other, title] = view === 'audit' ? ['rules', 'Rules of your organization'] : ['audit', 'Audit log'];
      await go(other);
      await page.getByRole('heading', { name: title, level: 1 }).waitFor();
      await go(view);
    },
    resize,
  };
}

/**
 * How many pixels the page is too wide, or a choice that could be scrolled out of sight, or a
 * table in its panel.
 */
export const overflow = (page: Page): Promise<number> =>
  page
    .evaluate<number>(`Math.max(
    document.documentElement.scrollWidth - innerWidth,
    ...[...document.querySelectorAll('.views a, .segments button')]
      .map((choice) => Math.ceil(choice.getBoundingClientRect().right) - innerWidth),
    ...[...document.querySelectorAll('.panel > table')].map((table) =>
      Math.ceil(table.getBoundingClientRect().right - table.parentElement.getBoundingClientRect().right)),
  )`)
    .then((wider) => Math.max(0, wider));
