/** Saved answers on the page: opened, compared with another one, and exported. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { answersCsv, type SavedAnswer } from '../../../src/domain/answers/saved-answer.ts';
import { REPEAT_MS } from '../../../src/policy/responder.ts';
import type { Typed } from '../../policy/node.ts';
import { faults } from '../axe.ts';
import { enter, hasBrowser, launchBrowser } from '../browser.ts';
import { type MeshRig, openMeshRig } from '../mesh-rig.ts';

const inBrowser = hasBrowser ? describe : describe.skip;

const TYPED: readonly Typed[] = [
  { pattern: 'git push', family: 'git', times: 12 },
  { pattern: 'rm', family: 'files', times: 3, risk: 'critical' },
];
const NAMES = ['ana', 'ben', 'cyd', 'dan', 'eli'];
const QUESTION = 'Safety posture over 7 days';

inBrowser('saved answers in Chromium', () => {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let rig: MeshRig;
  const complaints: string[] = [];
  beforeAll(async () => {
    const neighbours = NAMES.map((name) => ({ name, lets: 'supervisor' as const, typed: TYPED }));
    [browser, rig] = await Promise.all([launchBrowser(), openMeshRig('security', neighbours)]);
    // The first answer is of before the commands at ana; another question follows.
    await ask('safety-posture');
    rig.pass(REPEAT_MS);
    rig.typeAt(0, [{ pattern: 'rm', family: 'files', times: 2, risk: 'critical' }]);
    await ask('safety-posture');
    await ask('node-health');
    context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    page = await context.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await enter(page, rig.dashboard);
    await page.goto(`${rig.dashboard.url}#/ask`);
    await panel('Saved answers').getByRole('button', { name: QUESTION }).first().waitFor();
  });
  afterAll(async () => {
    await browser.close();
    await rig.close();
  });

  const ask = (type: 'safety-posture' | 'node-health') => rig.bus.request('mesh.query', { type });
  const panel = (name: string) => page.getByRole('region', { name, exact: true });
  const saved = (seq: number): Promise<SavedAnswer> => rig.bus.request('answers.show', { seq });

  test('one opens with its sum and the nodes in it, and closes again', async () => {
    const [, older] = await panel('Saved answers').getByRole('button', { name: QUESTION }).all();
    await older?.click();
    const sum = panel('Safety posture, sum');
    await sum.waitFor();
    expect(await sum.locator('.posture-total').textContent()).toBe('75 commands');
    expect(await sum.textContent()).toContain('5 nodes ·');
    await older?.click();
    await sum.waitFor({ state: 'detached' });
  });

  test('two answers to the same question are compared cell by cell, the earlier one first', async () => {
    const [newer] = await panel('Saved answers').getByRole('button', { name: QUESTION }).all();
    await newer?.click();
    const choice = panel('Safety posture, sum').getByLabel('Compare with');
    await choice.waitFor();
    // Not with itself, and not with the answer to another question.
    expect(await choice.locator('option').count()).toBe(2);
    await choice.selectOption({ index: 1 });
    const compared = panel('Compared');
    const row = compared.getByRole('row', { name: /^commands / });
    await row.waitFor();
    expect(await row.locator('th, td').allTextContents()).toEqual(['commands', '75', '77', '+2']);
    expect(await compared.textContent()).toContain('5 of 5 nodes before, 5 of 5 after.');
    expect(await faults(page)).toEqual([]);
  });

  test('all that are listed are exported with every cell, oldest first', async () => {
    const download = page.waitForEvent('download');
    await panel('Saved answers').getByRole('button', { name: 'Export as CSV' }).click();
    const file = await download;
    expect(file.suggestedFilename()).toBe('caro-answers.csv');
    const answers = [await saved(1), await saved(2), await saved(3)];
    expect(readFileSync(await file.path(), 'utf8')).toBe(`${[...answersCsv(answers)].join('\n')}\n`);
    expect(complaints).toEqual([]);
  });
});
