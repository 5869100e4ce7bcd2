import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import type { TerminalEvent } from '../../src/domain/events/event.ts';
import { encodeSpoolRecord } from '../../src/domain/spool/spool-record.ts';
import { caro, caroJson, configure, startService } from '../rig/service.ts';
import { idleProcesses } from '../rig/system/idle-processes.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';
import { until } from '../rig/until.ts';

const folder = temporaryFolders();
/** Replay a failure with CARO_SEED=… */
const SEED = Number(process.env['CARO_SEED']) || 20_261_123;
const KILLS = 20;
const SESSIONS = 4;
const ROTATE = 64;

/** Mulberry32: small, seeded, good enough to choose moments. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

test(`killed -9 ${KILLS} times under load, the service has every command once and its chain verifies (seed ${SEED})`, async () => {
  const home = folder();
  await configure(home);
  const random = randomFrom(SEED);
  const spool = join(home, 'data', 'spool');
  const written: string[] = [];
  const counts = Array.from({ length: SESSIONS }, () => 0);
  const shells = idleProcesses(SESSIONS);
  const begun = Date.now() * 1_000;
  /** Appends as a hook does: a start and an end record, a new file every 64 commands. */
  const type = (session: number): void => {
    const command = counts[session] ?? 0;
    counts[session] = command + 1;
    const text = `echo ${session}-${command}`;
    const file = join(spool, `bash.${shells.pids[session]}.${begun}.${Math.floor(command / ROTATE)}`);
    const startedAt = Date.now() * 1_000;
    appendFileSync(file, encodeSpoolRecord({ type: 'start', command, startedAt, granularity: 1, cwd: '/tmp', text }), {
      mode: 0o600,
    });
    appendFileSync(file, encodeSpoolRecord({ type: 'end', command, endedAt: startedAt, granularity: 1, status: 0 }), {
      mode: 0o600,
    });
    written.push(text);
  };
  for (let kill = 0; kill < KILLS; kill += 1) {
    const service = await startService(home);
    const moment = Date.now() + random() * 250;
    while (Date.now() < moment) {
      for (let burst = 0; burst < 1 + random() * 8; burst += 1) type(Math.floor(random() * SESSIONS));
      await turn();
    }
    await service.kill();
  }
  const service = await startService(home);
  const stored = await until(
    () => caroJson<TerminalEvent>(home, 'events', '--limit', '10000', '--since', '1h'),
    (list) => list.length >= Math.min(10_000, written.length) && list.every(({ running }) => !running),
    30_000,
  );
  expect(stored.length).toBeGreaterThan(0);
  // While it stores the rest, the service may be too busy to say what it observed: null.
  const [status] = await until(
    () => caroJson<{ observe: { events: number; dropped: number } | null }>(home, 'status'),
    ([now]) => (now?.observe?.events ?? 0) >= written.length,
    30_000,
  );
  expect(status?.observe).toMatchObject({ events: written.length, dropped: 0 });
  const newest = new Set(stored.map((event) => event.command));
  expect(newest.size).toBe(stored.length);
  for (const event of stored) expect(event.exitCode).toBe(0);
  shells.end();
  await service.stop();
  expect((await caro(home, 'audit', 'verify')).code).toBe(0);
});
