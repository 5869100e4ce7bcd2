import { createServer, type Server } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { TerminalEvent } from '../../../src/domain/events/event.ts';
import type { Status } from '../../../src/web/page/data/contract.ts';
import { faults } from '../axe.ts';
import { enter, hasBrowser, isOwnOrigin, launchBrowser } from '../browser.ts';
import { type DashboardRig, openRig } from '../dashboard-rig.ts';
import { sampleCommands } from '../sample-commands.ts';

const inBrowser = hasBrowser ? describe : describe.skip;
const ATTACK = '<img src=x onerror="window.owned=1"><script>window.owned=1</script>';

inBrowser('the page in Chromium', () => {
  let browser: Browser | undefined;
  let rig: DashboardRig;
  let context: BrowserContext;
  beforeAll(async () => {
    browser = await launchBrowser();
    rig = await openRig();
  });
  afterAll(async () => {
    await browser?.close();
    await rig.close();
  });
  afterEach(() => context.close());

  /** What all tests have recorded, one command of which is deleted. */
  const shown: TerminalEvent[] = [];
  const record: typeof rig.record = async (commands) => {
    const events = await rig.record(commands);
    shown.push(...events);
    return events;
  };
  let filled: Promise<readonly TerminalEvent[]> | undefined;
  /** Work of ten days, once. */
  const fill = (): Promise<readonly TerminalEvent[]> => {
    filled ??= record(sampleCommands(400, 10, Date.now() - 60_000));
    return filled;
  };

  /** A logged-in page; what it complains about or asks of others is collected. */
  async function openPage(width = 1440, colorScheme: 'light' | 'dark' = 'light') {
    if (!browser) throw new Error('expected a browser');
    context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
    const page = await context.newPage();
    const complaints: string[] = [];
    const strangers: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (asked) => {
      const { hostname, port, protocol } = new URL(asked.url());
      const isOurs = /^[0-9a-f]{32}\.localhost$/.test(hostname) && port === String(rig.dashboard.port);
      if (!isOurs && !/^(file|data|blob):/.test(protocol)) strangers.push(asked.url());
    });
    await enter(page, rig.dashboard);
    return { page, complaints, strangers };
  }

  test('a fresh node explains what to do, and fills by itself when the first command arrives', async () => {
    const { page, complaints } = await openPage();
    await page.getByText('Nothing observed yet').waitFor();
    const { setup } = (await (await rig.get('/api/status', await rig.login())).json()) as Status;
    for (const shell of ['fish', 'bash']) {
      await page.getByRole('button', { name: shell, exact: true }).click();
      const line = setup.find((one) => one.shell === shell)?.line ?? 'expected a line';
      expect(line).toMatch(/^if .* (source|\.) \S+\/hooks\/caro\.\w+; else.* shell init /);
      await page.getByText(line, { exact: true }).waitFor();
    }
    await page.getByText('live', { exact: true }).waitFor();
    await record(sampleCommands(1, 1, Date.now()));
    await page.locator('.event').first().waitFor();
    expect(complaints).toEqual([]);
  });

  test('a login leaves no trace in the address or the history, and contacts no other host', async () => {
    const { page, strangers } = await openPage();
    expect(isOwnOrigin(new URL(page.url()), rig.dashboard)).toBe(true);
    expect(strangers).toEqual([]);
    const cookies = await context.cookies();
    expect(cookies).toEqual([expect.objectContaining({ httpOnly: true, sameSite: 'Strict', path: '/' })]);
    expect(await page.evaluate('document.cookie')).toBe('');
  });

  test('a new command appears at once, and its text is shown as text', async () => {
    const { page, complaints } = await openPage();
    await page.getByText('live', { exact: true }).waitFor();
    const sample = sampleCommands(1, 1, Date.now() + 1, 11);
    const started = sample.started.map((one) => ({
      ...one,
      startMs: Date.now(),
      command: ATTACK,
      cwd: `/tmp/${ATTACK}`,
    }));
    const [event] = await record({ ...sample, started });
    const row = page.locator(`[data-event="${event?.id}"]`);
    await row.waitFor();
    expect(await row.locator('.command').first().textContent()).toBe(ATTACK);
    await row.getByRole('button').click();
    await row.locator('.details').waitFor();
    expect(await row.locator('img, script').count()).toBe(0);
    expect(await page.evaluate('"owned" in window')).toBe(false);
    expect(complaints).toEqual([]);
  });

  test('a command is deleted after a confirmation', async () => {
    const { page, complaints } = await openPage();
    await page.getByText('live', { exact: true }).waitFor();
    const sample = sampleCommands(1, 1, Date.now() + 2, 12);
    const started = sample.started.map((one) => ({ ...one, startMs: Date.now(), command: 'echo typed by mistake' }));
    const [event] = await rig.record({ ...sample, started });
    const row = page.locator(`[data-event="${event?.id}"]`);
    await row.getByRole('button').click();
    await row.getByRole('button', { name: 'Delete …' }).click();
    await row.getByRole('button', { name: 'Keep it' }).click();
    await row.getByRole('button', { name: 'Delete …' }).click();
    expect(await faults(page)).toEqual([]);
    await row.getByRole('button', { name: 'Delete it' }).click();
    await page.getByText('Deleted. The figures follow').waitFor();
    await page.reload();
    await page.getByText('live', { exact: true }).waitFor();
    expect(await page.getByText('echo typed by mistake').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test('the chart is drawn inside its panel, with its layers aligned', async () => {
    const { page } = await openPage();
    await fill();
    const over = page.locator('.u-over');
    await over.waitFor();
    const [plot, canvas, layer] = await Promise.all(
      [page.locator('.plot'), page.locator('.plot canvas'), over].map((part) => part.boundingBox()),
    );
    if (!plot || !canvas || !layer) throw new Error('expected a chart that is shown');
    expect(Math.abs(canvas.y - plot.y)).toBeLessThan(1);
    expect(layer.y + layer.height).toBeLessThanOrEqual(plot.y + plot.height);
  });

  test('searching, filtering and paging find what was typed', async () => {
    const recorded = await fill();
    // The samples are random: which commands are among them, and how often, differs.
    const matching = (text: string) => shown.filter(({ command }) => command.toLowerCase().includes(text)).length;
    const [rare = ''] = recorded.map(({ command }) => command.toLowerCase()).filter((text) => matching(text) < 50);
    const { page } = await openPage();
    const rows = page.locator('.event');
    await rows.first().waitFor();
    await page.getByRole('button', { name: 'Older commands' }).click();
    await expectCount(page, rows, (count) => count > 50);
    await page.getByLabel('Search in commands').fill(rare.toUpperCase());
    await expectCount(page, rows, (count) => count === matching(rare));
    const texts = await rows.locator('.command').allTextContents();
    expect(texts.length).toBeGreaterThan(0);
    for (const text of texts) expect(text.toLowerCase()).toContain(rare);
    await page.getByLabel('Least risk').selectOption('critical');
    await page.getByText('No command matches this search.').waitFor();
    await page.getByRole('button', { name: 'Clear' }).click();
    await expectCount(page, rows, (count) => count >= 50);
  });

  test.each([
    ['light', 1440],
    ['dark', 1440],
    ['light', 360],
    ['dark', 360],
  ] as const)(
    'every view in %s at %i px is free of accessibility faults and of sideways scrolling',
    async (theme, width) => {
      await fill();
      const { page, complaints } = await openPage(width, theme);
      for (const [view, sign] of [
        ['today', '.h5'],
        ['rules', '.draft'],
        ['privacy', '.bytes'],
        ['audit', '.records li'],
      ] as const) {
        await page.goto(`${rig.dashboard.url}#/${view}`);
        await page.locator(sign).first().waitFor();
        expect([view, await faults(page)]).toEqual([view, []]);
        const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
        expect([view, overflow]).toEqual([view, 0]);
      }
      expect(complaints).toEqual([]);
    },
  );

  test('the privacy page lists from the audit log who asked and what they got', async () => {
    const { page } = await openPage();
    await page.getByRole('link', { name: 'Privacy' }).click();
    await page.getByText('No node has asked, and nothing has left.').waitFor();
    const details = {
      query: 'tool-usage',
      spanHours: 24,
      decision: 'allow',
      level: 2,
      rule: 'trust.nodes',
      result: 'answered',
    };
    await rig.bus.request('audit.append', { type: 'query.answered', peer: 'caro:ed25519:AAAA', details });
    await page.reload();
    const record = page.locator('.asked li', { hasText: 'asked for tool usage' });
    await record.waitFor();
    expect(await record.textContent()).toContain('got aggregates (level 2)trust.nodes');
  });

  test('the checker reports a fault', async () => {
    const { page } = await openPage();
    await page.evaluate(`document.querySelector('main').append(document.createElement('img'))`);
    expect(await faults(page)).toEqual([expect.stringContaining('image-alt')]);
  });

  test('the page can be used with the keyboard alone', async () => {
    await fill();
    const { page } = await openPage();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement?.id')).toBe('content');
    const row = page.locator('.event-line').first();
    await row.focus();
    await page.keyboard.press('Enter');
    await page.locator('.details').first().waitFor();
    await page.getByRole('link', { name: 'Privacy' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Privacy' }).waitFor();
  });

  test('the chosen colours are kept', async () => {
    await fill();
    const { page } = await openPage();
    const paper = () => page.evaluate<string>('getComputedStyle(document.documentElement).backgroundColor');
    const light = await paper();
    const change = page.getByRole('button', { name: /^Colours/ });
    await change.click();
    await change.click();
    await page.getByRole('button', { name: /^Colours: dark/ }).waitFor();
    const dark = await paper();
    expect(dark).not.toBe(light);
    await page.reload();
    await page.locator('.glance').waitFor();
    expect(await paper()).toBe(dark);
  });

  test('logging out locks the page, and going back does not open it', async () => {
    const { page } = await openPage();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByText('This dashboard is locked').waitFor();
    await page.goto(rig.dashboard.url);
    await page.getByText('This dashboard is locked').waitFor();
    expect(await page.locator('.event').count()).toBe(0);
  });

  test('a page on another port has the cookie and still cannot read anything', async () => {
    await openPage();
    const stranger = await context.newPage();
    const { server, url } = await serve('<!doctype html><title>stranger</title>');
    await stranger.goto(url);
    const target = rig.dashboard.url;
    const read = await stranger.evaluate(
      `fetch('${target}api/status', { credentials: 'include' }).then((answer) => 'read ' + answer.status, () => 'blocked')`,
    );
    expect(read).toBe('blocked');
    expect(await stranger.evaluate('Object.keys(localStorage)')).toEqual([]);
    const framed = await stranger.evaluate(`new Promise((resolve) => {
      const frame = document.createElement('iframe');
      frame.addEventListener('load', () => {
        try {
          resolve(frame.contentDocument?.body.textContent ?? 'shut');
        } catch {
          resolve('shut');
        }
      });
      frame.src = '${target}';
      document.body.append(frame);
    })`);
    expect(framed).toBe('shut');
    server.close();
  });
});

async function expectCount(page: Page, rows: ReturnType<Page['locator']>, holds: (count: number) => boolean) {
  for (let look = 0; look < 300; look += 1) {
    if (holds(await rows.count())) return;
    await page.waitForTimeout(50);
  }
  throw new Error(`expected another number of rows than ${await rows.count()}`);
}

function serve(body: string): Promise<{ readonly server: Server; readonly url: string }> {
  const server = createServer((_request, answer) => {
    answer.setHeader('content-type', 'text/html');
    answer.end(body);
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      resolve({ server, url: `http://localhost:${port}/` });
    });
  });
}
