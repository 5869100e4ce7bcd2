/**
 * Measures the dashboard (NFR-105): server time of its requests, first byte, first contentful paint
 * and first figures in Chromium, with the page's process running (warm) and not (cold). With
 * `--posture` it opens the posture view over a seeded year of 40 units and 10,000 members instead.
 * The first contentful paint of an empty page in the same browser says what Chromium itself takes.
 * Prints JSON.
 *
 *     npx tsx bench/dashboard.ts [--events 10000,1000000,10000000] [--rounds 15] [--posture]
 */

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { seedYear } from '../test/rig/organisation-year.ts';
import { until } from '../test/rig/until.ts';
import { enter, hasBrowser, launchBrowser } from '../test/web/browser.ts';
import { type DashboardRig, type Login, openRig } from '../test/web/dashboard-rig.ts';
import { openMeshRig } from '../test/web/mesh-rig.ts';
import { type Figures, report, summary } from './parts/figures.ts';
import { storeEvents } from './parts/stored-events.ts';

const DAY_MS = 86_400_000;

async function timed(work: () => Promise<unknown>, rounds: number): Promise<Figures> {
  const values: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const begun = performance.now();
    await work();
    values.push(performance.now() - begun);
  }
  return summary(values);
}

async function endPageProcess(rig: DashboardRig): Promise<void> {
  const pid = rig.dashboard.childPid();
  if (pid !== undefined) process.kill(pid);
  await until(() => rig.dashboard.childPid() !== pid || pid === undefined);
}

/** Every address that only reads, and the most expensive searches. */
function questions(nowMs: number): Readonly<Record<string, string>> {
  const range = (days: number): string =>
    new URLSearchParams({
      since: new Date(nowMs - days * DAY_MS).toISOString(),
      until: new Date(nowMs + DAY_MS).toISOString(),
    }).toString();
  return {
    overviewOfADay: `/api/overview?${range(1)}`,
    overviewOf28Days: `/api/overview?${range(28)}`,
    activityOf28Days: `/api/activity?${range(28)}`,
    events: '/api/events?limit=50',
    riskyEvents: '/api/events?limit=50&risk=high',
    searchForCommonText: '/api/events?limit=50&text=git',
    searchForAbsentText: '/api/events?limit=50&text=nothing-like-this',
    searchForAbsentTool: '/api/events?limit=50&tool=nothing-like-this',
    searchForAbsentRisk: '/api/events?limit=50&risk=critical',
    status: '/api/status',
    summary: '/api/summary?period=weekly',
    summaries: '/api/summaries',
    sharing: '/api/sharing',
    trust: '/api/trust',
    anomalies: '/api/anomalies',
    egress: '/api/egress',
    audit: '/api/audit',
    auditVerification: '/api/audit/verification',
  };
}

async function server(
  rig: DashboardRig,
  login: Login,
  rounds: number,
  asked = questions(Date.now()),
): Promise<Record<string, Figures>> {
  const answers: Record<string, Figures> = {};
  for (const [name, path] of Object.entries(asked)) {
    const ask = async (): Promise<unknown> => (await rig.get(path, login)).arrayBuffer();
    await ask();
    answers[name] = await timed(ask, rounds * 4);
  }
  return answers;
}

/** Notes when the page shows its first figures, in ms since the navigation began. */
const NOTE_FIGURES = `new MutationObserver((_, observer) => {
  if (!document.querySelector('.glance')) return;
  window.figuresAt = performance.now();
  observer.disconnect();
}).observe(document, { childList: true, subtree: true })`;

/** The first paint of a page that holds one heading. */
async function barePaint(page: Page, rounds: number): Promise<Figures> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Bare</title><h1>Bare</h1>');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  try {
    const paints: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      await page.goto('about:blank');
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      await page.waitForFunction(IS_PAINTED);
      paints.push(await page.evaluate(PAINT));
    }
    return summary(paints);
  } finally {
    server.close();
  }
}

const PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0";
const IS_PAINTED = `${PAINT} > 0`;

async function visit(page: Page, url: string): Promise<{ readonly paint: number; readonly shown: number }> {
  await page.goto('about:blank');
  await page.goto(url);
  await page.locator('.glance').waitFor();
  await page.waitForFunction(IS_PAINTED);
  return page.evaluate(`({ paint: ${PAINT}, shown: window.figuresAt })`);
}

async function browserFigures(rig: DashboardRig, rounds: number, view = ''): Promise<unknown> {
  if (!hasBrowser) return null;
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    await page.addInitScript(NOTE_FIGURES);
    await enter(page, rig.dashboard);
    const url = `${rig.dashboard.url}${view}`;
    await visit(page, url);
    // Disabling the cache shows the cost of a first visit.
    const cache = await page.context().newCDPSession(page);
    const visits = async (before: () => Promise<void>, cacheDisabled = false) => {
      await cache.send('Network.setCacheDisabled', { cacheDisabled });
      const seen: { paint: number; shown: number }[] = [];
      for (let round = 0; round < rounds; round += 1) {
        await before();
        seen.push(await visit(page, url));
      }
      return {
        firstContentfulPaint: summary(seen.map(({ paint }) => paint)),
        firstFigures: summary(seen.map(({ shown }) => shown)),
      };
    };
    const end = async (): Promise<void> => {
      // An open page would reconnect and so start the next process itself.
      await page.goto('about:blank');
      await endPageProcess(rig);
    };
    return {
      bare: { firstContentfulPaint: await barePaint(page, rounds) },
      warm: await visits(() => Promise.resolve()),
      cold: await visits(end),
      coldWithoutCache: await visits(end, true),
    };
  } finally {
    await browser.close();
  }
}

async function measure(events: number, rounds: number): Promise<unknown> {
  const rig = await openRig({}, { fill: (home) => storeEvents(home, events) });
  try {
    const login = await rig.login();
    const front = (): Promise<unknown> =>
      fetch(rig.dashboard.url, { headers: { connection: 'close' } }).then((answer) => answer.arrayBuffer());
    const firstByteCold: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      await endPageProcess(rig);
      firstByteCold.push((await timed(front, 1)).median);
    }
    const answers = await server(rig, login, rounds);
    const rss = /Rss:\s+(\d+)/.exec(readFileSync(`/proc/${rig.dashboard.childPid() ?? 'self'}/smaps_rollup`, 'utf8'));
    return {
      events,
      serverMs: answers,
      firstByteMs: { cold: summary(firstByteCold), warm: await timed(front, rounds * 4) },
      browserMs: await browserFigures(rig, rounds),
      pageProcessRssMiB: Number((Number(rss?.[1] ?? 0) / 1024).toFixed(1)),
    };
  } finally {
    await rig.close();
  }
}

/** What the posture view asks. */
const TREND_QUESTIONS = {
  posture91: '/api/posture?days=91',
  posture364: '/api/posture?days=364',
  heatMap90: '/api/posture/techniques?days=90',
  units91: '/api/posture/units?days=91',
  units364: '/api/posture/units?days=364',
  fleet: '/api/fleet',
  alerts: '/api/alerts',
  report: '/api/report?period=quarter&format=html',
} as const;

async function measurePosture(rounds: number): Promise<unknown> {
  const last = new Date(Date.now() - 3 * DAY_MS).toISOString().slice(0, 10);
  const rig = await openMeshRig('security', [], { fill: (database) => seedYear(database, { until: last }) });
  try {
    const login = await rig.login();
    const serverMs = await server(rig, login, rounds, TREND_QUESTIONS);
    return { view: 'posture', serverMs, browserMs: await browserFigures(rig, rounds, '#/posture') };
  } finally {
    await rig.close();
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      events: { type: 'string', default: '10000' },
      rounds: { type: 'string', default: '15' },
      posture: { type: 'boolean', default: false },
    },
  });
  if (values.posture) {
    report('dashboard', [await measurePosture(Number(values.rounds))]);
    return;
  }
  const sizes = [];
  for (const size of values.events.split(',')) sizes.push(await measure(Number(size), Number(values.rounds)));
  report('dashboard', sizes);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
