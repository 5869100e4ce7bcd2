import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import type { Status } from '../../../src/web/page/data/contract.ts';
import { faultsOf } from '../../../src/web/page/model/faults.ts';
import { nodeId } from '../../policy/settings.ts';
import { faults } from '../axe.ts';
import { enter, hasBrowser, launchBrowser } from '../browser.ts';
import { type DashboardRig, type Login, openRig } from '../dashboard-rig.ts';
import type { Faults } from '../rig-actors.ts';

const inBrowser = hasBrowser ? describe : describe.skip;

const ROTATION = {
  from: nodeId(1),
  to: nodeId(2),
  fingerprint: '00ff00ff00ff00ff',
  compromised: false,
  switchesAt: '2026-11-24T12:00:00.000Z',
};
const DEGRADED = { state: 'degraded', handled: 9, failed: 6, restarts: 5, queue: 0, busyMs: 3 } as const;

inBrowser('what is wrong with the service', () => {
  let browser: Browser;
  let rig: DashboardRig;
  let login: Login;
  let page: Page;
  beforeAll(async () => {
    browser = await launchBrowser();
    rig = await openRig();
    login = await rig.login();
    page = await browser.newPage();
    await enter(page, rig.dashboard);
  });
  afterAll(async () => {
    await browser.close();
    await rig.close();
  });

  /** What the page shows first when that is wrong. */
  async function open(faults: Faults): Promise<void> {
    rig.faults = faults;
    await page.reload();
    await page.locator('.node-name').waitFor();
  }
  const notices = (shown = page) => shown.locator('.notices > li').allTextContents();

  test('is not shown if there is no fault', async () => {
    await open({});
    expect(await notices()).toEqual([]);
  });

  test.each([
    [
      'a full disk',
      { storage: { trouble: 'expected room' }, observe: { pending: 2048 } },
      /The disk cannot be.*2\.0 KiB/,
    ],
    [
      'a held-up collector',
      { observe: { trouble: 'expected an answer' } },
      /impaired\. Expected an answer\. caro doctor/,
    ],
    ['a degraded part', { actors: [{ name: 'auditor', ...DEGRADED }] }, /The auditor is off.*caro service restart/],
    ['a damaged database', { storage: { setAside: ['/one'] } }, /damaged database was moved aside.*caro db repair/],
    ['dropped records', { observe: { dropped: 1 } }, /1 record was dropped/],
    [
      'a copy that failed',
      { storage: { backup: { last: null, trouble: 'no room' } } },
      /No room\. There is no backup yet\./,
    ],
    [
      'a change of the key',
      { rotation: ROTATION },
      /key of this node is being rotated\. The next key \(00ff00ff00ff00ff\)/,
    ],
    ['a stolen key', { rotation: { ...ROTATION, compromised: true } }, /revoked as compromised/],
    ['a command without its text', { observe: { setAside: 1 } }, /1 command was set aside without text/],
    ['lost lines of the log', { storage: { logLinesLost: 4 } }, /4 lines of the log/],
  ] satisfies readonly (readonly [string, Faults, RegExp])[])(
    '%s is told, by what the service says of itself',
    async (_what, faults, text) => {
      rig.faults = faults;
      const status = (await (await rig.get('/api/status', login)).json()) as Status;
      const told = faultsOf(status, Date.now());
      expect(told.map((trouble) => `${trouble.title} ${trouble.text} ${trouble.command ?? ''}`)).toEqual([
        expect.stringMatching(text),
      ]);
    },
  );

  test('includes settings that may not do what the owner expects, until they are dismissed', async () => {
    const open = '[trust]\ndefault = "supervisor"\n[sharing]\nlevel = 2\ndeny_tools = ["no-such-tool"]\n';
    const own = await openRig({}, { toml: open });
    try {
      const other = await browser.newPage();
      await enter(other, own.dashboard);
      await other.locator('.notices').waitFor();
      expect(await notices(other)).toEqual([
        expect.stringMatching(
          /Check what you share\..*default is "supervisor".*"no-such-tool" is not in the catalogue/,
        ),
      ]);
      expect(await faults(other)).toEqual([]);
      await other.getByRole('button', { name: 'Dismiss: Check what you share.' }).click();
      await other.locator('.notices').waitFor({ state: 'detached' });
    } finally {
      await own.close();
    }
  });

  test('is shown on every view, the most serious first, names no file, and has no accessibility faults', async () => {
    await open({
      observe: { dropped: 2 },
      storage: { setAside: ['/secret/place'] },
      actors: [{ name: 'auditor', ...DEGRADED }],
    });
    await page.locator('.notices').waitFor();
    const told = await notices();
    expect(told).toHaveLength(3);
    expect(told[0]).toContain('The auditor');
    expect(told.join()).not.toContain('/secret');
    expect(await faults(page)).toEqual([]);
    await page.getByRole('link', { name: 'Audit log' }).click();
    await page.getByRole('heading', { name: 'Audit log' }).waitFor();
    expect(await notices()).toEqual(told);
  });

  test('a past fault can be dismissed and reappears when it happens again', async () => {
    await open({ observe: { dropped: 2 } });
    await page.getByRole('button', { name: 'Dismiss: 2 records were dropped.' }).click();
    await page.locator('.notices').waitFor({ state: 'detached' });
    await page.reload();
    await page.locator('.node-name').waitFor();
    expect(await notices()).toEqual([]);
    rig.faults = { observe: { dropped: 3 } };
    await page.reload();
    await page.getByText('3 records were dropped.').waitFor();
  });
});
