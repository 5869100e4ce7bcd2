import { afterEach, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import type { RotationBegun } from '../../../src/domain/status/status.ts';
import { connected, type MeshNode, makeNode, startAll } from '../../rig/mesh-nodes.ts';
import { caro, caroJson } from '../../rig/service.ts';
import { temporaryFolders } from '../../rig/temporary-folder.ts';
import { until } from '../../rig/until.ts';
import { enter, hasBrowser, launchBrowser } from '../browser.ts';

const folder = temporaryFolders();
const nodes: MeshNode[] = [];
let browser: Browser | undefined;
afterEach(async () => {
  await browser?.close();
  await Promise.all(nodes.splice(0).map((node) => node.stop()));
});

const inBrowser = hasBrowser ? test : test.skip;

/** Two services that trust each other; the first one's page, in its Privacy view. */
async function openPair(): Promise<{ readonly ada: MeshNode; readonly bob: MeshNode; readonly page: Page }> {
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
  return { ada, bob, page };
}

inBrowser('revoking a node on the page ends its connection at once, on both real services, for good', async () => {
  const { ada, bob, page } = await openPair();
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

inBrowser(
  'a key that bob changed waits on the page of ada with both fingerprints, and her word on it counts at once',
  async () => {
    const { ada, bob, page } = await openPair();
    const [begun] = await caroJson<RotationBegun>(bob.home, 'identity', 'rotate', '--yes');
    const [change] = await until(
      () => ada.call('trust.keys', {}),
      (changes) => changes.length > 0,
    );
    expect(change).toMatchObject({ old: bob.id, state: 'pending' });
    await page.reload();
    const row = page.getByRole('list', { name: 'Rotated keys' }).getByRole('listitem');
    await row.getByText(`${change?.oldFingerprint} → ${change?.newFingerprint}`).waitFor();
    expect(await row.textContent()).toMatch(/bob.*waiting.*trust moves on/);

    await row.getByRole('button', { name: 'Confirm the new key of bob …' }).click();
    expect(await ada.call('trust.keys', {})).toMatchObject([{ confirmed: false }]);
    await row.getByRole('button', { name: `${change?.newFingerprint} is right` }).click();
    await row.getByText('confirmed by you').waitFor();
    expect(await ada.call('trust.keys', {})).toMatchObject([{ new: change?.new, confirmed: true, state: 'current' }]);
    expect(begun?.to).toBe(change?.new);
    expect(JSON.stringify(await ada.audited('key.succeeded'))).toContain(change?.new);
  },
);
