import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type BrowserContext, chromium } from 'playwright-core';
import { CHROMIUM, enter, hasBrowser, isOwnOrigin, QUIET } from '../../browser.ts';
import { type DashboardRig, DIST, openRig } from '../../dashboard-rig.ts';

/** The script of the real page, taken over: what it does is visible. */
const TAKEN = 'document.documentElement.dataset.taken = "yes";';

/** A program that holds the dashboard's port: it leaves all it can in the browser. */
async function takePort(port: number, scripts: readonly string[]): Promise<Server> {
  const server = createServer(({ url = '' }, answer) => {
    if (url === '/worker.js') {
      answer.setHeader('content-type', 'text/javascript');
      answer.end(`addEventListener('install', () => skipWaiting());
        addEventListener('activate', (event) => event.waitUntil(clients.claim()));
        addEventListener('fetch', (event) => event.respondWith(new Response('<h1>taken</h1>', { headers: { 'content-type': 'text/html' } })));`);
    } else if (url.endsWith('.js')) {
      answer.setHeader('content-type', 'text/javascript');
      answer.setHeader('cache-control', 'public, max-age=31536000, immutable');
      answer.end(TAKEN);
    } else {
      answer.setHeader('content-type', 'text/html');
      answer.end(`<!doctype html><title>taken</title>${scripts.map((path) => `<script src="${path}"></script>`).join('')}
        <script>navigator.serviceWorker?.register('/worker.js')</script>`);
    }
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return server;
}

const leavePort = (taker: Server): Promise<void> =>
  new Promise((resolve) => {
    taker.close(() => resolve());
    taker.closeAllConnections();
  });

/** Addresses of the scripts of the real page. */
const realScripts = (): readonly string[] =>
  [...readFileSync(join(DIST, 'page', 'index.html'), 'utf8').matchAll(/(?:src|href)="\.(\/assets\/[^"]+\.js)"/g)].map(
    (found) => found[1] ?? '',
  );

(hasBrowser ? describe : describe.skip)('a program that held the port of the dashboard before', () => {
  let rig: DashboardRig | undefined;
  let context: BrowserContext | undefined;
  let profile = '';
  beforeEach(() => {
    profile = mkdtempSync(join(tmpdir(), 'caro-profile-'));
  });
  const launch = () =>
    chromium.launchPersistentContext(profile, { executablePath: CHROMIUM, args: [...QUIET], headless: true });
  afterEach(async () => {
    await context?.close();
    await rig?.close();
    rmSync(profile, { recursive: true, force: true });
  });

  test('controls no later page, neither by a service worker nor by a cached script', async () => {
    rig = await openRig();
    const { port, url } = rig.dashboard;
    await rig.close();
    const taker = await takePort(port, realScripts());
    context = await launch();
    const trap = await context.newPage();
    await trap.goto(url);
    await trap.evaluate('navigator.serviceWorker.ready.then(() => undefined)');
    await context.close();
    await leavePort(taker);
    // The same profile, and the real service at the same port.
    rig = await openRig({ port });
    context = await launch();
    const page = await context.newPage();
    await enter(page, rig.dashboard);
    expect(isOwnOrigin(new URL(page.url()), rig.dashboard)).toBe(true);
    expect(await page.evaluate('navigator.serviceWorker.controller')).toBeNull();
    expect(await page.evaluate('document.documentElement.dataset.taken ?? null')).toBeNull();
    expect(await page.evaluate('navigator.serviceWorker.getRegistrations().then((all) => all.length)')).toBe(0);
    // What a person types still shows the other program's page once; the real server removes its
    // worker, and leads to the origin of the login.
    const typed = await context.newPage();
    await typed.goto(url);
    await typed.waitForURL((now) => rig !== undefined && isOwnOrigin(now, rig.dashboard));
    await typed.locator('h1').first().waitFor();
    expect(await typed.evaluate('document.documentElement.dataset.taken ?? null')).toBeNull();
  });

  test('has its cached script refused, and its files removed, where a browser resolves no name under localhost', async () => {
    rig = await openRig();
    const { port, url } = rig.dashboard;
    await rig.close();
    const taker = await takePort(port, realScripts());
    context = await launch();
    const trap = await context.newPage();
    await trap.goto(`${url}assets/`);
    await trap.evaluate('navigator.serviceWorker.ready.then((found) => found.unregister())');
    await trap.evaluate('localStorage.setItem("left", "behind")');
    expect(await trap.evaluate('document.documentElement.dataset.taken')).toBe('yes');
    await context.close();
    await leavePort(taker);
    rig = await openRig({ port });
    context = await launch();
    const page = await context.newPage();
    await page.route('**/reach', (route) => route.abort());
    const { file } = await rig.dashboard.mintLogin();
    await page.goto(`file://${file}`);
    await page.waitForURL(url);
    await page.getByText('This browser does not open addresses under localhost.').waitFor();
    expect(await page.evaluate('document.documentElement.dataset.taken ?? null')).toBeNull();
    expect(await page.evaluate('localStorage.getItem("left")')).toBeNull();
  });

  test('serves no script that differs from the digest in the document', () => {
    const text = readFileSync(join(DIST, 'page', 'index.html'), 'utf8');
    const loaded = [...text.matchAll(/<(?:script|link)[^>]+assets\/[^>]+\.(?:js|css)"[^>]*>/g)].map(([tag]) => tag);
    expect(loaded.length).toBeGreaterThan(2);
    expect(loaded.filter((tag) => !/ integrity="sha384-[\w+/]{64}"/.test(tag))).toEqual([]);
    const scripts = readdirSync(join(DIST, 'page', 'assets')).filter((name) => /^(?!enter).*\.js$/.test(name));
    expect(scripts.filter((name) => !text.includes(name))).toEqual([]);
  });
});
