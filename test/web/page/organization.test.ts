/**
 * An owner joins an organization on the page, waits, is approved, and leaves; with real services.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { LEAVING, offerText } from '../../../src/domain/organisation/consent-text.ts';
import { lately, type MeshNode } from '../../rig/mesh-nodes.ts';
import { foundOrganisation, isMember, type Organisation, orgStatus, ran, requested } from '../../rig/organisation.ts';
import { lastingFolder } from '../../rig/temporary-folder.ts';
import { until } from '../../rig/until.ts';
import { faults } from '../axe.ts';
import { enter, hasBrowser, launchBrowser } from '../browser.ts';

const inBrowser = hasBrowser ? describe : describe.skip;

inBrowser('the organization on the page', () => {
  let browser: Browser;
  let page: Page;
  let org: Organisation;
  let node: MeshNode;
  const complaints: string[] = [];
  const panel = () => page.getByRole('region', { name: 'Organization' });
  const choose = (file: string): Promise<void> => panel().getByLabel('File of the organization').setInputFiles(file);

  beforeAll(async () => {
    [browser, org] = await Promise.all([launchBrowser(), foundOrganisation(lastingFolder(), ['dev-anna'])]);
    const [found] = org.nodes;
    if (!found) throw new Error('expected a node');
    node = found;
    await node.observe(lately(['git status', 'rm -rf build']));
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(`${message.text()} ${message.location().url}`);
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    const { dashboard } = await node.call('service.status', {});
    await enter(page, {
      url: dashboard.url,
      mintLogin: async () => ({ file: new URL((await ran(node, 'dashboard', '--print-url')).trim()).pathname }),
    });
    await page.goto(`${new URL(page.url()).origin}/#/privacy`);
    await panel().getByText('This node is not a member of an organization.').waitFor();
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await org.end();
  });

  test('a file that is none of an organization, or was changed, is refused with a reason', async () => {
    const changed = join(org.folder, 'changed.caro-org');
    writeFileSync(changed, readFileSync(org.file, 'utf8').replace(/"payload":"(.)/, '"payload":"A$1'));
    await choose(changed);
    await panel().getByRole('alert').waitFor();
    // The browser notes the refusal by itself.
    expect(complaints.splice(0)).toEqual([expect.stringContaining('status of 400')]);
    expect(await panel().getByRole('alert').textContent()).toMatch(/expected/i);
    expect(await node.call('org.status', {})).toBeNull();
  });

  test('the owner reads the text of the command line and the numbers before the button works', async () => {
    await choose(org.file);
    await panel().getByText('What you agree to if you join example-gmbh').waitFor();
    const offer = await node.call('org.inspect', { document: readFileSync(org.file, 'utf8') });
    const shown = await panel().getByRole('region', { name: 'What joining means' }).innerText();
    const printed = await ran(node, 'org', 'join', org.file, '--json').catch((error: unknown) => String(error));
    expect(printed).toContain('--yes');
    for (const { title, lines } of offerText(offer))
      for (const text of [title, ...lines]) expect(shown).toContain(text);
    await panel().getByRole('region', { name: 'What would leave' }).waitFor();
    expect(await panel().getByRole('button', { name: 'Join example-gmbh' }).isDisabled()).toBe(true);
    await page.evaluate('scrollTo(0, 0)');
    expect(await faults(page)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 900 });
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await faults(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
    await page.setViewportSize({ width: 1440, height: 900 });
    expect((await node.call('policy.sharing', {})).level).toBe(0);
  });

  test('after consent the request waits for an officer, and their approval shows', async () => {
    await panel().getByLabel('Your unit').fill('berlin');
    await panel().getByLabel('I have read what may leave').check();
    await panel().getByRole('button', { name: 'Join example-gmbh' }).click();
    await panel().getByText('Your request to example-gmbh waits for an officer.').waitFor();
    expect((await node.call('policy.sharing', {})).level).toBe(2);
    await requested(org, 1);
    await org.officer('approve', 'dev-anna');
    await org.publish();
    await orgStatus(node, isMember);
    await page.reload();
    await panel().getByText('This node belongs to example-gmbh.').waitFor();
    expect(await panel().innerText()).toContain('dev-anna, unit berlin');
  });

  test('a version that asks for more waits until the owner agrees on the page', async () => {
    await org.officer('change', '--level', '1');
    await org.publish();
    await ran(node, 'org', 'import', org.folder);
    await page.reload();
    await panel().getByText('more detail: level 1 instead of 2').waitFor();
    await panel()
      .getByRole('button', { name: /^Agree to version/ })
      .click();
    await until(
      () => node.call('org.status', {}),
      (status) => status?.waiting === null && status.terms.level === 1,
    );
  });

  test('leaving says what ends, asks once more, and ends it', async () => {
    await panel().getByRole('button', { name: 'Leave example-gmbh …' }).click();
    for (const line of LEAVING) await panel().getByText(line).waitFor();
    await panel().getByRole('button', { name: 'Leave example-gmbh', exact: true }).click();
    await panel().getByText('This node is not a member of an organization.').waitFor();
    expect(await node.call('org.status', {})).toBeNull();
    expect(complaints).toEqual([]);
  });

  test('a login is needed: the process of the page alone can neither join nor leave', async () => {
    const origin = new URL(page.url()).origin;
    for (const path of ['offer', 'joining', 'agreement', 'leaving']) {
      const answer = await fetch(
        `${origin.replace(/\/\/[0-9a-f]+\.localhost/, '//127.0.0.1')}/api/organization/${path}`,
        {
          method: 'POST',
          headers: { 'content-type': 'application/json', origin },
          body: '{}',
        },
      );
      expect(answer.ok).toBe(false);
    }
  });
});
