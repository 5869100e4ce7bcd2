import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { QUERY_TYPES } from '../../../src/domain/policy/trust.ts';
import type { Aggregates } from '../../../src/web/page/data/contract.ts';
import type { Typed } from '../../policy/node.ts';
import { faults } from '../axe.ts';
import { enter, hasBrowser, launchBrowser } from '../browser.ts';
import { type MeshRig, openMeshRig } from '../mesh-rig.ts';
import { sampleCommands } from '../sample-commands.ts';

const inBrowser = hasBrowser ? describe : describe.skip;

const typed: readonly Typed[] = [
  { pattern: 'git push', family: 'git', times: 12 },
  { pattern: 'rm', family: 'files', times: 3, risk: 'critical' },
];
const NEIGHBOURS = [
  ...['ana', 'ben', 'cyd', 'dan', 'eli'].map((name) => ({ name, lets: 'supervisor' as const, typed })),
  { name: 'fay' },
  { name: 'gus', state: 'connecting' as const },
  { name: 'hal', state: 'skewed' as const, skewMs: 420_000 },
  { name: 'ida', state: 'refused' as const },
];

inBrowser('the views of the mesh in Chromium', () => {
  let browser: Browser | undefined;
  let context: BrowserContext | undefined;
  const rigs = new Map<string, Promise<MeshRig>>();
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterEach(() => context?.close());
  afterAll(async () => {
    await browser?.close();
    for (const rig of rigs.values()) await rig.then((opened) => opened.close());
  });

  const rigOf = (role: 'individual' | 'admin' | 'security', neighbours = NEIGHBOURS) => {
    const key = `${role} ${neighbours.map(({ name }) => name).join()}`;
    const rig = rigs.get(key) ?? openMeshRig(role, neighbours);
    rigs.set(key, rig);
    return rig;
  };

  async function openPage(rig: MeshRig, view: string, width = 1440, colorScheme: 'light' | 'dark' = 'light') {
    if (!browser) throw new Error('expected a browser');
    context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await enter(page, rig.dashboard);
    await page.goto(`${rig.dashboard.url}#/${view}`);
    return { page, complaints };
  }

  const ask = async (page: Page): Promise<void> => {
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await page.getByRole('heading', { name: /, sum$/ }).waitFor();
  };

  test('the role of a node decides which views it offers, and the others explain why they are not (FR-803, FR-804)', async () => {
    const names = async (role: 'individual' | 'admin' | 'security'): Promise<readonly string[]> => {
      const { page } = await openPage(await rigOf(role, []), 'audit');
      await page.getByRole('link', { name: 'Audit log' }).waitFor();
      await page.locator('.node-name').waitFor();
      const links = await page.locator('.views a').allTextContents();
      await context?.close();
      return links;
    };
    expect(await names('individual')).toEqual(['Activity', 'Rules', 'Privacy', 'Audit log']);
    expect(await names('admin')).toEqual(['Activity', 'Fleet', 'Ask', 'Rules', 'Privacy', 'Audit log']);
    expect(await names('security')).toEqual([
      ...['Activity', 'Posture', 'Fleet', 'Ask', 'Rules', 'Privacy', 'Audit log'],
    ]);
    const { page } = await openPage(await rigOf('individual', []), 'ask');
    await page.getByText('This view is for nodes whose role is admin or security').waitFor();
    expect(await page.getByRole('button', { name: 'Ask', exact: true }).count()).toBe(0);
  });

  test('a query shows the total risk, accounts for every node, and appears in the history (FR-804)', async () => {
    const rig = await rigOf('security');
    const { page, complaints } = await openPage(rig, 'ask');
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
    expect(complaints).toEqual([]);
  });

  test('only a node that shares its summary is shown by name', async () => {
    const rig = await rigOf('admin', [
      { name: 'ana', lets: 'peer', typed } as never,
      ...(NEIGHBOURS.slice(1, 6) as never[]),
    ]);
    const { page } = await openPage(rig, 'team');
    await page.getByLabel('Question').selectOption('recent-commands');
    await ask(page);
    await page.getByText('What ana lets this node see').click();
    expect(await page.locator('.targets details').count()).toBe(1);
    expect(await page.locator('.targets .counts').first().textContent()).toMatch(/git push\s*12/);
  });

  test('a sum over too few nodes is withheld, with the reason in plain words', async () => {
    const rig = await rigOf('security', NEIGHBOURS.slice(0, 2));
    const { page } = await openPage(rig, 'ask');
    await ask(page);
    await page.getByText('The sum is withheld.').waitFor();
    await page.getByText('Only 2 answered with figures. A sum over so few nodes would reveal single people.').waitFor();
    expect(await page.locator('.posture-total').count()).toBe(0);
  });

  test('if no node answers this one, the page says so and what to do', async () => {
    const rig = await rigOf('security', [{ name: 'fay' }, { name: 'gil' }] as never);
    const { page } = await openPage(rig, 'ask');
    await ask(page);
    await page.getByText('No node lets this one ask.').waitFor();
    await page.getByText(/caro trust set caro:ed25519:\S+ supervisor/).waitFor();
  });

  test('sharing can be enabled only after a preview, and disabled at once (FR-303, FR-504)', async () => {
    const rig = await rigOf('individual');
    await rig.record(sampleCommands(40, 2, Date.now() - 60_000));
    const { page, complaints } = await openPage(rig, 'privacy');
    const managed = () => readFileSync(join(rig.home, 'config', 'managed.toml'), 'utf8');
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
    expect(complaints).toEqual([]);
  });

  test('the preview of level 2 shows every cell that would leave, over the longest span', async () => {
    const rig = await rigOf('individual');
    const DAYS_AGO = 20 * 86_400_000;
    await rig.record(sampleCommands(40, 2, Date.now() - DAYS_AGO));
    const { page, complaints } = await openPage(rig, 'privacy');
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
    expect(complaints).toEqual([]);
  });

  test('trust can be set, explained, and revoked after a confirmation', async () => {
    const rig = await rigOf('individual', NEIGHBOURS.slice(0, 3));
    const { page } = await openPage(rig, 'privacy');
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
    const rig = await rigOf('individual', NEIGHBOURS.slice(0, 3));
    const payload = Buffer.from('{"type":"response","name":"Grüße"}').toString('base64');
    const bytes = JSON.stringify({ payload, payloadType: 'application/vnd.caro' });
    const [recipient = ''] = rig.ids;
    const entry = { time: new Date().toISOString(), recipient, address: '10.0.1.10', type: 'response' };
    rig.send([{ ...entry, level: 2, rule: 'trust.nodes', bytes }]);
    const { page } = await openPage(rig, 'privacy');
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
    const rig = await rigOf('security');
    const [ana = ''] = rig.ids;
    await rig.bus.request('audit.append', { type: 'summary.received', peer: ana, details: { period: 'daily' } });
    const { page } = await openPage(rig, 'audit');
    const pill = page.locator('.pill-box');
    await pill.getByText('Mesh: 6 of 9 connected, 2 refused').click();
    const peer = (name: string) => pill.locator('li', { hasText: name });
    await peer('Relay').getByText('waiting after relay_unreachable; next attempt').waitFor();
    await peer('ida').getByText('refused: another key answers at its address').waitFor();
    await peer('hal').getByText('its clock is 7 min ahead').waitFor();
    await peer('gus').getByText('connecting: nothing answers at its address').waitFor();
    await peer('ana').getByText('last summary received just now').waitFor();
    expect(await faults(page)).toEqual([]);
  });

  test.each([
    ['light', 1440],
    ['dark', 1440],
    ['light', 360],
    ['dark', 360],
  ] as const)('answers and switches in %s at %i px are free of accessibility faults', async (theme, width) => {
    const rig = await rigOf('security');
    const { page, complaints } = await openPage(rig, 'ask', width, theme);
    const look = async (what: string): Promise<void> => {
      expect([what, await faults(page)]).toEqual([what, []]);
      const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect([what, overflow]).toEqual([what, 0]);
    };
    for (const type of ['safety-posture', 'tool-usage', 'activity-patterns', 'anomalies', 'node-health']) {
      await page.getByLabel('Question').selectOption(type);
      await ask(page);
      await look(type);
    }
    await page.goto(`${rig.dashboard.url}#/privacy`);
    await page.getByRole('button', { name: 'Share only aggregates …' }).click();
    await page.locator('.consent-text').waitFor();
    await page.getByText('What it may get, and why').first().click();
    await page.getByText('Rules checked, in this order').waitFor();
    await page.getByRole('button', { name: 'Revoke ana …' }).click();
    await look('privacy');
    expect(complaints).toEqual([]);
  });
});
