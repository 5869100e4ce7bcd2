import { createServer, type Server } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import type { TerminalEvent } from '../../../src/domain/events/event.ts';
import type { Status } from '../../../src/web/page/data/contract.ts';
import { faults } from '../axe.ts';
import { hasBrowser, isOwnOrigin, launchBrowser } from '../browser.ts';
import { type DashboardRig, openRig } from '../dashboard-rig.ts';
import { sampleCommands } from '../sample-commands.ts';
import { openSharedPage, overflow, PHONE, type SharedPage, WIDE } from '../shared-page.ts';

const inBrowser = hasBrowser ? describe : describe.skip;
const ATTACK = '<img src=x onerror="window.owned=1"><script>window.owned=1</script>';

inBrowser('the page in Chromium', () => {
  let browser: Browser;
  let rig: DashboardRig;
  let shared: SharedPage;
  let page: Page;
  const strangers: string[] = [];
  beforeAll(async () => {
    browser = await launchBrowser();
    rig = await openRig();
    const context = await browser.newContext();
    context.on('request', (asked) => {
      const { hostname, port, protocol } = new URL(asked.url());
      const isOurs = /^[0-9a-f]{32}\.localhost$/.test(hostname) && port === String(rig.dashboard.port);
      if (!isOurs && !/^(file|data|blob):/.test(protocol)) strangers.push(asked.url());
    });
    shared = await openSharedPage(context, rig.dashboard);
    page = shared.page;
  });
  afterEach(() => expect([...shared.complaints.splice(0), ...strangers]).toEqual([]));
  afterAll(async () => {
    await browser.close();
    await rig.close();
  });

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

  test('a fresh node explains what to do, and fills by itself when the first command arrives', async () => {
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
  });

  test('a login leaves no trace in the address or the history, and contacts no other host', async () => {
    expect(isOwnOrigin(new URL(page.url()), rig.dashboard)).toBe(true);
    expect(strangers).toEqual([]);
    const cookies = await page.context().cookies();
    expect(cookies).toEqual([expect.objectContaining({ httpOnly: true, sameSite: 'Strict', path: '/' })]);
    expect(await page.evaluate('document.cookie')).toBe('');
  });

  test('a new command appears at once, and its text is shown as text', async () => {
    await shared.show('today');
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
  });

  test('a command is deleted after a confirmation', async () => {
    await shared.show('today');
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
  });

  test('the chart is drawn inside its panel, with its layers aligned', async () => {
    await fill();
    await shared.show('today');
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
    await shared.show('today');
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

  test('every view is free of accessibility faults and of sideways scrolling, wide and on a phone', async () => {
    await fill();
    for (const [view, sign] of [
      ['today', '.h5'],
      ['rules', '.draft'],
      ['privacy', '.bytes'],
      ['audit', '.records li'],
    ] as const) {
      await shared.show(view);
      await page.locator(sign).first().waitFor();
      for (const width of [WIDE, PHONE]) {
        for (const theme of ['light', 'dark'] as const) {
          await shared.resize(width, theme);
          expect([view, width, theme, await faults(page)]).toEqual([view, width, theme, []]);
          expect([view, width, await overflow(page)]).toEqual([view, width, 0]);
        }
      }
      // Parts of the next view are folded away on a phone.
      await shared.resize(WIDE);
    }
  });

  test('the privacy page lists from the audit log who asked and what they got', async () => {
    await shared.show('today');
    await page.getByRole('link', { name: 'Privacy' }).click();
    await page.getByText('No node has asked, and no summary has left.').waitFor();
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
    await page.evaluate(`document.querySelector('main').append(document.createElement('img'))`);
    expect(await faults(page)).toEqual([expect.stringContaining('image-alt')]);
  });

  test('the page can be used with the keyboard alone', async () => {
    await fill();
    await shared.show('today');
    await page.reload();
    await page.locator('.event-line').first().waitFor();
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
    await shared.show('today');
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

  test('a page on another port has the cookie and still cannot read anything', async () => {
    const stranger = await page.context().newPage();
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
    await stranger.close();
    // What the stranger asked itself.
    strangers.length = 0;
  });

  test('logging out locks the page, and going back does not open it', async () => {
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByText('This dashboard is locked').waitFor();
    await page.goto(rig.dashboard.url);
    await page.getByText('This dashboard is locked').waitFor();
    expect(await page.locator('.event').count()).toBe(0);
    // The browser complains of the refusal, and the locked page has the plain address.
    expect(shared.complaints.splice(0)).toEqual([expect.stringContaining('401 (Unauthorized)')]);
    strangers.length = 0;
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
