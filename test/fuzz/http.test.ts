import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomFrom } from '../rig/random.ts';
import { type DashboardRig, type Login, openRig } from '../web/dashboard-rig.ts';
import { sampleCommands } from '../web/sample-commands.ts';
import { budget, FUZZ_TIMEOUT_MS, report, SEED } from './rig/fuzzer.ts';
import { CANARY } from './rig/invariants.ts';
import { mutated } from './rig/mutation.ts';

let rig: DashboardRig;
let login: Login;
beforeAll(async () => {
  rig = await openRig();
  login = await rig.login();
  const sample = sampleCommands(20, 1, Date.now());
  await rig.record({ ...sample, started: sample.started.map((one) => ({ ...one, command: `echo ${CANARY}` })) });
});
afterAll(() => rig.close());

const PATHS = [
  '/',
  '/login',
  '/api/status',
  '/api/events?text=x&limit=5',
  '/api/overview?since=2026-01-01T00:00:00.000Z&until=2026-12-01T00:00:00.000Z',
  '/api/audit?type=query.sent&before=9',
  '/api/egress?limit=2',
  '/api/trust/explanation?id=caro:ed25519:AA==',
  '/api/summary?period=daily',
  '/assets/x.js',
];
const WORDS = [
  ...[
    '\r\n',
    'HTTP/1.1',
    'GET ',
    'POST ',
    'Host: evil',
    'Content-Length: 99999',
    'Transfer-Encoding: chunked\r\n',
    '\r\n\r\n',
    'cookie: ',
    '%2e%2e/',
  ],
  ...[
    '%61pi',
    '?',
    '&',
    '=',
    'Expect: 100-continue\r\n',
    'Upgrade: websocket\r\n',
    'x-caro-token: ',
    'origin: null\r\n',
    '\0',
    '0\r\n\r\n',
    '[::1]',
  ],
];

function seeds(isLoggedIn: boolean): readonly Buffer[] {
  const own = `localhost:${rig.dashboard.port}`;
  const proof = isLoggedIn ? `cookie: ${login.cookie}\r\nx-caro-token: ${login.token}\r\n` : '';
  const heads = `host: ${own}\r\norigin: http://${own}\r\n${proof}connection: close\r\n`;
  const body = '{"level":1,"id":"x","type":"anomalies","spanHours":24}';
  return [
    ...PATHS.map((path) => `GET ${path} HTTP/1.1\r\n${heads}\r\n`),
    ...['/login', '/api/settings', '/api/trust', '/api/mesh/query', '/api/logout'].map(
      (path) =>
        `POST ${path} HTTP/1.1\r\n${heads}content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    ),
  ].map((text) => Buffer.from(text));
}

/** Sends bytes and the end of them; resolves with all that comes back. */
function exchange(bytes: Buffer): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(rig.dashboard.port, '127.0.0.1', () => socket.end(bytes));
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', () => undefined);
    socket.once('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
  });
}

const statuses = (answer: string): readonly number[] =>
  [...answer.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) => Number(status));

async function assault(isLoggedIn: boolean, check: (answer: string) => boolean): Promise<readonly string[]> {
  const random = randomFrom(SEED + Number(isLoggedIn));
  const corpus = seeds(isLoggedIn);
  const goesOn = budget(400);
  const bad: string[] = [];
  let tried = 0;
  const one = async (): Promise<void> => {
    while (goesOn(tried) && bad.length === 0) {
      tried += 1;
      const input = mutated(corpus, WORDS, random);
      const answer = await exchange(input);
      if (!check(answer)) bad.push(`${input.toString('base64')} got ${answer.slice(0, 300)}`);
    }
  };
  await Promise.all(Array.from({ length: 8 }, one));
  report(`HTTP ${isLoggedIn ? 'with' : 'without'} a login`, `${tried} requests tried`);
  return bad;
}

test(
  'whatever a stranger sends is answered in HTTP or not at all, never with data, and the page goes on',
  async () => {
    const bad = await assault(
      false,
      (answer) => !answer.includes(CANARY) && !statuses(answer).some((status) => status === 500),
    );
    expect(bad).toEqual([]);
    expect((await rig.get('/api/status', login)).status).toBe(200);
    expect(rig.troubles).toEqual([]);
  },
  FUZZ_TIMEOUT_MS,
);

test(
  'whatever comes with a login is answered or refused, and is never a defect',
  async () => {
    const bad = await assault(true, (answer) => !statuses(answer).some((status) => status === 500));
    expect(bad).toEqual([]);
    expect((await fetch(rig.dashboard.url)).status).toBe(401);
    expect(rig.troubles).toEqual([]);
  },
  FUZZ_TIMEOUT_MS,
);
