import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { until } from '../../rig/until.ts';
import { selecting } from '../../risk/custom/sigma.ts';
import { faults } from '../axe.ts';
import { hasBrowser, launchBrowser } from '../browser.ts';
import { type DashboardRig, openRig } from '../dashboard-rig.ts';
import { sampleCommands } from '../sample-commands.ts';
import { openSharedPage, overflow, PHONE, type SharedPage } from '../shared-page.ts';

const inBrowser = hasBrowser ? describe : describe.skip;
const ATTACK = '<img src=x onerror="window.owned=1">';
const GIT = selecting('Image|endswith: /git').replace('A test rule', `Git is watched ${ATTACK}`);

inBrowser('the view of custom rules', () => {
  let browser: Browser;
  let rig: DashboardRig;
  let shared: SharedPage;
  let page: Page;
  beforeAll(async () => {
    browser = await launchBrowser();
    rig = await openRig();
    shared = await openSharedPage(browser, rig.dashboard);
    page = shared.page;
  });
  afterEach(() => expect(shared.complaints.splice(0)).toEqual([]));
  afterAll(async () => {
    await browser.close();
    await rig.close();
  });

  const put = (name: string, text: string): void => {
    const folder = join(rig.home, 'config', 'rules');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(join(folder, name), text, { mode: 0o600 });
  };

  test('says how to add a rule where there is none', async () => {
    await shared.show('rules');
    await page.getByText('caro rules add FILE').waitFor();
  });

  test('lists rules, those set aside with the reason, and replays one over the history', async () => {
    put('git.yml', GIT);
    put('parent.yml', selecting('ParentImage: /x'));
    const recorded = await rig.record(sampleCommands(200, 5, Date.now() - 60_000));
    // The folder is looked at again after a second.
    await until(
      () => rig.bus.request('rules.list', {}),
      ({ rules }) => rules.length === 2,
    );
    await shared.show('rules');
    const rows = page.locator('.rules li');
    await rows.nth(1).waitFor();
    expect(await rows.nth(0).textContent()).toContain('it needs ParentImage, which is unknown for a shell command');
    expect(await rows.nth(1).textContent()).toContain(`Git is watched ${ATTACK}`);
    expect(await page.evaluate('"owned" in window')).toBe(false);
    await page.getByText('1 rule of your organization is set aside.').waitFor();

    await page.getByRole('button', { name: /^Replay Git is watched/ }).click();
    const statement = page.locator('.statement');
    await statement.waitFor();
    const git = recorded.filter(({ tools }) => tools.includes('git')).length;
    expect(git).toBeGreaterThan(0);
    expect(await statement.textContent()).toMatch(
      new RegExp(`^Git is watched .*: \\d+ of ${recorded.length} commands since .* match`),
    );
    expect(await page.locator('.replayed li').first().textContent()).toContain('git');
    await page.getByText('secrets masked').waitFor();
    expect(await faults(page)).toEqual([]);
  });

  test('tries a draft, says why it cannot be used, and keeps nothing of it', async () => {
    await shared.resize(PHONE);
    await shared.show('rules');
    const draft = page.getByLabel('A Sigma rule for process_creation');
    const run = page.getByRole('button', { name: 'Try it on the history' });
    expect(await run.isDisabled()).toBe(true);
    await draft.fill(selecting('CommandLine|re: (a'));
    await run.click();
    await page.getByText('The rule cannot be used: the regular expression has a mistake').waitFor();
    await draft.fill(GIT);
    await run.click();
    await page.locator('.statement').waitFor();
    expect(await overflow(page)).toBe(0);
    const { rules } = await rig.bus.request('rules.list', {});
    expect(rules.map(({ file }) => file).sort()).toEqual(['git.yml', 'parent.yml']);
  });
});

describe('the replay of the API', () => {
  let rig: DashboardRig;
  beforeAll(async () => {
    rig = await openRig();
  });
  afterAll(() => rig.close());

  test('needs a login, and takes what its schema says', async () => {
    const login = await rig.login();
    const body = { text: GIT, days: 30 };
    expect((await rig.post('/api/rules/replay', body, { cookie: '', token: '' })).status).toBe(401);
    expect((await rig.post('/api/rules/replay', { ...body, days: 0 }, login)).status).toBe(400);
    expect((await rig.post('/api/rules/replay', { ...body, more: 1 }, login)).status).toBe(400);
    expect((await rig.post('/api/rules/replay', { text: 'x'.repeat(70_000), days: 1 }, login)).status).toBe(400);
    expect((await rig.post('/api/rules/replay', { file: '../caro.toml', days: 1 }, login)).status).toBe(404);
    const answer = await rig.post('/api/rules/replay', body, login);
    expect([answer.status, await answer.json()]).toMatchObject([200, { commands: 0, matches: 0, changes: [] }]);
  });
});
