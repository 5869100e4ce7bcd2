/**
 * S1: a fresh install on a machine without a network observes, categorizes and shows, and nothing
 * leaves it.
 */

import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { TerminalEvent } from '../../src/domain/events/event.ts';
import type { ShellKind } from '../../src/domain/events/shell-kind.ts';
import { openShell, type ShellName, type ShellSession } from '../rig/programs/pty.ts';
import { requireShell } from '../rig/programs/require-shell.ts';
import { CARO, homeEnvironment, startService, type TestService } from '../rig/service.ts';
import {
  LOOPBACK,
  type NetworkNamespace,
  openNetworkNamespace,
  requireNetworkNamespaces,
} from '../rig/system/network-namespace.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import { until } from '../rig/until.ts';

const SHELLS: readonly (readonly [ShellName, ShellKind])[] = [
  ['bash', 'bash'],
  ['zsh', 'zsh'],
  ['fish', 'fish'],
  ['dash', 'sh'],
];
const COMMANDS = ['git --version', 'chmod -R 777 /nonexistent-caro'] as const;

/** Logs in as the page does and asks for what it shows; run by Node inside the namespace. */
const VISIT = `(async () => {
  const { address, login } = JSON.parse(process.env.VISIT);
  const entered = await fetch(new URL('/login', address), {
    method: 'POST',
    headers: { origin: 'null', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ login }),
  });
  const page = await entered.text();
  const headers = {
    cookie: (entered.headers.get('set-cookie') ?? '').split(';')[0],
    'x-caro-token': /data-page-token="([^"]+)"/.exec(page)?.[1] ?? '',
  };
  const events = await fetch(new URL('/api/events', address), { headers });
  console.log(JSON.stringify({ page, events: await events.text() }));
})()`;

const folder = temporaryFolders();
let network: NetworkNamespace;
let service: TestService | undefined;
const shells: ShellSession[] = [];

requireNetworkNamespaces()('a node on a machine without a network', () => {
  beforeEach(() => {
    network = openNetworkNamespace();
  });
  afterEach(async () => {
    for (const shell of shells.splice(0)) await shell.close();
    await service?.kill();
    service = undefined;
    network.remove();
  });

  const caro = (home: string, ...args: readonly string[]): Promise<string> =>
    network.run(CARO, args, { env: homeEnvironment(home) });
  const events = async (home: string): Promise<TerminalEvent[]> =>
    (await caro(home, 'events', '--json'))
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as TerminalEvent);

  /**
   * Types the commands into a shell of this kind, inside, with what `caro shell init` prints in its
   * start file.
   */
  async function typeInto(shell: ShellName, kind: ShellKind, home: string): Promise<void> {
    const rc = await caro(home, 'shell', 'init', kind);
    const session = await openShell({ shell, rc, prefix: network.prefix });
    shells.push(session);
    for (const command of COMMANDS) await session.run(command);
  }

  requireShell(...SHELLS.map(([shell]) => shell))('with bash, zsh, fish and dash', () => {
    test('observes, rates and shows every command, and no packet but loopback is sent (S1)', async () => {
      const home = folder();
      await caro(home, 'init');
      service = await startService(home, network.prefix);
      expect(service.ready.dashboard).toMatch(/^http:\/\/localhost:9237\b/);
      for (const [shell, kind] of SHELLS) await typeInto(shell, kind, home);

      const found = await until(
        () => events(home),
        (list) => list.length >= SHELLS.length * COMMANDS.length && list.every((event) => event.exitCode !== null),
      );
      expect(found.map(({ shell, command }) => `${shell}: ${command}`)).toEqual(
        SHELLS.flatMap(([, kind]) => COMMANDS.map((command) => `${kind}: ${command}`)),
      );
      for (const event of found) {
        const isGit = event.command === COMMANDS[0];
        expect(event).toMatchObject({ tools: [isGit ? 'git' : 'chmod'], exitCode: isGit ? 0 : 1 });
        expect(event.risk).toMatch(isGit ? 'safe' : /high|critical/);
      }

      const stats = JSON.parse(await caro(home, 'stats', '--json')) as { commands: number; failures: number };
      expect(stats).toMatchObject({ commands: 8, failures: 4 });
      expect(await caro(home, 'summary', 'preview', '--period', 'daily')).toContain('git');
      await caro(home, 'audit', 'verify');

      const login = await caro(home, 'dashboard', '--print-url');
      const form = readFileSync(new URL(login.trim().split('\n').at(-1) ?? ''), 'utf8');
      const visit = JSON.stringify({
        address: service.ready.dashboard,
        login: /name="login" value="([^"]+)"/.exec(form)?.[1],
      });
      const shown = JSON.parse(
        await network.run(process.execPath, ['-e', VISIT], { env: { ...process.env, VISIT: visit } }),
      ) as { page: string; events: string };
      expect(shown.page).toContain('<title>');
      expect(shown.events).toContain('git --version');

      expect(network.listening().filter((address) => !LOOPBACK.includes(address))).toEqual([]);
      expect(await service.stop()).toBe(0);
      const sent = network.sent();
      expect(sent).toMatchObject({ outside: 0, datagrams: 0 });
      expect(sent.loopback).toBeGreaterThan(0);
    });
  });

  test.each([
    ['a datagram', `const s = require('dgram').createSocket('udp4'); s.send('x', 9, '198.51.100.1', () => s.close())`],
    ['a call', `require('net').connect(9, '198.51.100.1').setTimeout(50).on('timeout', () => process.exit())`],
    [
      'a question to a name server',
      `const r = new (require('dns').Resolver)({ timeout: 50, tries: 1 }); r.setServers(['198.51.100.1']); r.resolve4('example.org', () => undefined)`,
    ],
    [
      'a multicast',
      `const s = require('dgram').createSocket('udp4'); s.send('x', 5353, '224.0.0.251', () => s.close())`,
    ],
  ])('the check above sees %s', async (_what, script) => {
    expect(network.sent()).toEqual({ outside: 0, loopback: 0, datagrams: 0 });
    await network.run(process.execPath, ['-e', script]);
    expect(network.sent().outside).toBeGreaterThan(0);
  });
});
