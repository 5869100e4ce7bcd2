import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { createAdvisoryStore } from '../../../src/storage/mesh/advisory-store.ts';
import { faults } from '../axe.ts';
import { enter, hasBrowser, launchBrowser } from '../browser.ts';
import { type MeshRig, openMeshRig } from '../mesh-rig.ts';

const inBrowser = hasBrowser ? describe : describe.skip;
const DAY_MS = 86_400_000;
const RULE = 'git.push-force';

inBrowser('an advisory on the overview page', () => {
  let browser: Browser | undefined;
  let rig: MeshRig | undefined;
  beforeAll(async () => {
    browser = await launchBrowser();
    const nowMs = Date.now();
    rig = await openMeshRig('individual', [{ name: 'ana' }], {
      fill: (database, [author = '']) => {
        const advisory = {
          ...({ type: 'caro.advisory', version: 1, id: 'a'.repeat(32), author } as const),
          issuedAt: new Date(nowMs).toISOString(),
          subject: { kind: 'rule', name: RULE } as const,
          priority: 'urgent' as const,
          until: new Date(nowMs + 7 * DAY_MS).toISOString().slice(0, 10),
        };
        const store = createAdvisoryStore(database);
        store.add(advisory, '{}', { nowMs, endMs: nowMs + 7 * DAY_MS });
        const later = { id: 'b'.repeat(32), subject: { kind: 'family', name: 'git' }, priority: 'attention' } as const;
        store.add({ ...advisory, ...later }, '{}', { nowMs: nowMs + 1, endMs: nowMs + 7 * DAY_MS });
      },
    });
    const key = { session: 'advised', command: 0, part: 0 };
    await rig.record({
      started: [
        {
          key,
          startMs: nowMs - 60_000,
          shell: 'bash',
          command: 'git push --force',
          cwd: null,
          tools: ['git'],
          category: 'git',
          pattern: { name: 'git push', tool: 'git' },
          risk: 'high',
          rules: [RULE],
          redacted: false,
        },
      ],
      finished: [{ key, exitCode: 0, durationMs: 10, endMs: nowMs - 59_990 }],
    });
  });
  afterAll(async () => {
    await browser?.close();
    await rig?.close();
  });

  test('names the rule, its end and own matches with the safer way, and is gone once hidden', async () => {
    if (!browser || !rig) throw new Error('expected a browser and a node');
    const page = await browser.newPage({ viewport: { width: 390, height: 900 }, colorScheme: 'dark' });
    await enter(page, rig.dashboard);
    const panel = page
      .locator('.panel')
      .filter({ has: page.getByRole('heading', { name: 'Advisories', exact: true }) });
    await panel.getByText(`Rule ${RULE}`).waitFor();
    await panel.getByText(/urgent, until .*, from ana$/).waitFor();
    expect(await panel.locator('strong').allTextContents()).toEqual([`Rule ${RULE}`, 'Family git']);
    await panel.getByText('Safer: ').first().waitFor();
    await panel.getByText('1 command of yours matched in the last 30 days').first().click();
    await panel.getByText('git push --force', { exact: true }).first().waitFor();
    const head = await panel.locator('.advisory-head').first().boundingBox();
    const hide = await panel.getByRole('button', { name: `Hide the advisory on ${RULE}` }).boundingBox();
    expect([hide?.y, (hide?.x ?? 0) + (hide?.width ?? 0)]).toEqual([head?.y, (head?.x ?? 0) + (head?.width ?? 0)]);
    expect(await faults(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
    await panel.getByRole('button', { name: `Hide the advisory on ${RULE}` }).click();
    await panel.getByRole('button', { name: 'Hide the advisory on git', exact: true }).click();
    await panel.waitFor({ state: 'detached' });
    await page.reload();
    await page.getByRole('heading', { name: 'What you worked on' }).waitFor();
    const login = await rig.login();
    const { advisories } = (await (await rig.get('/api/advisories', login)).json()) as { advisories: unknown[] };
    expect(advisories).toEqual([]);
  });
});
