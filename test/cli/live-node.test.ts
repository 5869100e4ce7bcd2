/** The commands that need a running service, against a real one that observed real spool files. */

import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, lstatSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { callAdmin, followAdmin } from '../../src/admin/client.ts';
import type { VectorPreview } from '../../src/domain/answers/query.ts';
import type { TerminalEvent } from '../../src/domain/events/event.ts';
import { QUERY_TYPES } from '../../src/domain/policy/trust.ts';
import { encodeSpoolRecord } from '../../src/domain/spool/spool-record.ts';
import type { ServiceStatus } from '../../src/domain/status/status.ts';
import { decodeEnvelope, openEnvelope } from '../../src/identity/envelope.ts';
import { openIdentity } from '../../src/identity/identity.ts';
import { CARO, homeEnvironment } from '../rig/service.ts';
import { parsePrometheus } from '../rig/text/prometheus-text.ts';
import { until } from '../rig/until.ts';
import { type CommandLine, commandLine } from './command-line.ts';

const COMMANDS: readonly (readonly [string, number])[] = [
  ['git status', 0],
  ['make test', 2],
  ['sudo rm -rf /', 1],
  ['printf "a\u001b[2Jb"', 0],
];
const START_MS = Date.now() - 60_000;
let cli: CommandLine;

/** What a hook writes for commands that have ended. */
function spool(session: number, commands: typeof COMMANDS, startMs = START_MS): void {
  const records = commands.flatMap(([text, status], command) => {
    const startedAt = (startMs + command * 1_000) * 1_000;
    const common = { command, granularity: 1 };
    return [
      encodeSpoolRecord({ ...common, type: 'start', startedAt, cwd: '/tmp', text }),
      encodeSpoolRecord({ ...common, type: 'end', endedAt: startedAt + 250_000, status }),
    ];
  });
  writeFileSync(join(cli.places.spool, `bash.${process.pid}.${session}.0`), Buffer.concat(records), { mode: 0o600 });
}

const stored = (): Promise<readonly TerminalEvent[]> => callAdmin(cli.places.socket, 'events.list', {});
const lines = (text: string): unknown[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);

beforeAll(async () => {
  cli = commandLine();
  await cli.run(['init', '--quiet']);
  writeFileSync(cli.places.config, '[node]\nname = "ada"\n[dashboard]\nport = 0\n');
  spool(START_MS * 1_000, COMMANDS);
  expect(await cli.run(['service', 'start'])).toMatchObject({ code: 0 });
  await until(
    stored,
    (events) => events.length === COMMANDS.length && events.every((event) => event.exitCode !== null),
  );
});
afterAll(async () => {
  await cli.run(['service', 'stop']);
  cli.remove();
});

describe('caro events', () => {
  test('prints the commands in the order in which they were typed, one JSON object a line', async () => {
    const { out, code } = await cli.run(['events', '--json']);
    expect(code).toBe(0);
    expect(lines(out)).toMatchObject(
      COMMANDS.map(([command, exitCode]) => ({ command, exitCode, cwd: '/tmp', durationMs: 250 })),
    );
    expect(Object.keys(lines(out)[0] as object).sort()).toEqual(
      [
        'approval',
        'author',
        'category',
        'command',
        'cwd',
        'durationMs',
        'exitCode',
        'host',
        'id',
        'project',
        'risk',
        'rules',
        'running',
        'shell',
        'time',
        'tools',
      ].sort(),
    );
  });

  test('prints a table for people, in which no command can play with the terminal', async () => {
    const { out } = await cli.run(['events'], { columns: 200, env: { NO_COLOR: '1' } });
    const [title, ...rows] = out.trimEnd().split('\n');
    expect(title).toBe('TIME                 SHELL  EXIT    TOOK  RISK      COMMAND');
    expect(rows.map((row) => row.slice(20).replace(/ +/g, ' '))).toEqual([
      ' bash 0 250 ms safe git status',
      expect.stringMatching(/^ bash 2 250 ms \w+ make test$/),
      ' bash 1 250 ms critical sudo rm -rf /',
      ' bash 0 250 ms safe printf "a\\u001b[2Jb"',
    ]);
  });

  test('narrows by risk, tool, time and number', async () => {
    const asked = async (...args: readonly string[]): Promise<unknown[]> => {
      const { out } = await cli.run(['events', '--json', ...args]);
      return out === '' ? [] : lines(out).map((event) => (event as TerminalEvent).command);
    };
    expect(await asked('--risk', 'high')).toEqual(['sudo rm -rf /']);
    expect(await asked('--tool', 'git')).toEqual(['git status']);
    expect(await asked('--limit', '2')).toEqual(COMMANDS.slice(-2).map(([command]) => command));
    expect(await asked('--since', '2999-01-01')).toEqual([]);
    expect((await cli.run(['events', '--tool', 'kubectl'])).out).toContain('No commands match.');
  });

  test('pages through more commands than fit into one answer, and through very long ones', async () => {
    const many = Array.from({ length: 1_300 }, (_, index): readonly [string, number] => [`echo ${index}`, 0]);
    const long = Array.from({ length: 12 }, (_, index): readonly [string, number] => [
      `true ${index} ${'x'.repeat(125_000)}`,
      0,
    ]);
    spool(START_MS * 1_000 + 1, [...many, ...long]);
    const all = COMMANDS.length + many.length + long.length;
    await until(
      () => callAdmin(cli.places.socket, 'observe.status', {}),
      ({ events, pending }) => events === all && pending === 0,
    );
    const events = lines((await cli.run(['events', '--json'])).out) as TerminalEvent[];
    expect(events).toHaveLength(all);
    expect(new Set(events.map((event) => event.id)).size).toBe(all);
    const lengths = events.flatMap(({ command }) => (command.startsWith('true ') ? [command.length] : []));
    expect(lengths).toEqual(long.map(([text]) => text.length));
  });

  test('with --follow go on as they come', async () => {
    const stop = new AbortController();
    const seen: unknown[] = [];
    const ready = (): void => spool(START_MS * 1_000 + 2, [['echo followed', 0]]);
    for await (const { topic, params } of followAdmin(cli.places.socket, ['event'], stop.signal, ready)) {
      seen.push([topic, (params as TerminalEvent).command]);
      if ((params as TerminalEvent).exitCode !== null) stop.abort();
    }
    expect(seen.at(-1)).toEqual(['event', 'echo followed']);
  });

  test.each([['as JSON', '--json'], ['for people']])(
    'with --follow, %s, print a command once, when it has ended',
    async (_form, ...json) => {
      const session = `bash.${process.pid}.${START_MS * 1_000 + 10 + json.length}.0`;
      const write = (type: 'start' | 'end', command: number, text: string): void => {
        const startedAt = (START_MS + command) * 1_000;
        const common = { command, granularity: 1 };
        const record =
          type === 'start'
            ? encodeSpoolRecord({ ...common, type, startedAt, text })
            : encodeSpoolRecord({ ...common, type, endedAt: startedAt + 5_000, status: 0 });
        appendFileSync(join(cli.places.spool, session), record, { mode: 0o600 });
      };
      const child = spawn(CARO, ['events', '--follow', ...json], { env: homeEnvironment(cli.home) });
      let printed = '';
      child.stdout.on('data', (bytes: Buffer) => {
        printed += bytes.toString();
      });
      const shown = (text: string): Promise<unknown> =>
        until(
          () => Promise.resolve(printed),
          (all) => all.includes(text),
        );
      try {
        // Whether it listens already shows only in what it prints.
        for (let attempt = 0; !printed.includes('echo listening'); attempt += 1) {
          write('start', attempt, 'echo listening');
          write('end', attempt, 'echo listening');
          await until(
            () => Promise.resolve(printed),
            (all) => all !== '',
            500,
          ).catch(() => undefined);
        }
        write('start', 1_000, 'echo slow');
        write('start', 1_001, 'echo quick');
        write('end', 1_001, 'echo quick');
        await shown('echo quick');
        expect(printed).not.toContain('echo slow');
        write('end', 1_000, 'echo slow');
        await shown('echo slow');
        for (const text of ['echo slow', 'echo quick']) expect(printed.split(text)).toHaveLength(2);
      } finally {
        child.kill('SIGKILL');
      }
    },
  );
});

test('caro status has the fields of the contract', async () => {
  const status = JSON.parse((await cli.run(['status', '--json'])).out) as ServiceStatus;
  expect(status).toMatchObject({
    node: { id: openIdentity(cli.places.identityKey).id, name: 'ada', role: 'individual' },
    service: { pid: expect.any(Number), uptimeSeconds: expect.any(Number), version: expect.any(String) },
    observe: { events: expect.any(Number), pending: 0, dropped: 0, shells: [{ shell: 'bash' }] },
    mesh: { enabled: false, peers: [] },
    sharing: { level: 0, denyTools: [], warnings: [] },
    audit: { records: expect.any(Number), verified: expect.any(Boolean) },
    setup: ['bash', 'zsh', 'fish', 'sh'].map((shell) => ({
      shell,
      file: expect.any(String),
      line: expect.any(String),
    })),
    memory: { rssBytes: expect.any(Number) },
  });
  const { out } = await cli.run(['status']);
  expect(out).toContain('node         ada (individual)\n');
  expect(out).toContain('mesh         off: nothing leaves this machine\n');
});

test('caro stats counts tools and risks', async () => {
  const stats: unknown = JSON.parse((await cli.run(['stats', '--since', '1h', '--json'])).out);
  expect(stats).toMatchObject({
    levels: { critical: 1 },
    tools: expect.arrayContaining([expect.objectContaining({ name: 'git', count: 1 })]),
  });
  const { out } = await cli.run(['stats', '--since', '2020-01-01']);
  expect(out).toMatch(/: \d+ commands, 2 failed/);
  expect(out).toMatch(/^critical +1 {2}█$/m);
});

test('caro summary preview prints exactly the signed bytes', async () => {
  const identity = openIdentity(cli.places.identityKey);
  const envelope = decodeEnvelope((await cli.run(['summary', 'preview', '--json'])).out);
  const payload = Buffer.from(openEnvelope(envelope, identity.publicKey)).toString('utf8');
  expect(JSON.parse(payload)).toMatchObject({ node: identity.id, period: { kind: 'daily' } });
  expect(payload).not.toContain('rm -rf');
  const shown = await cli.run(['summary', 'preview', '--period', 'weekly']);
  expect(JSON.parse(shown.out)).toMatchObject({ period: { kind: 'weekly' } });
  expect(shown.err).toContain(`signed by the key ${identity.fingerprint}`);
});

test('caro metrics prints what Prometheus reads, and --token the path of a file for its owner alone', async () => {
  const families = parsePrometheus((await cli.run(['metrics'])).out);
  const { observe } = await callAdmin(cli.places.socket, 'service.status', {});
  expect(families.find(({ name }) => name === 'caro_events_stored')?.samples[0]?.value).toBe(observe?.events);
  expect(JSON.parse((await cli.run(['metrics', '--json'])).out)).toMatchObject({ databaseBytes: expect.any(Number) });
  const [first, again] = [await cli.run(['metrics', '--token']), await cli.run(['metrics', '--token'])];
  expect(first.out).toBe('HOME/data/metrics.token\n');
  expect(again.out).toBe(first.out);
  const file = cli.places.metricsToken;
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const token = readFileSync(file, 'utf8').trim();
  expect(token).toMatch(/^[\w-]{43}$/);
  const { dashboard } = await callAdmin(cli.places.socket, 'service.status', {});
  const headers = { authorization: `Bearer ${token}`, connection: 'close' };
  expect((await fetch(`${dashboard.url}metrics`, { headers })).status).toBe(200);
});

describe('caro sharing', () => {
  test('shows what it is about, takes consent, and says which file decided', async () => {
    expect(JSON.parse((await cli.run(['sharing', 'status', '--json'])).out)).toMatchObject({ level: 0 });
    const enabled = await cli.run(['sharing', 'enable', '--yes']);
    expect(enabled.out).toContain('"type":"caro.summary"');
    expect(enabled.out).toMatch(/^level 1: signed summaries .*\nin force\n$/m);
    expect(JSON.parse((await cli.run(['sharing', 'status', '--json'])).out)).toMatchObject({
      level: 1,
      decidedBy: 'HOME/config/managed.toml',
    });
    expect(await callAdmin(cli.places.socket, 'policy.sharing', {})).toMatchObject({ level: 1 });
    expect((await cli.run(['sharing', 'enable', '--level', '2', '--yes'])).code).toBe(0);
    expect((await cli.run(['sharing', 'enable', '--level', '0'])).code).toBe(2);
    expect((await cli.run(['sharing', 'disable'])).out).toContain('in force');
    expect(await callAdmin(cli.places.socket, 'policy.sharing', {})).toMatchObject({ level: 0 });
    const types = lines((await cli.run(['audit', 'list', '--type', 'sharing.changed', '--json'])).out);
    expect(types).toMatchObject([
      { details: { level: 0 } },
      { details: { level: 1 } },
      { details: { level: 2 } },
      { details: { level: 0 } },
    ]);
  });

  test('shows before level 2 every cell of every answer over the longest span, as it would leave', async () => {
    const longAgo = START_MS - 20 * 86_400_000;
    spool(longAgo * 1_000, [['cargo build', 0]], longAgo);
    await until(
      () => callAdmin(cli.places.socket, 'events.list', { tool: 'cargo', limit: 1 }),
      ({ length }) => length === 1,
    );
    const { out } = await cli.run(['sharing', 'preview', '--level', '2', '--json']);
    const { vectors } = JSON.parse(out) as { vectors: readonly VectorPreview[] };
    expect(vectors.map(({ body }) => body.type)).toEqual(QUERY_TYPES);
    expect(vectors[0]?.body.cells[0]).toBeGreaterThan(COMMANDS.length);
    const shown = await cli.run(['sharing', 'enable', '--level', '2'], { columns: 80, typed: 'n\n' });
    for (const { body, cellNames } of vectors) {
      expect(shown.out).toContain(`${body.layout}: ${cellNames.length} cells over the last 30 days`);
      for (const name of cellNames) expect(shown.out).toContain(name);
    }
  });

  test('is held to what was shown by the service, not by the command', async () => {
    const { socket } = cli.places;
    const unseen = { code: 'preview_unseen' };
    await expect(callAdmin(socket, 'settings.change', { set: 'sharing', level: 1 })).rejects.toMatchObject(unseen);
    await expect(
      callAdmin(socket, 'settings.change', { set: 'sharing', level: 1, preview: '0'.repeat(64) }),
    ).rejects.toMatchObject(unseen);
    const { digest } = await callAdmin(socket, 'summary.preview', { period: 'daily' });
    const text = readFileSync(cli.places.config, 'utf8');
    // Other tools are kept back now: what was shown is not what would leave.
    writeFileSync(cli.places.config, `${text}[sharing]\ndeny_tools = ["psql"]\n`);
    await callAdmin(socket, 'config.reload', {});
    await expect(
      callAdmin(socket, 'settings.change', { set: 'sharing', level: 1, preview: digest }),
    ).rejects.toMatchObject(unseen);
    writeFileSync(cli.places.config, text);
    await callAdmin(socket, 'config.reload', {});
    expect(await callAdmin(socket, 'policy.sharing', {})).toMatchObject({ level: 0 });
  });

  test('asks on a terminal, and a no changes nothing', async () => {
    const { out } = await cli.run(['sharing', 'enable'], { columns: 80, typed: 'n\n' });
    expect(out).toContain('Allow this? [y/N]');
    expect(out).toContain('Nothing has changed.');
    expect(JSON.parse((await cli.run(['sharing', 'status', '--json'])).out)).toMatchObject({ level: 0 });
  });
});

test('caro reload takes a change, and refuses a bad one as a whole', async () => {
  const text = readFileSync(cli.places.config, 'utf8');
  expect((await cli.run(['reload'])).out).toBe('Nothing has changed.\n');
  writeFileSync(cli.places.config, `${text}[retention]\nevents_days = 7\n`);
  expect(JSON.parse((await cli.run(['reload', '--json'])).out)).toEqual({ changed: true });
  writeFileSync(cli.places.config, `${text}[retention]\nevents_days = 0\n`);
  const { code, err } = await cli.run(['reload']);
  expect(code).toBe(2);
  expect(err).toContain('retention.events_days: expected a whole number from 1 to 36500, got 0');
  writeFileSync(cli.places.config, text);
});

test('caro dashboard gives a private login file and no token in the address', async () => {
  const { file, link, url } = JSON.parse((await cli.run(['dashboard', '--json'])).out) as Record<string, string>;
  const path = (file ?? '').replace('HOME', cli.home);
  expect(lstatSync(path).mode & 0o777).toBe(0o600);
  expect(link).toBe(`file://${file}`);
  expect(url).toMatch(/^http:\/\/localhost:\d+\/$/);
  const [, token = ''] = /value="([^"]{20,})"/.exec(readFileSync(path, 'utf8')) ?? [];
  expect(token).not.toBe('');
  expect(`${file}${link}${url}`).not.toContain(token);
});

test('caro audit list takes a limit beyond what one answer holds', async () => {
  const all = lines((await cli.run(['audit', 'list', '--limit', '100000', '--json'])).out) as {
    readonly seq: number;
  }[];
  expect(all.map(({ seq }) => seq)).toEqual(all.map((_record, index) => index + 1));
});

test('caro audit verify agrees with the running service', async () => {
  expect((await cli.run(['audit', 'verify'])).code).toBe(0);
  expect(await callAdmin(cli.places.socket, 'audit.verify', {})).toMatchObject({ ok: true });
});

describe('caro doctor', () => {
  test('finds all in order on a running node, and says what is wrong on a broken one', async () => {
    const outcomes = lines((await cli.run(['doctor', '--json'], { now: new Date() })).out) as {
      check: string;
      state: string;
      text: string;
    }[];
    // The person who runs the tests may have a coding agent running.
    const others = outcomes.filter(({ check }) => !['shell hook', 'coding agents'].includes(check));
    expect(others.map(({ check }) => check)).toEqual([
      'places',
      'configuration',
      'mesh settings',
      'identity',
      'keys of peers',
      'disk space',
      'database',
      'set aside',
      'spool',
      'clock',
      'service',
      'observation',
      'storage',
      'audit log',
      'listening',
      'mesh peers',
      'actors',
    ]);
    expect(others.filter(({ state }) => state === 'bad')).toEqual([]);
    const broken = commandLine();
    const { code, out } = await broken.run(['doctor'], { env: { SHELL: '' } });
    broken.remove();
    expect(code).toBe(1);
    expect(out).toContain('bad   places          HOME/data does not exist; run: caro init\n');
    expect(out).toContain('bad   service         not running; start it: caro service start\n');
    expect(existsSync(broken.home)).toBe(false);
  });
});
