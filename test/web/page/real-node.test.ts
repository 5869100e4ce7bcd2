import { afterEach, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { openShell, type ShellSession } from '../../rig/programs/pty.ts';
import { caro, configure, startService, type TestService } from '../../rig/service.ts';
import { temporaryFolders } from '../../rig/temporary-folder.ts';
import { enter, hasBrowser, launchBrowser } from '../browser.ts';

const folder = temporaryFolders();
let service: TestService | undefined;
let shell: ShellSession | undefined;
let browser: Browser | undefined;

afterEach(async () => {
  await browser?.close();
  await shell?.close();
  await service?.stop();
});

const inBrowser = hasBrowser ? test : test.skip;

inBrowser(
  'a command typed in a real bash shows up on the open page of the real service, with its risk and why',
  async () => {
    const home = folder();
    await configure(home);
    service = await startService(home);
    const { stdout: hook } = await caro(home, 'shell', 'init', 'bash');
    shell = await openShell({ shell: 'bash', rc: hook, cwd: home, env: { CARO_HOME: home } });
    browser = await launchBrowser();
    const page = await browser.newPage();
    await enter(page, {
      url: service.ready.dashboard,
      mintLogin: async () => {
        const { stdout } = await caro(home, 'dashboard', '--print-url');
        return { file: new URL(stdout.trim()).pathname };
      },
    });
    await page.getByText('Nothing observed yet').waitFor();
    await page.getByText('live', { exact: true }).waitFor();

    await shell.run('echo "<b>first light</b>"');
    await shell.run('chmod -R 777 /nonexistent-caro');

    const ordinary = page.locator('.event', { hasText: 'echo "<b>first light</b>"' });
    await ordinary.waitFor();
    expect(await ordinary.locator('b').count()).toBe(0);
    const risky = page.locator('.event', { hasText: 'chmod -R 777' });
    await risky.getByText('failed 1').waitFor();
    await risky.getByRole('button').click();
    await risky.locator('.reason').first().waitFor();
    expect(await risky.locator('.reason').first().textContent()).toMatch(/(high|critical) .+ \S+/);
    await page.locator('.risky').getByText('chmod -R 777').waitFor();
    await page.locator('.health').getByText('bash').waitFor();
  },
);
