/**
 * Writes screenshots of every view to `screenshots/`: in both themes, 1440, 1024 and 390 px wide;
 * filled, fresh, locked, with 60 nodes, and with all notices at once. With `--readme` it writes the
 * pictures of the README to `docs/images/` instead.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import type { Database } from '../src/storage/database.ts';
import type { Typed } from '../test/policy/node.ts';
import { seedMembers, seedReports, seedYear, YEAR } from '../test/rig/organisation-year.ts';
import { enter, launchBrowser } from '../test/web/browser.ts';
import { type DashboardRig, openRig } from '../test/web/dashboard-rig.ts';
import { type MeshRig, type Neighbour, openMeshRig } from '../test/web/mesh-rig.ts';
import { sampleCommands } from '../test/web/sample-commands.ts';

const OUT = 'screenshots';
const README_OUT = 'docs/images';
const README_SIZE = { width: 1200, height: 960 };
/** The name of the node in the pictures. */
const NAME = 'dev-laptop';
const DAY_MS = 86_400_000;
const WIDTHS = { wide: 1440, medium: 1024, narrow: 390 } as const;
/** The part of each view that appears last. */
const DRAWN = { today: '.h5', privacy: '.bytes', audit: '.lamp.good' } as const;
/** Parts of a view are folded away on a phone. */
const DRAWN_ANYHOW = { state: 'attached' } as const;
const VIEWS = ['today', 'privacy', 'audit'] as const;

/** An afternoon in the middle of last week, so that the view of a day shows a working day. */
function afternoon(): Date {
  const now = new Date();
  const back = ((now.getDay() + 3) % 7) + 1;
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - back, 16, 40);
}

async function open(browser: Browser, rig: DashboardRig, theme: 'light' | 'dark', width: number): Promise<Page> {
  const context = await browser.newContext({ colorScheme: theme, viewport: { width, height: 900 } });
  const page = await context.newPage();
  await page.clock.setFixedTime(afternoon());
  await enter(page, rig.dashboard);
  return page;
}

async function shoot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(OUT, `${name}.png`), fullPage: true, animations: 'disabled' });
  console.log(`${name}.png`);
}

async function filled(browser: Browser, rig: DashboardRig): Promise<void> {
  for (const theme of ['light', 'dark'] as const) {
    for (const [size, width] of Object.entries(WIDTHS)) {
      const page = await open(browser, rig, theme, width);
      for (const view of VIEWS) {
        await page.goto(`${rig.dashboard.url}#/${view}`);
        await page.locator(DRAWN[view]).first().waitFor(DRAWN_ANYHOW);
        await shoot(page, `${view}-${theme}-${size}`);
      }
      await page.context().close();
    }
  }
  const page = await open(browser, rig, 'light', WIDTHS.wide);
  await page.getByRole('button', { name: '28 days' }).click();
  await page.locator('.event-line').filter({ hasText: 'sudo rm' }).first().click();
  await page.getByText('Commands over four weeks').waitFor();
  await page.evaluate('scrollTo(0, 0)');
  await shoot(page, 'today-month-light-wide');
  await page.context().close();
}

async function fresh(browser: Browser, rig: DashboardRig): Promise<void> {
  for (const [size, width] of Object.entries(WIDTHS)) {
    const page = await open(browser, rig, 'light', width);
    await shoot(page, `fresh-light-${size}`);
    await page.context().clearCookies();
    await page.goto(rig.dashboard.url);
    await shoot(page, `locked-light-${size}`);
    await page.context().close();
  }
}

/** The commands of a week; `more` makes nodes differ. */
const work = (more: number): readonly Typed[] => [
  { pattern: 'git push', family: 'git', times: 46 + 7 * more },
  { pattern: 'git status', family: 'git', times: 180 + 31 * more },
  { pattern: 'npm test', family: 'node', times: 64 - 5 * more, failing: more % 3 === 1 },
  { pattern: 'kubectl get', family: 'kubernetes', times: 22 + 3 * more },
  { pattern: 'docker compose', family: 'containers', times: 18, failing: more % 2 === 0 },
  { pattern: 'ls', family: 'files', times: 120 + 11 * more },
  { pattern: 'chmod', family: 'files', times: 9 + more, risk: 'moderate', rules: ['permissions.world-writable'] },
  { pattern: 'git push', family: 'git', times: 4 + more, risk: 'high', rules: ['git.push-force'] },
  { pattern: 'curl', family: 'network', times: 3, risk: 'high', rules: ['remote-code.download-and-run'] },
  { pattern: 'rm', family: 'files', times: 2, risk: 'critical', rules: ['files.remove-system-file'] },
];
/** Settings of which the page warns. */
const OPEN_TO_ALL = `[node]
name = "${NAME}"
[trust]
default = "supervisor"
[sharing]
level = 2
deny_tools = ["kubctl"]
`;
/** All notices at once. */
async function faulty(browser: Browser): Promise<void> {
  const rig = await openRig({}, { toml: OPEN_TO_ALL });
  const actor = { handled: 812, failed: 6, restarts: 5, queue: 0, busyMs: 90 };
  rig.faults = {
    storage: {
      trouble: 'the disk is full or read-only; free some space, then retry',
      setAside: ['/one.damaged'],
      backup: { last: new Date(afternoon().getTime() - DAY_MS).toISOString(), trouble: 'the copy could not be made' },
      logLinesLost: 12,
    },
    observe: { pending: 48_200, dropped: 3, setAside: 2 },
    actors: [{ name: 'summarizer', state: 'degraded', ...actor }],
  };
  for (const [theme, width, size] of [
    ['light', WIDTHS.wide, 'wide'],
    ['dark', WIDTHS.narrow, 'narrow'],
  ] as const) {
    const page = await open(browser, rig, theme, width);
    await page.locator('.notices').waitFor();
    await shoot(page, `troubled-${theme}-${size}`);
    await page.context().close();
  }
  await rig.close();
}

const NEIGHBOURS: readonly Neighbour[] = [
  { name: 'ana-laptop', lets: 'peer', typed: work(0) },
  ...['ben-laptop', 'cyd-laptop', 'dan-laptop', 'eli-laptop', 'fay-laptop'].map(
    (name, index): Neighbour => ({ name, lets: 'supervisor', typed: work(index + 1) }),
  ),
  { name: 'gus-laptop' },
  { name: 'hal-laptop', state: 'connecting' },
  { name: 'ida-laptop', state: 'skewed', skewMs: 412_000 },
  { name: 'jan-laptop', state: 'refused' },
];

/** The views that need a mesh: an answer, the trust switches, and the state of the peers. */
async function meshed(browser: Browser, role: 'admin' | 'security'): Promise<void> {
  const rig = await openMeshRig(role, NEIGHBOURS);
  const [recipient = ''] = rig.ids;
  const sent = { time: new Date().toISOString(), address: '10.0.1.10', rule: 'trust.nodes' };
  rig.send([
    { ...sent, recipient, type: 'hello', level: null, bytes: '{"payload":"e30="}' },
    { ...sent, recipient, type: 'response', level: 2, bytes: '{"payload":"e30="}' },
  ]);
  const answer = {
    query: 'tool-usage',
    spanHours: 168,
    decision: 'allow',
    level: 1,
    rule: 'trust.nodes',
    result: 'answered',
  };
  await rig.bus.request('audit.append', { type: 'query.answered', peer: recipient, details: answer });
  for (const theme of ['light', 'dark'] as const) {
    for (const [size, width] of Object.entries(WIDTHS)) {
      const page = await open(browser, rig, theme, width);
      await page.goto(`${rig.dashboard.url}#/ask`);
      await page.getByRole('button', { name: 'Ask', exact: true }).click();
      await page.getByRole('heading', { name: /, sum$/ }).waitFor();
      await shoot(page, `ask-${role}-${theme}-${size}`);
      if (role === 'security') await switches(page, rig.dashboard.url, `${theme}-${size}`);
      await page.context().close();
    }
  }
  await rig.close();
}

/** A mesh of 60 nodes, some of which do not answer. */
async function sixty(browser: Browser): Promise<void> {
  const states = ['connecting', 'skewed', 'refused', 'offline'] as const;
  const nodes = Array.from({ length: 59 }, (_, index): Neighbour => {
    const name = `dev-${String(index + 1).padStart(2, '0')}`;
    const state = states[index % 12];
    return state === undefined ? { name, lets: 'supervisor', typed: work(index % 7) } : { name, state };
  });
  const rig = await openMeshRig('security', nodes, { name: 'security' });
  for (const [theme, size] of [
    ['light', 'wide'],
    ['dark', 'narrow'],
  ] as const) {
    const page = await open(browser, rig, theme, WIDTHS[size]);
    await page.goto(`${rig.dashboard.url}#/ask`);
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await page.getByRole('heading', { name: /, sum$/ }).waitFor();
    await shoot(page, `sixty-${theme}-${size}`);
    await page.goto(`${rig.dashboard.url}#/privacy`);
    await page.locator('.pill').click();
    await page.locator(DRAWN.privacy).first().waitFor(DRAWN_ANYHOW);
    await shoot(page, `sixty-privacy-${theme}-${size}`);
    await page.context().close();
  }
  await rig.close();
}

const daysAgo = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);

/** As many members and reports as the year has at its end. The last members are the peers. */
function seedFleet(database: Database, peers: readonly string[]): void {
  const members = seedMembers(
    database,
    Array.from({ length: YEAR.members }, (_, index) => {
      const unit = `site-${String((index % YEAR.units) + 1).padStart(2, '0')}`;
      const neighbour = index - YEAR.members + peers.length;
      const id = peers[neighbour];
      if (id !== undefined) return { id, name: NEIGHBOURS[neighbour]?.name ?? id, unit };
      return { name: `dev-${String(index + 1).padStart(5, '0')}`, unit };
    }),
  );
  const [recent, late, refused] = [9_300, 9_514, 9_517];
  const reports = members.slice(0, refused).map((id, index) => {
    if (index < recent) return { id, day: daysAgo(3) };
    return index < late ? { id, day: daysAgo(6 + (index % 23)) } : { id, day: daysAgo(4), code: 'blind_share_invalid' };
  });
  seedReports(database, reports);
}

/** Posture and fleet over a seeded year of 40 units, in both themes. */
async function organisation(browser: Browser, folder: string): Promise<void> {
  const rig = await openMeshRig('security', NEIGHBOURS, {
    name: 'security',
    fill: (database, ids) => {
      seedYear(database, { until: daysAgo(3) });
      seedFleet(database, ids);
    },
  });
  for (const theme of ['light', 'dark'] as const) {
    for (const [size, width] of Object.entries(WIDTHS)) {
      if (folder === README_OUT && size === 'medium') continue;
      const context = await browser.newContext({ colorScheme: theme, viewport: { width, height: 900 } });
      const page = await context.newPage();
      await enter(page, rig.dashboard);
      for (const [view, drawn] of [
        ['posture', '.technique'],
        ['fleet', '.fleet tbody tr'],
      ] as const) {
        await page.goto(`${rig.dashboard.url}#/${view}`);
        await page.locator(drawn).first().waitFor(DRAWN_ANYHOW);
        await page.evaluate('scrollTo(0, 0)');
        const file = join(folder, `${view}-${theme}-${size}.png`);
        await page.screenshot({ path: file, fullPage: folder === OUT, animations: 'disabled' });
        console.log(file);
      }
      await context.close();
    }
  }
  await rig.close();
}

/** What would leave at level 2, before it is allowed. */
async function preview(browser: Browser): Promise<void> {
  const rig = await openMeshRig('individual', NEIGHBOURS.slice(0, 4), { name: NAME });
  await rig.record(sampleCommands(900, 28, Date.now()));
  for (const [theme, size] of [
    ['light', 'wide'],
    ['dark', 'narrow'],
  ] as const) {
    const page = await open(browser, rig, theme, WIDTHS[size]);
    await page.goto(`${rig.dashboard.url}#/privacy`);
    await page.getByRole('button', { name: 'Share only aggregates …' }).click();
    await page.locator('.consent-text').getByText('Tool usage').waitFor();
    await page.locator('.bytes').first().waitFor(DRAWN_ANYHOW);
    await shoot(page, `preview-${theme}-${size}`);
    await page.context().close();
  }
  await rig.close();
}

async function switches(page: Page, url: string, name: string): Promise<void> {
  await page.goto(`${url}#/privacy`);
  await page.getByText('What it may get, and why').first().click();
  await page.getByText('Rules checked, in this order').waitFor();
  await page.getByRole('button', { name: 'Revoke ben-laptop …' }).click();
  await page.locator('.pill').click();
  await page.getByText(/its clock is/).waitFor();
  await shoot(page, `trust-${name}`);
}

/** The pictures of the README: the upper part of three views. */
async function forReadme(browser: Browser, rig: DashboardRig): Promise<void> {
  mkdirSync(README_OUT, { recursive: true });
  await rig.record(sampleCommands(5_200, 28, afternoon().getTime()));
  await takeForReadme(browser, rig, { view: 'today', drawn: '.h5', name: 'activity' });
  const own = await openMeshRig('individual', NEIGHBOURS.slice(0, 4), { name: NAME, more: '[sharing]\nlevel = 2\n' });
  await recordQueries(own);
  await takeForReadme(browser, own, { view: 'privacy', drawn: '.bytes', name: 'privacy' });
  await own.close();
  await organisation(browser, README_OUT);
}

interface ReadmePicture {
  readonly view: string;
  /** The part of the view that appears last. */
  readonly drawn: string;
  readonly name: string;
}

async function takeForReadme(browser: Browser, rig: DashboardRig, { view, drawn, name }: ReadmePicture): Promise<void> {
  const page = await open(browser, rig, 'light', README_SIZE.width);
  await page.goto(`${rig.dashboard.url}#/${view}`);
  await page.locator(drawn).first().waitFor(DRAWN_ANYHOW);
  await page.setViewportSize(README_SIZE);
  await page.mouse.move(0, 0);
  await page.screenshot({ path: join(README_OUT, `${name}.png`), animations: 'disabled' });
  await page.context().close();
}

/** Queries of other nodes, as the audit log records them, and what left with the answers. */
async function recordQueries({ bus, ids, send }: MeshRig): Promise<void> {
  const answer = { address: '10.0.1.11', type: 'response', rule: 'trust.nodes', bytes: ' '.repeat(1_352) };
  const asked = { spanHours: 168, rule: 'trust.nodes' };
  const allowed = { ...asked, decision: 'allow', level: 2, result: 'answered' };
  const denied = { ...asked, decision: 'deny', level: null, result: 'access_denied', rule: 'sharing.level' };
  for (const [peer, details] of [
    [ids[1], { query: 'tool-usage', ...allowed }],
    [ids[2], { query: 'recent-commands', ...denied }],
    [ids[1], { query: 'safety-posture', ...allowed }],
  ] as const) {
    const from = peer === undefined ? {} : { peer };
    const { query, spanHours } = details;
    await bus.request('audit.append', { type: 'query.received', ...from, details: { query, spanHours } });
    await bus.request('audit.append', { type: 'query.answered', ...from, details });
    if (details.level === null) continue;
    send([{ ...answer, time: new Date().toISOString(), recipient: peer ?? '', level: 2 }]);
  }
}

async function everything(browser: Browser, rig: DashboardRig): Promise<void> {
  rmSync(OUT, { recursive: true, force: true });
  mkdirSync(OUT, { recursive: true });
  await fresh(browser, rig);
  await meshed(browser, 'security');
  await meshed(browser, 'admin');
  await organisation(browser, OUT);
  await rig.record(sampleCommands(5_200, 28, afternoon().getTime()));
  await filled(browser, rig);
  await faulty(browser);
  await sixty(browser);
  await preview(browser);
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { readme: { type: 'boolean', default: false } } });
  const browser = await launchBrowser();
  const rig = await openRig({}, { toml: `[node]\nname = "${NAME}"\n` });
  try {
    await (values.readme ? forReadme : everything)(browser, rig);
  } finally {
    await browser.close();
    await rig.close();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  // The parts of a rig that was not closed would keep this process.
  process.exit(1);
});
