/** Writes a picture of every view to `screenshots/`: both themes, 1440 and 360 px wide, filled, fresh and locked. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { enter, launchBrowser } from '../test/web/browser.ts';
import { type DashboardRig, openRig } from '../test/web/dashboard-rig.ts';
import { sampleCommands } from '../test/web/sample-commands.ts';

const OUT = 'screenshots';
const WIDTHS = { wide: 1440, narrow: 360 } as const;
/** What each view shows last. */
const DRAWN = { today: '.h5', privacy: '.bytes', audit: '.lamp.good' } as const;
const VIEWS = ['today', 'privacy', 'audit'] as const;

/** An afternoon in the middle of the last week, so that a day's picture is a day's work. */
function afternoon(): Date {
  const now = new Date();
  const back = ((now.getDay() + 3) % 7) + 1;
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - back, 16, 40);
}

async function open(browser: Browser, rig: DashboardRig, theme: 'light' | 'dark', width: number): Promise<Page> {
  const context = await browser.newContext({ colorScheme: theme, viewport: { width, height: 900 } });
  const page = await context.newPage();
  await page.clock.setFixedTime(afternoon());
  await enter(page, rig.dashboard);
  return page;
}

async function shoot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(OUT, `${name}.png`), fullPage: true, animations: 'disabled' });
  console.log(`${name}.png`);
}

async function filled(browser: Browser, rig: DashboardRig): Promise<void> {
  for (const theme of ['light', 'dark'] as const) {
    for (const [size, width] of Object.entries(WIDTHS)) {
      const page = await open(browser, rig, theme, width);
      for (const view of VIEWS) {
        await page.goto(`${rig.dashboard.url}#/${view}`);
        await page.locator(DRAWN[view]).first().waitFor();
        await shoot(page, `${view}-${theme}-${size}`);
      }
      await page.context().close();
    }
  }
  const page = await open(browser, rig, 'light', WIDTHS.wide);
  await page.getByRole('button', { name: '28 days' }).click();
  await page.locator('.event-line').filter({ hasText: 'sudo rm' }).first().click();
  await page.getByText('Commands over four weeks').waitFor();
  await page.evaluate('scrollTo(0, 0)');
  await shoot(page, 'today-month-light-wide');
  await page.context().close();
}

async function fresh(browser: Browser, rig: DashboardRig): Promise<void> {
  for (const [size, width] of Object.entries(WIDTHS)) {
    const page = await open(browser, rig, 'light', width);
    await shoot(page, `fresh-light-${size}`);
    await page.context().clearCookies();
    await page.goto(rig.dashboard.url);
    await shoot(page, `locked-light-${size}`);
    await page.context().close();
  }
}

async function main(): Promise<void> {
  rmSync(OUT, { recursive: true, force: true });
  mkdirSync(OUT, { recursive: true });
  const browser = await launchBrowser();
  const rig = await openRig();
  try {
    await fresh(browser, rig);
    await rig.record(sampleCommands(5_200, 28, afternoon().getTime()));
    await filled(browser, rig);
  } finally {
    await browser.close();
    await rig.close();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
