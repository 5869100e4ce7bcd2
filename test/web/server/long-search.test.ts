import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { StartedCommand } from '../../../src/domain/events/event.ts';
import type { EventPage } from '../../../src/web/page/data/contract.ts';
import { enter, hasBrowser, launchBrowser } from '../browser.ts';
import { type DashboardRig, type Login, openRig } from '../dashboard-rig.ts';
import { sampleCommands } from '../sample-commands.ts';

/** More than one request looks through. */
const TOTAL = 60_000;
const FIRST = 'echo the very first';

let rig: DashboardRig;
let login: Login;
beforeAll(async () => {
  rig = await openRig();
  const { started, finished } = sampleCommands(TOTAL, 28, Date.now() - 60_000);
  const [oldest] = started.toSorted((one, other) => one.startMs - other.startMs);
  const renamed = (command: StartedCommand) => (command === oldest ? { ...command, command: FIRST } : command);
  await rig.record({ started: started.map(renamed), finished });
  login = await rig.login();
});
afterAll(() => rig.close());

const page = async (query: string): Promise<EventPage> =>
  (await (await rig.get(`/api/events?${query}`, login)).json()) as EventPage;

test('one request searches a part of the commands, says how far back, and the next continues from there', async () => {
  const first = await page('text=the+very+first');
  expect(first).toMatchObject({ events: [], next: expect.any(Number), searchedTo: expect.any(String) });
  const second = await page(`text=the+very+first&before=${first.next}`);
  expect(second).toMatchObject({ events: [{ command: FIRST }], next: null, searchedTo: null });
  expect(Date.parse(second.events[0]?.time ?? '')).toBeLessThan(Date.parse(first.searchedTo ?? ''));
});

test('the service does other work while it searches all commands', async () => {
  const ended: string[] = [];
  const search = rig.bus.request('events.list', { text: 'the very first' }).then((events) => {
    ended.push('search');
    return events;
  });
  await rig.bus.request('anomalies.list', {}).then(() => ended.push('other'));
  expect((await search).map(({ command }) => command)).toEqual([FIRST]);
  expect(ended).toEqual(['other', 'search']);
});

(hasBrowser ? test : test.skip)('the page goes on by itself until it has found what is far back', async () => {
  const browser = await launchBrowser();
  try {
    const tab = await browser.newPage();
    await enter(tab, rig.dashboard);
    await tab.getByLabel('Search in commands').fill('very first');
    await tab.locator('.event', { hasText: FIRST }).waitFor();
    await tab.getByLabel('Search in commands').fill('nothing like this');
    await tab.getByText('No command matches this search.').waitFor();
    expect(await tab.getByRole('button', { name: 'Search further back' }).count()).toBe(0);
  } finally {
    await browser.close();
  }
});
