import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { QUERY_TYPES } from '../../../src/domain/policy/trust.ts';
import type { Aggregates } from '../../../src/web/page/data/contract.ts';
import type { Typed } from '../../policy/node.ts';
import { faults } from '../axe.ts';
import { hasBrowser, launchBrowser } from '../browser.ts';
import { type MeshRig, type Neighbour, openMeshRig } from '../mesh-rig.ts';
import { sampleCommands } from '../sample-commands.ts';
import { openSharedPage, overflow, PHONE, type SharedPage, WIDE } from '../shared-page.ts';

const inBrowser = hasBrowser ? describe : describe.skip;

const typed: readonly Typed[] = [
  { pattern: 'git push', family: 'git', times: 12 },
  { pattern: 'rm', family: 'files', times: 3, risk: 'critical' },
];
const NEIGHBOURS: readonly Neighbour[] = [
  ...['ana', 'ben', 'cyd', 'dan', 'eli'].map((name) => ({ name, lets: 'supervisor' as const, typed })),
  { name: 'fay' },
  { name: 'gus', state: 'connecting' as const },
  { name: 'hal', state: 'skewed' as const, skewMs: 420_000 },
  { name: 'ida', state: 'refused' as const },
];

/** One of them shares its summary, which shows it by name. */
const OPEN_NEIGHBOURS: readonly Neighbour[] = [{ name: 'ana', lets: 'peer', typed }, ...NEIGHBOURS.slice(1, 6)];

type RigRole = 'individual' | 'admin' | 'security';
type Shown = MeshRig & SharedPage;

inBrowser('the views of the mesh in Chromium', () => {
  let browser: Browser | undefined;
  const opened = new Map<string, Promise<Shown>>();
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterEach(async () => {
    for (const { complaints } of await Promise.all(opened.values())) expect(complaints.splice(0)).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    for (const shown of await Promise.all(opened.values())) await shown.close();
  });

  /** The page of a node of that role among these neighbours; one for all tests that use it. */
  const open = (role: RigRole, neighbours = role === 'admin' ? OPEN_NEIGHBOURS : NEIGHBOURS): Promise<Shown> => {
    const key = `${role} ${neighbours.map(({ name }) => name).join()}`;
    const shown = opened.get(key) ?? openNew(role, neighbours);
    opened.set(key, shown);
    return shown;
  };

  async function openNew(role: RigRole, neighbours: readonly Neighbour[]): Promise<Shown> {
    if (!browser) throw new Error('expected a browser');
    const rig = await openMeshRig(role, neighbours);
    return { ...rig, ...(await openSharedPage(browser, rig.dashboard)) };
  }

  const ask = async (page: Page): Promise<void> => {
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await page.getByRole('heading', { name: /, sum$/ }).waitFor();
  };

  test('the role of a node decides which views it offers, and the others explain why they are not (FR-803, FR-804)', async () => {
    const names = async (role: RigRole): Promise<readonly string[]> => {
      const { page, show } = await open(role);
      await show('audit');
      await page.locator('.node-name').waitFor();
      return page.locator('.views a').allTextContents();
    };
    expect(await names('individual')).toEqual(['Activity', 'Rules', 'Privacy', 'Audit log']);
    expect(await names('admin')).toEqual(['Activity', 'Fleet', 'Ask', 'Rules', 'Privacy', 'Audit log']);
    expect(await names('security')).toEqual([
      ...['Activity', 'Posture', 'Fleet', 'Ask', 'Rules', 'Privacy', 'Audit log'],
    ]);
    const { page, show } = await open('individual');
    await show('ask');
    await page.getByText('This view is for nodes whose role is admin or security').waitFor();
    expect(await page.getByRole('button', { name: 'Ask', exact: true }).count()).toBe(0);
  });

  test('a query shows the total risk, accounts for every node, and appears in the history (FR-804)', async () => {
    const { page, show } = await open('security');
    await show('ask');
    await ask(page);
    expect(await page.locator('.posture-total').textContent()).toBe('75 commands');
    const [levels, ofAgents] = await page.locator('.levels.one').allTextContents();
    expect(levels).toMatch(/critical15 20%.*safe60 80%/);
    expect(ofAgents).toMatch(/critical0 0%.*safe0 0%/);
    const rows = await page.locator('.targets > li').allTextContents();
    expect(rows.map((row) => row.trim().slice(0, 3))).toEqual('gus hal ida fay'.split(' '));
    await page.getByText('5 nodes answered; their figures are part of the sum').click();
    const usual = await page.locator('.targets-names li').allTextContents();
    expect(usual.map((row) => row.trim().slice(0, 3))).toEqual('ana ben cyd dan eli'.split(' '));
    const tally = page.locator('.panel', { hasText: 'asked ·' }).getByRole('status');
    expect(await tally.textContent()).toMatch(/^9 asked · 5 answered · 1 denied · 2 offline · 1 clock off · \d/);
    await page.getByText(/Safety posture over 7 days, 9 nodes asked/).waitFor();
  });

  test('only a node that shares its summary is shown by name', async () => {
    const { page, show } = await open('admin');
    // An earlier name of the view.
    await show('team');
    await page.getByLabel('Question').selectOption('recent-commands');
    await ask(page);
    await page.getByText('What ana lets this node see').click();
    expect(await page.locator('.targets details').count()).toBe(1);
    expect(await page.locator('.targets .counts').first().textContent()).toMatch(/git push\s*12/);
  });

  test('a sum over too few nodes is withheld, with the reason in plain words', async () => {
    const { page, show } = await open('security', NEIGHBOURS.slice(0, 2));
    await show('ask');
    await ask(page);
    await page.getByText('The sum is withheld.').waitFor();
    await page.getByText('Only 2 answered with figures. A sum over so few nodes would reveal single people.').waitFor();
    expect(await page.locator('.posture-total').count()).toBe(0);
  });

  test('if no node answers this one, the page says so and what to do', async () => {
    const { page, show } = await open('security', [{ name: 'fay' }, { name: 'gil' }]);
    await show('ask');
    await ask(page);
    await page.getByText('No node lets this one ask.').waitFor();
    await page.getByText(/caro trust set caro:ed25519:\S+ supervisor/).waitFor();
  });

  test('sharing can be enabled only after a preview, and disabled at once (FR-303, FR-504)', async () => {
    const { page, show, home, record } = await open('individual');
    await record(sampleCommands(40, 2, Date.now() - 60_000));
    await show('privacy');
    const managed = () => readFileSync(join(home, 'config', 'managed.toml'), 'utf8');
    await page.getByRole('button', { name: 'Share summaries and aggregates …' }).click();
    const confirm = page.getByRole('button', { name: 'Share summaries and aggregates', exact: true });
    expect(await confirm.isDisabled()).toBe(true);
    await page.locator('.consent-text').getByRole('heading', { name: 'Patterns' }).waitFor();
    await page.getByLabel('I have read what would leave').check();
    await confirm.click();
    await page.getByText('Summaries and aggregates may be shared.').waitFor();
    expect(managed()).toContain('level = 1');
    await page.getByRole('button', { name: 'Stop sharing' }).click();
    await page.getByText('Nothing is shared.').waitFor();
    expect(managed()).toContain('level = 0');
  });

  test('the preview of level 2 shows every cell that would leave, over the longest span', async () => {
    const { page, show, record } = await open('individual');
    const DAYS_AGO = 20 * 86_400_000;
    await record(sampleCommands(40, 2, Date.now() - DAYS_AGO));
    await show('privacy');
    await page.getByRole('button', { name: 'Share summaries and aggregates …' }).click();
    await page.locator('.consent-text').getByText('It also names this node').waitFor();
    await page.getByLabel('I have read what would leave').check();
    const answer = page.waitForResponse('**/api/aggregates');
    await page.getByRole('button', { name: 'Share only aggregates …' }).click();
    const { vectors } = (await (await answer).json()) as Aggregates;
    const text = page.locator('.consent-text');
    await text.getByText('Tool usage').waitFor();
    // Having read the other preview is not having read this one.
    expect(await page.getByLabel('I have read what would leave').isChecked()).toBe(false);
    const shown = (await text.textContent()) ?? '';
    expect(vectors.map(({ body }) => [body.type, body.level, body.spanHours])).toEqual(
      QUERY_TYPES.map((type) => [type, 2, 720]),
    );
    for (const { body, cellNames } of vectors) {
      for (const [place, name] of cellNames.entries()) {
        const value = body.cells[place] ?? 0;
        expect(shown).toContain(value === 0 ? name : `${name} ${value.toLocaleString('en')}`);
      }
    }
    expect(vectors[0]?.body.cells[0]).toBeGreaterThanOrEqual(40);
    expect(shown).not.toMatch(/no more than/i);
    await page.getByLabel('I have read what would leave').check();
    await page.getByRole('button', { name: 'Share only aggregates', exact: true }).click();
    await page.getByText('Only aggregates may be shared.').waitFor();
    await page.getByRole('button', { name: 'Stop sharing' }).click();
    await page.getByText('Nothing is shared.').waitFor();
  });

  test('trust can be set, explained, and revoked after a confirmation', async () => {
    const { page, show } = await open('individual');
    await show('privacy');
    await page.getByLabel('Trust in ben').selectOption('supervisor');
    const ben = page.locator('.trust > li', { hasText: 'ben' });
    await ben.getByText('may ask for aggregates only').waitFor();
    await ben.getByText('What it may get, and why').click();
    await ben.getByText('trust.nodes says supervisor').first().waitFor();
    await ben.getByRole('button', { name: 'Revoke ben …' }).click();
    await ben.getByRole('button', { name: 'Revoke ben now' }).click();
    await ben.getByText('denied', { exact: true }).waitFor();
    expect(await page.getByLabel('Trust in ben').count()).toBe(0);
  });

  test('a sent message can be read byte for byte', async () => {
    const { page, show, ids, send } = await open('individual');
    const payload = Buffer.from('{"type":"response","name":"Grüße"}').toString('base64');
    const bytes = JSON.stringify({ payload, payloadType: 'application/vnd.caro' });
    const [recipient = ''] = ids;
    const entry = { time: new Date().toISOString(), recipient, address: '10.0.1.10', type: 'response' };
    send([{ ...entry, level: 2, rule: 'trust.nodes', bytes }]);
    await show('privacy');
    const message = page
      .locator('.egress > li')
      .filter({ hasText: /response\s+to\s+ana/ })
      .first();
    await message.waitFor();
    await message.locator('summary').click();
    await message.locator('pre').nth(1).waitFor();
    expect(await message.locator('pre').allTextContents()).toEqual([bytes, '{"type":"response","name":"Grüße"}']);
  });

  test('the state of the mesh is visible: who is connected, who is refused and why, whose clock is off (FR-805)', async () => {
    const { page, show, ids, bus } = await open('security');
    const [ana = ''] = ids;
    await bus.request('audit.append', { type: 'summary.received', peer: ana, details: { period: 'daily' } });
    await show('audit');
    const pill = page.locator('.pill-box');
    await pill.getByText('Mesh: 6 of 9 connected, 2 refused').click();
    const peer = (name: string) => pill.locator('li', { hasText: name });
    await peer('Relay').getByText('waiting, because it cannot be reached; next attempt').waitFor();
    await peer('ida').getByText('refused: another key answers at its address').waitFor();
    await peer('hal').getByText('its clock is 7 min ahead').waitFor();
    await peer('gus').getByText('connecting: nothing answers at its address').waitFor();
    await peer('ana').getByText('last summary received just now').waitFor();
    expect(await faults(page)).toEqual([]);
  });

  test('answers and switches are free of accessibility faults in both themes, wide and on a phone', async () => {
    const { page, show, resize } = await open('security');
    await show('ask');
    const look = async (what: string): Promise<void> => {
      for (const width of [WIDE, PHONE]) {
        for (const theme of ['light', 'dark'] as const) {
          await resize(width, theme);
          expect([what, width, theme, await faults(page)]).toEqual([what, width, theme, []]);
          expect([what, width, await overflow(page)]).toEqual([what, width, 0]);
        }
      }
      await resize(WIDE);
    };
    for (const type of ['safety-posture', 'tool-usage', 'activity-patterns', 'anomalies', 'node-health']) {
      await page.getByLabel('Question').selectOption(type);
      await ask(page);
      await look(type);
    }
    await show('privacy');
    await page.getByRole('button', { name: 'Share only aggregates …' }).click();
    await page.locator('.consent-text').waitFor();
    await page.getByText('What it may get, and why').first().click();
    await page.getByText('Rules checked, in this order').waitFor();
    await page.getByRole('button', { name: 'Revoke ana …' }).click();
    await look('privacy');
  });
});
