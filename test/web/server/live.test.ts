import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fastify from 'fastify';
import type { TerminalEvent } from '../../../src/domain/events/event.ts';
import type { Reply } from '../../../src/web/ipc-protocol.ts';
import { DaemonClient } from '../../../src/web/server/daemon-client.ts';
import type { DashboardPorts } from '../../../src/web/server/ports.ts';
import { liveRoutes } from '../../../src/web/server/routes/live.ts';
import { type DashboardRig, type Login, openRig } from '../dashboard-rig.ts';
import { sampleCommands } from '../sample-commands.ts';

let rig: DashboardRig;
let login: Login;
beforeAll(async () => {
  rig = await openRig();
  login = await rig.login();
});
afterAll(() => rig.close());

/** Opens the stream; `next` resolves with the events of its next message. */
async function follow(): Promise<{ readonly next: () => Promise<readonly TerminalEvent[]>; readonly end: () => void }> {
  const run = new AbortController();
  const answer = await fetch(`${rig.dashboard.url}api/live`, {
    headers: { cookie: login.cookie, 'x-caro-token': login.token },
    signal: run.signal,
  });
  expect(answer.headers.get('content-type')).toContain('text/event-stream');
  const reader = (answer.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return {
    end: () => run.abort(),
    next: async () => {
      for (;;) {
        const block = /event: events\ndata: (.*)\n\n/.exec(text);
        if (block) {
          text = text.slice(block.index + block[0].length);
          return JSON.parse(block[1] ?? '[]') as readonly TerminalEvent[];
        }
        const { value, done } = await reader.read();
        if (done) throw new Error('the stream ended');
        text += value;
      }
    },
  };
}

test('events reach every open page as they are recorded, whole and in order', async () => {
  const pages = [await follow(), await follow()];
  const [first] = await rig.record(sampleCommands(1, 1, Date.now(), 1));
  const [second] = await rig.record(sampleCommands(1, 1, Date.now(), 2));
  for (const page of pages) {
    expect(await page.next()).toEqual([first]);
    expect(await page.next()).toEqual([second]);
    page.end();
  }
});

test('a command with markup, line endings and stream delimiters arrives unchanged', async () => {
  const page = await follow();
  const sample = sampleCommands(1, 1, Date.now(), 3);
  const command = 'echo "<script>alert(1)</script>\n\ndata: []\n\nevent: events"';
  const started = sample.started.map((one) => ({ ...one, command }));
  await rig.record({ ...sample, started });
  expect((await page.next()).map((event) => event.command)).toEqual([command]);
  page.end();
});

test('a service that does not answer for a while exhausts no streams', async () => {
  const app = fastify();
  let isStuck = true;
  const daemon = new DaemonClient((message) => {
    const reply: Reply = isStuck
      ? { ok: false, code: 'deadline_exceeded', message: 'too late' }
      : { ok: true, body: null };
    if (message.type === 'follow') setImmediate(() => daemon.reply(message.id, reply));
  });
  liveRoutes(app, { daemon } as DashboardPorts);
  const run = new AbortController();
  try {
    const url = new URL('/api/live', await app.listen({ host: '127.0.0.1', port: 0 }));
    for (let page = 0; page < 20; page += 1)
      expect(await (await fetch(url)).json()).toMatchObject({ code: 'deadline_exceeded' });
    isStuck = false;
    expect((await fetch(url, { signal: run.signal })).status).toBe(200);
  } finally {
    run.abort();
    await app.close();
  }
});
