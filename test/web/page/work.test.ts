import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { faults } from '../axe.ts';
import { enter, hasBrowser, launchBrowser } from '../browser.ts';
import { type MeshRig, openMeshRig } from '../mesh-rig.ts';
import type { SampleCommands } from '../sample-commands.ts';

const inBrowser = hasBrowser ? describe : describe.skip;
const MINUTE_MS = 60_000;

interface Worked {
  readonly command: string;
  readonly project?: string;
  readonly failed?: true;
  readonly byAgent?: true;
}

/** One command a minute, until a minute ago. */
function worked(commands: readonly Worked[], nowMs = Date.now()): SampleCommands {
  const firstMs = nowMs - commands.length * MINUTE_MS;
  const keyOf = (index: number) => ({ session: `work-${nowMs}`, command: index, part: 0 });
  return {
    started: commands.map(({ command, project, byAgent }, index) => ({
      key: keyOf(index),
      startMs: firstMs + index * MINUTE_MS,
      shell: 'bash',
      command,
      cwd: '/home/dev/work',
      tools: [command.split(' ')[0] ?? ''],
      category: 'build',
      pattern: { name: command.split(' ')[0] ?? '', tool: command.split(' ')[0] ?? '' },
      risk: 'safe',
      rules: [],
      redacted: false,
      ...(project === undefined ? {} : { project }),
      ...(byAgent ? { agent: { name: 'claude-code', approval: 'asked' } as const } : {}),
    })),
    finished: commands.map(({ failed }, index) => ({
      key: keyOf(index),
      exitCode: failed ? 2 : 0,
      durationMs: 1_000,
      endMs: firstMs + index * MINUTE_MS + 1_000,
    })),
  };
}

const times = (number: number, command: Worked): Worked[] => Array.from({ length: number }, () => command);
const LONG = 'kubectl --context staging --namespace payments get pods --output wide';

const WEEK: readonly Worked[] = [
  ...times(3, { command: 'make check', project: 'caro-mesh', failed: true }),
  { command: 'make deps', project: 'caro-mesh' },
  { command: 'make check', project: 'caro-mesh' },
  ...times(2, { command: 'npm test', project: 'caro-mesh', byAgent: true }),
  ...times(6, { command: LONG, project: 'payments' }),
  { command: 'ls' },
];

inBrowser('the work of a week, and the week with other nodes', () => {
  let browser: Browser | undefined;
  let context: BrowserContext | undefined;
  let rig: MeshRig | undefined;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  beforeEach(async () => {
    rig = await openMeshRig('individual', [{ name: 'ana' }, { name: 'ben' }]);
  });
  afterEach(async () => {
    await context?.close();
    await rig?.close();
  });
  afterAll(() => browser?.close());

  async function openPage(view: string, width = 1440, colorScheme: 'light' | 'dark' = 'light') {
    if (!browser || !rig) throw new Error('expected a browser and a node');
    context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('response', (answer) => {
      if (answer.status() >= 400) complaints.push(`${answer.status()} ${new URL(answer.url()).pathname}`);
    });
    await enter(page, rig.dashboard);
    await page.goto(`${rig.dashboard.url}#/${view}`);
    return { page, complaints };
  }
  const panel = (page: Page, title: string) =>
    page.locator('.panel').filter({ has: page.getByRole('heading', { name: title, exact: true }) });
  const send = (...sent: readonly (readonly [index: number, number: number])[]): void => {
    for (const [index, number] of sent)
      rig?.send(
        Array.from({ length: number }, () => ({
          time: new Date().toISOString(),
          recipient: rig?.ids[index] ?? '',
          address: '10.0.1.10:9238',
          type: 'answer',
          level: 2 as const,
          rule: 'trust.nodes',
          bytes: '{}'.padEnd(500),
        })),
      );
  };

  test('time, commands, agents and failures stand by project, most time first', async () => {
    await rig?.record(worked(WEEK));
    const { page, complaints } = await openPage('personal');
    await page.getByRole('button', { name: '7 days' }).click();
    const work = panel(page, 'What you worked on');
    await work.locator('tbody tr').nth(2).waitFor();
    const rows = await work.locator('tbody tr').allTextContents();
    expect(rows).toEqual(['caro-mesh7 min523', 'payments6 min600', 'outside a project1 min100']);
    expect(await work.locator('li').allTextContents()).toEqual([
      'make check 3 times, then worked: make deps',
      `alias kcsn='${LONG}' typed 6 times`,
    ]);
    expect(complaints).toEqual([]);
  });

  test.each([
    ['light', 1440],
    ['dark', 1440],
    ['light', 390],
    ['dark', 390],
  ] as const)('both panels in %s at %i px are free of accessibility faults', async (theme, width) => {
    await rig?.record(worked(WEEK));
    send([0, 3], [1, 1]);
    const { page, complaints } = await openPage('personal', width, theme);
    const look = async (title: string): Promise<void> => {
      expect([title, await faults(page)]).toEqual([title, []]);
      const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect([title, overflow]).toEqual([title, 0]);
    };
    await page.getByRole('button', { name: '7 days' }).click();
    await panel(page, 'What you worked on').locator('tbody tr').nth(2).waitFor();
    await look('What you worked on');
    await page.goto(`${rig?.dashboard.url ?? ''}#/privacy`);
    await panel(page, 'Your week with other nodes')
      .getByText('4 messages of 2.0 KiB in all left this machine, to 2 nodes, most of them to ana.')
      .waitFor();
    await look('Your week with other nodes');
    expect(complaints).toEqual([]);
  });
});
