/**
 * Every fault that `caro doctor` knows, made for real: the line it prints, and that it ends with 1.
 */

import { execFileSync, spawn } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { callAdmin } from '../../../src/admin/client.ts';
import { linkRecord } from '../../../src/audit/chain.ts';
import { systemdUnit } from '../../../src/cli/service/unit.ts';
import { placesFrom } from '../../../src/config/places.ts';
import { encodeNodeId } from '../../../src/domain/identity/node-id.ts';
import { encodeSpoolRecord } from '../../../src/domain/spool/spool-record.ts';
import { createAuditStore } from '../../../src/storage/audit/audit-store.ts';
import { openDatabase } from '../../../src/storage/database.ts';
import { VERSION } from '../../../src/version.ts';
import { openShell } from '../../rig/programs/pty.ts';
import { CARO, freePort, homeEnvironment } from '../../rig/service.ts';
import { until } from '../../rig/until.ts';
import { type CommandLine, commandLine } from '../command-line.ts';

interface Line {
  readonly check: string;
  readonly state: string;
  readonly text: string;
}

const NOW = Date.now();
const PEER = encodeNodeId(new Uint8Array(32).fill(9));

let cli: CommandLine;
let port: number;
let shellHome: string;
/** Ended after each test, last one first. */
let endings: (() => unknown)[];
beforeEach(async () => {
  cli = commandLine();
  endings = [() => cli.run(['service', 'stop'])];
  port = await freePort();
  await cli.run(['init', '--quiet']);
  writeFileSync(cli.places.config, `[dashboard]\nport = ${port}\n`);
  shellHome = join(cli.home, 'user');
  mkdirSync(shellHome);
  await rc(cli);
});
afterEach(async () => {
  for (const end of endings.toReversed()) await end();
  cli.remove();
});

async function rc(of: CommandLine): Promise<void> {
  const code = (await of.run(['shell', 'init', 'bash'])).out.replaceAll('HOME/data', `${of.home}/data`);
  writeFileSync(join(shellHome, '.bashrc'), code);
}

async function doctor(env: Readonly<Record<string, string>> = {}): Promise<{ code: number; lines: readonly Line[] }> {
  const own = { PATH: process.env['PATH'] ?? '', HOME: shellHome, ...env };
  const { code, out } = await cli.run(['doctor', '--json'], { env: own, now: new Date(NOW) });
  const lines = out.trim().split('\n');
  return { code, lines: lines.map((line) => JSON.parse(line) as Line) };
}

const RECORD = { command: 0, granularity: 1 } as const;

/** What the hook of a shell that lives, this process, has written. */
function typed(): string {
  const startedAt = Date.now() * 1_000;
  const file = join(cli.places.spool, `bash.${process.pid}.${startedAt}.0`);
  const records = [
    encodeSpoolRecord({ ...RECORD, type: 'start', startedAt, cwd: '/', text: 'ls' }),
    encodeSpoolRecord({ ...RECORD, type: 'end', endedAt: startedAt + 1_000, status: 0 }),
  ];
  writeFileSync(file, Buffer.concat(records), { mode: 0o600 });
  return file;
}

describe('caro doctor', () => {
  test('finds nothing on a healthy node, and ends with 0', async () => {
    await cli.run(['service', 'start']);
    typed();
    await until(
      () => callAdmin(cli.places.socket, 'service.status', {}),
      ({ observe, audit }) => observe?.events === 1 && audit?.verified === true,
    );
    const { code, lines } = await doctor();
    // Whoever runs the tests may have a coding agent of their own running.
    const found = lines.filter(({ check }) => check !== 'coding agents');
    expect(found.filter(({ state }) => state !== 'ok')).toEqual([]);
    expect([code, found.length]).toEqual([0, 18]);
  });

  const settings = (text: string) => (): void => appendFileSync(cli.places.config, text);
  const peer = (address: string): string => `[[mesh.peers]]\nid = "${PEER}"\naddress = "${address}"\n`;

  test.each<readonly [fault: string, check: string, text: RegExp, make: () => unknown]>([
    ['a directory others can read', 'places', /expected mode 0700.*chmod/, () => chmodSync(cli.places.data, 0o755)],
    ['a key that is unknown', 'configuration', /caro\.toml:3: dashboard\.prt: expected one of/, settings('prt = 1\n')],
    [
      'an address that other networks may reach',
      'configuration',
      /mesh\.listen: expected a private or loopback address, got "0\.0\.0\.0:9238"/,
      settings('[mesh]\nenabled = true\nlisten = "0.0.0.0:9238"\n'),
    ],
    [
      'a dashboard for everybody',
      'configuration',
      /dashboard\.host: expected a loopback address, got "0\.0\.0\.0"/,
      settings('host = "0.0.0.0"\n'),
    ],
    [
      'a peer that has a name for an address',
      'configuration',
      /mesh\.peers\[0\]\.address: expected an IP address/,
      settings(peer('ben.example:9238')),
    ],
    [
      'a key that is damaged',
      'identity',
      /expected .*PEM/,
      () => writeFileSync(cli.places.identityKey, 'x', { mode: 0o600 }),
    ],
    [
      'a database that is none',
      'database',
      /not a SQLite database; restart the service/,
      () => writeFileSync(cli.places.database, 'x'.repeat(9_000), { mode: 0o600 }),
    ],
    [
      'a damaged database that was set aside',
      'set aside',
      /caro\.db\.damaged-\d+; recover what can be read: caro db repair/,
      async () => {
        writeFileSync(cli.places.database, 'x'.repeat(9_000), { mode: 0o600 });
        await cli.run(['service', 'start']);
      },
    ],
    [
      'commands that nobody takes',
      'spool',
      /\d+ B have been waiting for 2 h 0 min, because no service runs; .*caro service start/,
      () => utimesSync(typed(), (NOW - 7_200_000) / 1_000, (NOW - 7_200_000) / 1_000),
    ],
    [
      'something foreign in the spool',
      'spool',
      /holds 1 entry that is not a regular file; find out who/,
      () => symlinkSync('/etc/passwd', join(cli.places.spool, 'bash.1.1.0')),
    ],
    ['a clock that went back', 'clock', /1 h 0 min behind the newest record.*set it/, recordAhead],
    [
      'a start file without the line',
      'shell hook',
      /a new bash does not load the hook; put this line at the end of ~\/\.bashrc: if \[ -r /,
      () => writeFileSync(join(shellHome, '.bashrc'), ''),
    ],
    [
      'a shell that writes to another home',
      'shell hook',
      /a new bash writes to .*, but this node reads .*; use the same CARO_HOME/,
      async () => {
        const other = commandLine();
        endings.push(other.remove);
        await rc(other);
      },
    ],
    [
      'a port that somebody else has',
      'ports',
      new RegExp(`port \\d+ is in use by process ${process.pid} \\(.+\\); stop it, or set dashboard\\.port`),
      async () => {
        const server = createServer();
        await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
        endings.push(() => void server.close());
      },
    ],
    ['a service that does not run', 'service', /not running; start it: caro service start/, () => undefined],
    [
      'a service that runs for another home',
      'service',
      /another service runs without CARO_HOME=.*, as process \d+; start it/,
      defaultHome,
    ],
    [
      'a service of an older version',
      'service',
      new RegExp(`has version 0\\.0\\.9, this command has ${VERSION}; run: caro service restart`),
      olderService,
    ],
    [
      'a peer that is not there',
      'mesh peers',
      /unreachable: caro:ed25519:.*; nothing answers at its address; check that its service runs/,
      async () => {
        settings(`[mesh]\nenabled = true\nlisten = "127.0.0.1:0"\n${peer(`127.0.0.1:${await freePort()}`)}`)();
        appendFileSync(cli.places.config, `[trust.nodes]\n"${PEER}" = "peer"\n`);
        await cli.run(['service', 'start']);
      },
    ],
    [
      'a unit of an older version',
      'start at login',
      /caro\.service belongs to another version or installation of this program; run: caro service install/,
      () => {
        const folder = join(cli.home, '.config', 'systemd', 'user');
        mkdirSync(folder, { recursive: true });
        writeFileSync(join(folder, 'caro.service'), `[Service]\nEnvironment="CARO_HOME=${cli.home}"\n`);
      },
    ],
    [
      'a unit that another major version of Node.js has written',
      'start at login',
      new RegExp(
        `was written for another Node\\.js than this one \\(${process.versions.node}\\); run: caro service install`,
      ),
      () => {
        const file = join(cli.home, '.config', 'systemd', 'user', 'caro.service');
        mkdirSync(dirname(file), { recursive: true });
        const unit = systemdUnit({ CARO_HOME: cli.home }, cli.home);
        writeFileSync(file, unit.replace(/^ExecStart=\S+ /m, 'ExecStart=/usr/lib/node-18/bin/node --of-another-node '));
      },
    ],
  ])('finds %s', async (_fault, check, text, make) => {
    await make();
    const { code, lines } = await doctor();
    expect(lines.find((line) => line.check === check)).toMatchObject({
      state: 'bad',
      text: expect.stringMatching(text),
    });
    expect(code).toBe(1);
  });

  function recordAhead(): void {
    const { database } = openDatabase(cli.places.database, NOW);
    const time = new Date(NOW + 3_600_000).toISOString();
    createAuditStore(database).append(linkRecord(undefined, { type: 'service.started' }, time));
    database.close();
  }

  /** This program with another version in it, as it was before an upgrade. */
  async function olderService(): Promise<void> {
    const old = join(cli.home, 'old');
    const root = resolve(__dirname, '../../..');
    for (const part of ['bin', 'dist']) cpSync(join(root, part), join(old, part), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(old, 'node_modules'));
    for (const name of readdirSync(join(old, 'dist')).filter((file) => file.endsWith('.js'))) {
      const file = join(old, 'dist', name);
      writeFileSync(file, readFileSync(file, 'utf8').replaceAll(`version:"${VERSION}"`, 'version:"0.0.9"'));
    }
    await run(join(old, 'bin', 'caro.js'), homeEnvironment(cli.home));
  }

  async function defaultHome(): Promise<void> {
    const places = placesFrom({}, cli.home);
    mkdirSync(join(places.config, '..'), { recursive: true, mode: 0o700 });
    writeFileSync(places.config, `[dashboard]\nport = ${await freePort()}\n`, { mode: 0o600 });
    await run(CARO, { PATH: process.env['PATH'], HOME: cli.home });
  }

  async function run(program: string, env: NodeJS.ProcessEnv): Promise<void> {
    const child = spawn(program, ['service', 'run'], { env, stdio: ['ignore', 'pipe', 'ignore'] });
    const ended = new Promise((done) => child.once('exit', done));
    endings.push(async () => {
      child.kill();
      await ended;
    });
    await new Promise((done) => child.stdout.once('data', done));
  }
});

describe('caro doctor, typed into a shell', () => {
  test('finds that this very shell is not observed, and that it is once the hook is loaded', async () => {
    const shell = await openShell({ shell: 'bash', env: { CARO_HOME: cli.home } });
    endings.push(() => shell.close());
    expect(await shell.run(`${CARO} doctor`)).toMatch(
      /bad\s+this shell\s+this bash \(process \d+\) is not observed; .*run: if \[ -r /,
    );
    await shell.run(`eval "$(${CARO} shell init bash)"`);
    expect(await shell.run(`${CARO} doctor`)).toMatch(/ok\s+this shell\s+this bash \(process \d+\) is observed/);
  });
});

const canMount = ((): boolean => {
  try {
    execFileSync('unshare', ['--mount', 'true'], { stdio: 'pipe' });
    return true;
  } catch {
    return process.env['CI'] === 'true';
  }
})();

(canMount ? test : test.skip)('caro doctor finds a disk that is nearly full', () => {
  const script = `mount -t tmpfs -o size=20m,mode=700 none "$CARO_HOME" && ${CARO} init --quiet; ${CARO} doctor`;
  const env = homeEnvironment(cli.home);
  const disk = (): unknown => execFileSync('unshare', ['--mount', 'sh', '-c', script], { env, encoding: 'utf8' });
  expect(disk).toThrow();
  try {
    disk();
  } catch (error) {
    expect((error as { stdout: string }).stdout).toMatch(
      /bad\s+disk space\s+only \d+\.\d MiB free in .*; free some space: what finds no room is lost/,
    );
  }
});
