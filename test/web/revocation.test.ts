import { afterEach, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { connected, type MeshNode, makeNode, startAll } from '../support/mesh-nodes.ts';
import { caro, until } from '../support/service.ts';
import { temporaryFolders } from '../support/temporary-folder.ts';
import { enter, hasBrowser, launchBrowser } from './browser.ts';

const folder = temporaryFolders();
const nodes: MeshNode[] = [];
let browser: Browser | undefined;
afterEach(async () => {
  await browser?.close();
  await Promise.all(nodes.splice(0).map((node) => node.stop()));
});

const inBrowser = hasBrowser ? test : test.skip;

inBrowser('revoking a node on the page ends its connection at once, on both real services, for good', async () => {
  const ada = await makeNode(folder(), 'ada');
  const bob = await makeNode(folder(), 'bob');
  nodes.push(ada, bob);
  ada.configure({ trust: { [bob.id]: 'peer' }, dials: [bob] });
  bob.configure({ trust: { [ada.id]: 'peer' }, dials: [ada] });
  await startAll([ada, bob]);
  await connected(ada, [bob]);

  browser = await launchBrowser();
  const page = await browser.newPage();
  const { dashboard } = await ada.call('service.status', {});
  await enter(page, {
    url: dashboard.url,
    mintLogin: async () => {
      const { stdout } = await caro(ada.home, 'dashboard', '--print-url');
      return { file: new URL(stdout.trim()).pathname };
    },
  });
  await page.getByText('Mesh: 1 of 1 connected').waitFor();
  await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'Privacy' }).click();
  await page.getByRole('button', { name: 'Revoke bob …' }).click();
  await page.getByRole('button', { name: 'Revoke bob now' }).click();
  await page.locator('.trust li', { hasText: 'denied' }).waitFor();

  await bob.audited('peer.disconnected');
  await until(
    () => bob.isConnected(ada.id),
    (isConnected) => !isConnected,
  );
  // bob goes on dialling: he is refused, and ada's log says so.
  await until(
    () => ada.audit('peer.refused'),
    (records) => records.some(({ peer }) => peer === bob.id),
    20_000,
  );
  const [change] = await ada.audited('trust.changed');
  expect(JSON.stringify(change?.details)).toContain(bob.id);
  expect(await ada.isConnected(bob.id)).toBe(false);
  await page.reload();
  await page.locator('.trust li', { hasText: 'denied' }).waitFor();
});
