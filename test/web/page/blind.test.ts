/** The part of a node in blind totals on its page: what leaves, what became of it, one switch. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import type { DayCells } from '../../../src/domain/blind/participation.ts';
import { DAY_MS } from '../../../src/domain/time/period.ts';
import { createReportStore, type ReportStore } from '../../../src/storage/blind/report-store.ts';
import { openDatabase } from '../../../src/storage/database.ts';
import { makeTask, type TaskRig } from '../../blind/tasks.ts';
import { lastingFolder } from '../../rig/temporary-folder.ts';
import { until } from '../../rig/until.ts';
import { faults } from '../axe.ts';
import { enter, hasBrowser, launchBrowser } from '../browser.ts';
import { type MeshRig, openMeshRig } from '../mesh-rig.ts';
import { sampleCommands } from '../sample-commands.ts';

const inBrowser = hasBrowser ? describe : describe.skip;
const COMMANDS = 40;
/** The task's only total so far has this many contributors. */
const CONTRIBUTORS = 8_231;

const dayAgo = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);
const morningAfter = (day: string): number => Date.parse(day) + DAY_MS + 3 * 3_600_000;

/** A node in a task. Its aggregators are out of reach, so nothing changes meanwhile. */
async function openMember(): Promise<MeshRig & { readonly task: TaskRig }> {
  const task = await makeTask(lastingFolder());
  const rig = await openMeshRig(
    'individual',
    [
      { name: 'analyst', id: task.leader.id, state: 'offline' },
      { name: 'works-council', id: task.trustee.id, state: 'offline' },
    ],
    { more: '[sharing]\nlevel = 2\n' },
  );
  // In the last second: the report previewed is that of today, which may be minutes old.
  await rig.record(sampleCommands(COMMANDS, 1_000 / DAY_MS, Date.now()));
  await rig.bus.request('blind.join', { document: JSON.stringify(task.task.envelope) });
  return { ...rig, task };
}

/** Six days as the reporter and the courier leave them. */
function reportDays({ home, task: { task } }: MeshRig & { readonly task: TaskRig }): void {
  const { database } = openDatabase(join(home, 'data', 'caro.db'), Date.now());
  const store = createReportStore(database);
  const { envelope } = task;
  const document = { ...envelope, signatures: envelope.signatures.slice(0, 1) };
  const made = (days: number, received: readonly ('leader' | 'trustee')[]): void => {
    const day = dayAgo(days);
    store.plan(day, task.id, morningAfter(day));
    const pending = { recipient: task.task.leader.node, hash: '', document };
    store.spend({
      day,
      task: task.id,
      node: 'caro:ed25519:A',
      madeMs: morningAfter(day),
      cells: [],
      randomness: new Uint8Array(),
      envelopes: { leader: pending, trustee: pending },
    });
    for (const role of received) store.receive(day, role, document, morningAfter(day));
  };
  const released = (days: number, found: Omit<NonNullable<Parameters<ReportStore['follow']>[2]>, 'day'>): void =>
    store.follow(task.id, { size: 9 - days, hash: '', forked: false }, { day: dayAgo(days), ...found });
  made(7, ['leader', 'trustee']);
  released(7, { contributors: CONTRIBUTORS, withheld: null });
  made(6, ['leader', 'trustee']);
  released(6, { contributors: null, withheld: 'release_below_floor' });
  made(5, ['leader']);
  store.refuse(dayAgo(5), 'trustee', 'report_late');
  released(5, { contributors: null, withheld: null });
  made(2, ['leader']);
  for (const days of [8, 1]) store.plan(dayAgo(days), task.id, Date.now() + DAY_MS);
  database.close();
}

inBrowser('the part of a node in blind totals', () => {
  let browser: Browser;
  let page: Page;
  let member: Awaited<ReturnType<typeof openMember>>;
  const complaints: string[] = [];
  beforeAll(async () => {
    [browser, member] = await Promise.all([launchBrowser(), openMember()]);
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await enter(page, member.dashboard);
    await page.goto(`${member.dashboard.url}#/privacy`);
  });
  afterAll(async () => {
    await browser.close();
    await member.close();
  });

  const panel = () => page.getByRole('region', { name: 'Blind totals' });

  test('every cell of the first report is shown before it is sent', async () => {
    await panel().getByText('No report yet.').waitFor();
    const preview: DayCells = await member.bus.request('blind.preview', {});
    await panel()
      .getByText(/^The next report/)
      .click();
    const report = panel().locator('details.bytes');
    const filled = await report.locator('li').allTextContents();
    const zeros = (await report.locator('details .mono').textContent())?.split(', ');
    expect(filled).toEqual(preview.cells.filter(({ value }) => value > 0).map(({ name, value }) => `${name} ${value}`));
    expect(zeros).toEqual(preview.cells.filter(({ value }) => value === 0).map(({ name }) => name));
    expect(filled).toContain('active.nodes 1');
    const sent = await member.bus.request('egress.list', {});
    expect(sent.filter(({ type }) => type === 'blind-report')).toEqual([]);
  });

  test('each day says whether its report was sent, who confirmed it, and what total it is in', async () => {
    reportDays(member);
    await page.reload();
    await panel()
      .getByText(`included in a total of ${CONTRIBUTORS.toLocaleString('en')}`)
      .waitFor();
    const days: (readonly string[])[] = [];
    for (const row of await panel().locator('.dated > li').all())
      days.push(await row.locator('time, time + span').allTextContents());
    expect(days).toEqual([
      [dayAgo(1), expect.stringMatching(/^due /)],
      [dayAgo(2), 'sent, one receipt'],
      [dayAgo(5), 'sent, one receipt, refused: it came after the window of its day, not included in a total'],
      [dayAgo(6), 'sent, two receipts, no total: too few nodes reported that have been members for long enough'],
      [dayAgo(7), 'sent, two receipts, included in a total of 8,231'],
      [dayAgo(8), 'given up: no report was made before the window of the day was over'],
    ]);
  });

  test('one switch stops the reports, and starts them again', async () => {
    const managed = (): string => readFileSync(join(member.home, 'config', 'managed.toml'), 'utf8');
    await panel().getByText('One report a day for the task “engineering”.').waitFor();
    await panel().getByRole('button', { name: 'Stop reports' }).click();
    await panel().getByText('You have stopped the reports.').waitFor();
    expect(managed()).toContain('report = false');
    expect(await member.bus.request('blind.status', {})).toMatchObject({ stoppedBy: 'blind.report' });
    await panel().getByRole('button', { name: 'Send reports again' }).click();
    await panel().getByText('One report a day').waitFor();
    await until(managed, (text) => text.includes('report = true'));
  });

  test('an aggregator that may not connect is named, with the command that lets it', async () => {
    const { id } = member.task.trustee;
    await member.bus.request('settings.change', { set: 'trust', id, level: 'untrusted' });
    await page.reload();
    const notice = panel().getByText('works-council (trustee) may not connect');
    await notice.waitFor();
    expect(await notice.locator('code').textContent()).toBe('caro trust set works-council supervisor');
  });

  test('whether supervisors still get figures of this node alone is said as it is', async () => {
    await panel().getByText('Supervisors get no figures of this node alone.').waitFor();
    const file = join(member.home, 'config', 'caro.toml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('level = 2\n', 'level = 2\nlive = true\n'));
    await member.bus.request('config.reload', {});
    await page.reload();
    await panel().getByText('Supervisors still get figures of this node alone').waitFor();
  });

  test('it is free of accessibility faults in both themes, and fits on a phone', async () => {
    await panel()
      .getByText(/^The next report/)
      .click();
    await page.evaluate('scrollTo(0, 0)');
    expect(await faults(page)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 900 });
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await faults(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
    expect(complaints).toEqual([]);
  });
});
