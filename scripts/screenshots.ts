/** Writes a picture of every view to `screenshots/`: both themes, 1440 and 360 px wide, filled, fresh and locked. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { Typed } from '../test/policy/node.ts';
import { enter, launchBrowser } from '../test/web/browser.ts';
import { type DashboardRig, openRig } from '../test/web/dashboard-rig.ts';
import { type Neighbour, openMeshRig } from '../test/web/mesh-rig.ts';
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

const WORK: readonly Typed[] = [
  { pattern: 'git push', family: 'git', times: 46 },
  { pattern: 'docker compose', family: 'containers', times: 18, failing: true },
  { pattern: 'rm', family: 'files', times: 3, risk: 'critical', rules: [] },
  { pattern: 'chmod', family: 'files', times: 5, risk: 'moderate' },
];
const NEIGHBOURS: readonly Neighbour[] = [
  { name: 'ana-laptop', lets: 'peer', typed: WORK },
  ...['ben-laptop', 'cyd-laptop', 'dan-laptop', 'eli-laptop', 'fay-laptop'].map(
    (name): Neighbour => ({ name, lets: 'supervisor', typed: WORK }),
  ),
  { name: 'gus-laptop' },
  { name: 'hal-laptop', state: 'connecting' },
  { name: 'ida-laptop', state: 'skewed', skewMs: 412_000 },
  { name: 'jan-laptop', state: 'refused' },
];

/** The views that only a mesh fills: an answer, the switches, and the state of the peers. */
async function meshed(browser: Browser, role: 'admin' | 'security', view: 'team' | 'posture'): Promise<void> {
  const rig = await openMeshRig(role, NEIGHBOURS);
  const [recipient = ''] = rig.ids;
  const sent = { time: new Date().toISOString(), address: '10.0.1.10', rule: 'trust.nodes' };
  rig.send([
    { ...sent, recipient, type: 'hello', level: null, bytes: '{"payload":"e30="}' },
    { ...sent, recipient, type: 'response', level: 2, bytes: '{"payload":"e30="}' },
  ]);
  const answer = {
    query: 'tool-usage',
    spanHours: 168,
    decision: 'allow',
    level: 1,
    rule: 'trust.nodes',
    result: 'answered',
  };
  await rig.bus.request('audit.append', { type: 'query.answered', peer: recipient, details: answer });
  for (const theme of ['light', 'dark'] as const) {
    for (const [size, width] of Object.entries(WIDTHS)) {
      const page = await open(browser, rig, theme, width);
      await page.goto(`${rig.dashboard.url}#/${view}`);
      await page.getByRole('button', { name: 'Ask', exact: true }).click();
      await page.getByRole('heading', { name: /added up$/ }).waitFor();
      await shoot(page, `${view}-${theme}-${size}`);
      if (role === 'security') await switches(page, rig.dashboard.url, `${theme}-${size}`);
      await page.context().close();
    }
  }
  await rig.close();
}

async function switches(page: Page, url: string, name: string): Promise<void> {
  await page.goto(`${url}#/privacy`);
  await page.getByText('What it may have, and why').first().click();
  await page.getByText('Looked at, in this order').waitFor();
  await page.getByRole('button', { name: 'Revoke ben-laptop …' }).click();
  await page.locator('.pill').click();
  await page.getByText(/its clock is/).waitFor();
  await shoot(page, `trust-${name}`);
}

async function main(): Promise<void> {
  rmSync(OUT, { recursive: true, force: true });
  mkdirSync(OUT, { recursive: true });
  const browser = await launchBrowser();
  const rig = await openRig();
  try {
    await fresh(browser, rig);
    await meshed(browser, 'security', 'posture');
    await meshed(browser, 'admin', 'team');
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
