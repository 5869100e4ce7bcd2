import { spawnSync } from 'node:child_process';
import { chmodSync, lstatSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { callAdmin, followAdmin } from '../../src/admin/client.ts';
import { MAX_REQUEST_BYTES } from '../../src/admin/protocol.ts';
import { type AdminServer, openAdminServer } from '../../src/admin/server.ts';
import type { Handlers } from '../../src/bus/actor.ts';
import { Bus } from '../../src/bus/bus.ts';
import { Supervised } from '../../src/bus/supervisor.ts';
import { CaroError, ERRORS } from '../../src/domain/errors.ts';
import type { TerminalEvent } from '../../src/domain/events/event.ts';

type Asked = 'events.list' | 'observe.status' | 'summary.preview' | 'config.reload' | 'dashboard.link';
const EVENT: TerminalEvent = {
  id: 1,
  time: '2026-01-02T03:04:05.678Z',
  shell: 'bash',
  command: 'git status',
  cwd: '/tmp',
  running: false,
  exitCode: 0,
  durationMs: 3,
  tools: ['git'],
  category: 'vcs',
  risk: 'safe',
  rules: [],
  host: 'here',
  author: 'human',
  approval: null,
  project: null,
};

let home: string;
let socketPath: string;
let bus: Bus;
let server: AdminServer;
let actor: Supervised;
let defects: unknown[];
/** How often events were listed. */
const NO_COUNTS = { pending: 0, dropped: 0, setAside: 0, pausedUntil: null, trouble: null };
let asked: number;
/** Resolved by a test to let a held answer go. */
let release: () => void;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'caro-admin-'));
  socketPath = join(home, 'admin.sock');
  bus = new Bus();
  defects = [];
  asked = 0;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const handlers: Handlers<Asked> = {
    'events.list': ({ limit = 1, text }) => {
      asked += 1;
      if (text === 'refuse') throw new CaroError('database_damaged', 'expected a database');
      return Array.from({ length: limit }, (_, id) => ({ ...EVENT, id, command: text ?? EVENT.command }));
    },
    'observe.status': async () => {
      await held;
      return { ...NO_COUNTS, events: 1, shells: [], agents: [] };
    },
    'summary.preview': () => {
      throw new TypeError('secret internals');
    },
    'config.reload': () => ({ changed: false }),
    'dashboard.link': () => ({ file: '/run/login.html', url: 'http://localhost:9237/' }),
  };
  actor = new Supervised(
    {
      name: 'answers',
      capacity: 100,
      policy: 'wait',
      create: () => ({ name: 'answers', concurrent: ['observe.status'], handlers }),
    },
    bus,
    {
      backoffMs: () => 1,
      maxCrashes: 100,
      windowMs: 1_000,
      startMs: 1_000,
      stopMs: 1_000,
      now: () => Date.now(),
      onCrash: () => undefined,
      onDegraded: () => undefined,
    },
  );
  await actor.start();
  server = await open();
});
afterEach(async () => {
  release();
  await server.close();
  await actor.stop();
  rmSync(home, { recursive: true, force: true });
});

const open = (): Promise<AdminServer> =>
  openAdminServer({
    socketPath,
    bus,
    onDefect: (error) => defects.push(error),
  });

interface Message {
  readonly id?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data: { readonly code: string } };
  readonly method?: string;
}
/** A client that speaks raw bytes. */
async function rawClient(): Promise<{ socket: Socket; next: () => Promise<Message | undefined> }> {
  const socket = connect(socketPath);
  // The service may close on what a test sends.
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('connect', resolve));
  const lines = (async function* () {
    let rest = '';
    for await (const chunk of socket) {
      const parts = (rest + String(chunk)).split('\n');
      rest = parts.pop() ?? '';
      yield* parts;
    }
  })();
  return {
    socket,
    next: async () => {
      const { value } = await lines.next();
      return value === undefined ? undefined : (JSON.parse(value) as Message);
    },
  };
}
const code = async (call: Promise<unknown>): Promise<string> => {
  try {
    await call;
    return 'no error';
  } catch (error) {
    if (error instanceof CaroError) return error.code;
    throw error;
  }
};

describe('the control socket', () => {
  test('is accessible to its owner only', () => {
    expect(lstatSync(socketPath).mode & 0o777).toBe(0o600);
  });

  test('answers a request of the bus and one of the service', async () => {
    expect(await callAdmin(socketPath, 'events.list', { limit: 2 })).toHaveLength(2);
    expect(await callAdmin(socketPath, 'dashboard.link', {})).toEqual({
      file: '/run/login.html',
      url: 'http://localhost:9237/',
    });
  });

  test('passes on errors of the service with their code', async () => {
    expect(await code(callAdmin(socketPath, 'events.list', { text: 'refuse' }))).toBe('database_damaged');
  });

  test('reports an unexpected error without details, and logs it', async () => {
    const { socket, next } = await rawClient();
    socket.write('{"jsonrpc":"2.0","id":7,"method":"summary.preview","params":{"period":"daily"}}\n');
    const reply = await next();
    expect(reply).toMatchObject({ id: 7, error: { code: ERRORS.internal.rpc, data: { code: 'internal' } } });
    expect(JSON.stringify(reply)).not.toContain('secret internals');
    expect(defects).toHaveLength(1);
    socket.destroy();
  });

  const bad: readonly (readonly [string, string | Buffer, keyof typeof ERRORS])[] = [
    ['text that is not JSON', 'hello', 'json_invalid'],
    ['an empty line', '', 'json_invalid'],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), 'json_invalid'],
    ['another version', '{"jsonrpc":"1.0","id":1,"method":"service.status"}', 'request_invalid'],
    ['a batch', '[{"jsonrpc":"2.0","id":1,"method":"service.status"}]', 'request_invalid'],
    ['a method that is no string', '{"jsonrpc":"2.0","id":1,"method":5}', 'request_invalid'],
    ['parameters by position', '{"jsonrpc":"2.0","id":1,"method":"events.list","params":[1]}', 'request_invalid'],
    ['an id that is an object', '{"jsonrpc":"2.0","id":{},"method":"events.list"}', 'request_invalid'],
    ['a method that nobody has', '{"jsonrpc":"2.0","id":1,"method":"rm"}', 'method_unknown'],
    [
      'a kind that is for insiders',
      '{"jsonrpc":"2.0","id":1,"method":"audit.append","params":{"type":"trust.changed"}}',
      'method_unknown',
    ],
    ['a name out of the prototype', '{"jsonrpc":"2.0","id":1,"method":"constructor"}', 'method_unknown'],
    ['an unknown parameter', '{"jsonrpc":"2.0","id":1,"method":"events.list","params":{"limits":1}}', 'usage'],
    [
      'a parameter of the wrong kind',
      '{"jsonrpc":"2.0","id":1,"method":"events.list","params":{"limit":"1"}}',
      'usage',
    ],
    [
      'a time that does not exist',
      '{"jsonrpc":"2.0","id":1,"method":"stats.read","params":{"since":"2026-13-45T99:99:99Z"}}',
      'usage',
    ],
    ['a limit out of range', '{"jsonrpc":"2.0","id":1,"method":"events.list","params":{"limit":0}}', 'usage'],
    [
      'a parameter to a method without',
      '{"jsonrpc":"2.0","id":1,"method":"config.reload","params":{"file":"x"}}',
      'usage',
    ],
    ['an unknown topic', '{"jsonrpc":"2.0","id":1,"method":"subscribe","params":{"topics":["all"]}}', 'usage'],
  ];
  test.each(bad)('answers %s with an error and keeps the connection open', async (_what, line, expected) => {
    const { socket, next } = await rawClient();
    socket.write(Buffer.concat([Buffer.from(line), Buffer.from('\n')]));
    expect(await next()).toMatchObject({ error: { code: ERRORS[expected].rpc, data: { code: expected } } });
    socket.write('{"jsonrpc":"2.0","id":"x","method":"events.list"}\n');
    expect(await next()).toMatchObject({ id: 'x', result: [EVENT].map((event) => ({ ...event, id: 0 })) });
    socket.destroy();
  });

  test('accepts a request in single bytes and several in one write, and answers no notifications', async () => {
    const { socket, next } = await rawClient();
    const request = (id: number): string =>
      `{"jsonrpc":"2.0","id":${id},"method":"events.list","params":{"text":"é"}}\n`;
    for (const byte of Buffer.from(request(1))) socket.write(Buffer.from([byte]));
    expect(await next()).toMatchObject({ id: 1, result: [{ command: 'é' }] });
    socket.write(`{"jsonrpc":"2.0","method":"events.list"}\n${request(2)}${request(3)}`);
    expect([(await next())?.id, (await next())?.id]).toEqual([2, 3]);
    socket.destroy();
  });

  test('continues to answer while another answer is slow', async () => {
    const { socket, next } = await rawClient();
    socket.write('{"jsonrpc":"2.0","id":1,"method":"dashboard.link"}\n');
    expect((await next())?.id).toBe(1);
    socket.write(
      '{"jsonrpc":"2.0","id":2,"method":"observe.status"}\n{"jsonrpc":"2.0","id":3,"method":"config.reload"}\n',
    );
    expect((await next())?.id).toBe(3);
    release();
    expect((await next())?.id).toBe(2);
    socket.destroy();
  });

  test('accepts a line of exactly 16 MiB', async () => {
    const { socket, next } = await rawClient();
    const head = '{"jsonrpc":"2.0","id":1,"method":"config.reload","params":{}';
    socket.write(`${head}${' '.repeat(MAX_REQUEST_BYTES - head.length - 1)}}\n`);
    expect(await next()).toMatchObject({ id: 1, result: { changed: false } });
    socket.destroy();
  });

  test('closes with the reason on a longer line, before its end has arrived', async () => {
    const { socket, next } = await rawClient();
    socket.write('x'.repeat(MAX_REQUEST_BYTES + 1));
    expect(await next()).toMatchObject({ id: null, error: { data: { code: 'request_invalid' } } });
    expect(await next()).toBeUndefined();
  });

  test('refuses a list that does not fit into one line, but sends a single long entry', async () => {
    const text = 'x'.repeat(900);
    expect(await code(callAdmin(socketPath, 'events.list', { text, limit: 2_000 }))).toBe('answer_too_large');
    expect(await callAdmin(socketPath, 'events.list', { text, limit: 500 })).toHaveLength(500);
  });

  test('serves many clients at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) => callAdmin(socketPath, 'events.list', { limit: index + 1 })),
    );
    expect(answers.map((events) => events.length)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
  });

  test('bounds the answers queued for a client that asks and never reads', async () => {
    const { socket } = await rawClient();
    const request = `${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'events.list', params: { limit: 500, text: 'x'.repeat(900) } })}\n`;
    // 500 answers of half a MiB each would be 250 MiB.
    for (let index = 0; index < 500; index += 1) socket.write(request);
    let quietTurns = 0;
    for (let before = -1; quietTurns < 500; quietTurns = asked === before ? quietTurns + 1 : 0) {
      before = asked;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(asked).toBeGreaterThan(0);
    expect(asked).toBeLessThan(50);
    // Others are still served.
    expect(await callAdmin(socketPath, 'config.reload', {})).toEqual({ changed: false });
    socket.destroy();
  });
});

describe('a subscription', () => {
  test('sends every later event once and in order', async () => {
    const stop = new AbortController();
    const seen: unknown[] = [];
    const follow = (async () => {
      const ready = () => void bus.publish('events.recorded', { events: [EVENT, { ...EVENT, id: 2 }] });
      for await (const { topic, params } of followAdmin(socketPath, ['event'], stop.signal, ready)) {
        seen.push([topic, params]);
        if (seen.length === 2) stop.abort();
      }
    })();
    await follow;
    expect(seen).toEqual([
      ['event', EVENT],
      ['event', { ...EVENT, id: 2 }],
    ]);
  });

  test('sends each event once if repeated for the same topic', async () => {
    const { socket, next } = await rawClient();
    const subscribe = '{"jsonrpc":"2.0","id":1,"method":"subscribe","params":{"topics":["event"]}}\n';
    socket.write(subscribe + subscribe);
    expect([(await next())?.id, (await next())?.id]).toEqual([1, 1]);
    await bus.publish('events.recorded', { events: [EVENT] });
    socket.write('{"jsonrpc":"2.0","id":2,"method":"config.reload"}\n');
    expect([(await next())?.method, (await next())?.id]).toEqual(['event', 2]);
    socket.destroy();
  });

  test('ends with an error for a client that does not read, and never delays the bus', async () => {
    const { socket, next } = await rawClient();
    socket.write('{"jsonrpc":"2.0","id":1,"method":"subscribe","params":{"topics":["event"]}}\n');
    expect((await next())?.id).toBe(1);
    const long = { ...EVENT, command: 'x'.repeat(100_000) };
    // Nobody reads meanwhile: the writes go into the socket's buffer, then into ours, up to its
    // limit.
    for (let index = 0; index < 300; index += 1) await bus.publish('events.recorded', { events: [long] });
    let last: Message | undefined;
    let told = 0;
    for (;;) {
      const message = await next();
      if (!message) break;
      last = message;
      told += 1;
    }
    expect(last).toMatchObject({ id: null, error: { data: { code: 'subscriber_slow' } } });
    expect(told).toBeLessThan(300);
  });

  test('ends with an error when the service goes away', async () => {
    const follow = (async () => {
      const ready = () => void server.close();
      const notices = followAdmin(socketPath, ['event'], new AbortController().signal, ready);
      while (!(await notices.next()).done);
    })();
    expect(await code(follow)).toBe('not_running');
    server = await open();
  });
});

describe('the place of the socket', () => {
  test('is free again after closing', async () => {
    await server.close();
    expect(lstatSync(socketPath, { throwIfNoEntry: false })).toBeUndefined();
    server = await open();
  });

  test('refuses a second service while the first answers', async () => {
    expect(await code(open())).toBe('already_running');
    expect(await callAdmin(socketPath, 'config.reload', {})).toEqual({ changed: false });
  });

  test('is taken over from a service that crashed', async () => {
    await server.close();
    const program = `require('node:net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
    expect(
      spawnSync('sh', ['-c', 'umask 022; exec "$0" -e "$1" "$2"', process.execPath, program, socketPath]).signal,
    ).toBe('SIGKILL');
    expect(lstatSync(socketPath).isSocket()).toBe(true);
    server = await open();
    expect(await callAdmin(socketPath, 'config.reload', {})).toEqual({ changed: false });
  });

  test('does not replace a file that is not a socket, or a socket that others can use', async () => {
    await server.close();
    writeFileSync(socketPath, 'precious', { mode: 0o600 });
    expect(await code(open())).toBe('permissions_unsafe');
    rmSync(socketPath);
    const other = createServer().listen(socketPath);
    await new Promise((resolve) => other.once('listening', resolve));
    chmodSync(socketPath, 0o666);
    expect(await code(open())).toBe('permissions_unsafe');
    await new Promise((resolve) => other.close(resolve));
    server = await open();
  });

  test('without a service explains what to do', async () => {
    await server.close();
    await expect(callAdmin(socketPath, 'service.status', {})).rejects.toThrow(
      /it does not run; start it: caro service start/,
    );
    server = await open();
  });

  test('with a stuck service fails at the deadline', async () => {
    expect(await code(callAdmin(socketPath, 'observe.status', {}, 50))).toBe('deadline_exceeded');
  });
});
