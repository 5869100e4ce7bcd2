import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { faults } from '../axe.ts';
import { hasBrowser, launchBrowser } from '../browser.ts';
import { type MeshRig, openMeshRig } from '../mesh-rig.ts';
import type { SampleCommands } from '../sample-commands.ts';
import { openSharedPage, overflow, PHONE, type SharedPage, WIDE } from '../shared-page.ts';

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
  ...times(2, { command: 'npm test', project: 'caro-mesh', byAgent: true, failed: true }),
  ...times(6, { command: LONG, project: 'payments' }),
  { command: 'ls' },
];

inBrowser('the work of a week, and the week with other nodes', () => {
  let browser: Browser;
  let rig: MeshRig;
  let shown: SharedPage;
  const refused: string[] = [];
  beforeAll(async () => {
    browser = await launchBrowser();
    rig = await openMeshRig('individual', [{ name: 'ana' }, { name: 'ben' }]);
    await rig.record(worked(WEEK));
    send([0, 3], [1, 1]);
    shown = await openSharedPage(browser, rig.dashboard);
    shown.page.on('response', (answer) => {
      if (answer.status() >= 400) refused.push(`${answer.status()} ${new URL(answer.url()).pathname}`);
    });
  });
  afterEach(() => expect([...shown.complaints.splice(0), ...refused.splice(0)]).toEqual([]));
  afterAll(async () => {
    await browser.close();
    await rig.close();
  });

  const panel = (page: Page, title: string) =>
    page.locator('.panel').filter({ has: page.getByRole('heading', { name: title, exact: true }) });
  const send = (...sent: readonly (readonly [index: number, number: number])[]): void => {
    for (const [index, number] of sent)
      rig.send(
        Array.from({ length: number }, () => ({
          time: new Date().toISOString(),
          recipient: rig.ids[index] ?? '',
          address: '10.0.1.10:9238',
          type: 'answer',
          level: 2 as const,
          rule: 'trust.nodes',
          bytes: '{}'.padEnd(500),
        })),
      );
  };

  const look = async (title: string): Promise<void> => {
    for (const width of [WIDE, PHONE]) {
      for (const theme of ['light', 'dark'] as const) {
        await shown.resize(width, theme);
        expect([title, width, theme, await faults(shown.page)]).toEqual([title, width, theme, []]);
        expect([title, width, await overflow(shown.page)]).toEqual([title, width, 0]);
      }
    }
  };

  test('time, commands, agents and failures stand by project, most time first', async () => {
    const { page } = shown;
    await shown.show('personal');
    await page.getByRole('button', { name: '7 days' }).click();
    const work = panel(page, 'What you worked on');
    await work.locator('tbody tr').nth(2).waitFor();
    const rows = await work.locator('tbody tr').allTextContents();
    expect(rows).toEqual(['caro-mesh7 min532 (2 failed)', 'payments6 min600', 'outside a project1 min100']);
    expect(await work.locator('li').allTextContents()).toEqual([
      'make check 3 times, then worked: make deps',
      'npm test 2 times',
      `alias kcsn='${LONG}' typed 6 times`,
    ]);
    await look('What you worked on');
  });

  test('the messages of the week are counted, with the node that got most of them', async () => {
    await shown.show('privacy');
    await panel(shown.page, 'Your week with other nodes')
      .getByText('4 messages (2.0 KiB) left this machine, to 2 nodes, most of them to ana.')
      .waitFor();
    await look('Your week with other nodes');
  });

  test('the trust that the node began with is no change', async () => {
    const digest = panel(shown.page, 'Your week with other nodes');
    const change = () => rig.bus.request('audit.append', { type: 'trust.changed', details: { default: 'peer' } });
    await change();
    await shown.show('privacy');
    await digest.getByText('Trust and sharing stayed as they were.').waitFor();
    await change();
    await shown.show('privacy');
    await digest.getByText('Trust was changed once.').waitFor();
  });
});
