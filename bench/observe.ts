/**
 * Measures the observation latency (NFR-102) in ms: spool write → committed in SQLite → announced
 * to a subscriber of the control socket. The service is real; records are appended as hooks append
 * them. The baseline is an append with fsync to the same disk, the minimum for any durable store.
 *
 *   npx tsx bench/observe.ts [samples] [stored events] [shells, in turn]
 */
import { appendFileSync, closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { encodeSpoolRecord } from '../src/domain/spool/spool-record.ts';
import { configure, startService } from '../test/rig/service.ts';
import { idleProcesses } from '../test/rig/system/idle-processes.ts';
import { report, summary } from './parts/figures.ts';
import { storeEvents } from './parts/stored-events.ts';

async function main(samples: number, stored: number, shells: number): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'caro-bench-'));
  await configure(home);
  if (stored > 0) storeEvents(home, stored);
  const service = await startService(home);
  const waiting = new Map<string, (now: number) => void>();
  const socket = connect(join(home, 'run', 'admin.sock'));
  socket.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'subscribe', params: { topics: ['event'] } })}\n`);
  createInterface({ input: socket }).on('line', (line) => {
    const now = performance.now();
    for (const [text, done] of waiting) if (line.includes(text)) done(now);
  });
  await pause(300);
  const sessions = idleProcesses(shells);
  const begunAt = Date.now() * 1_000;
  const files = sessions.pids.map((pid) => join(home, 'data', 'spool', `bash.${pid}.${begunAt}.0`));
  const latencies: number[] = [];
  const baseline: number[] = [];
  const plain = openSync(join(home, 'plain'), 'a');
  for (let command = 0; command < samples + 50; command += 1) {
    const text = `echo sample-${command}-end`;
    const seen = new Promise<number>((done) => waiting.set(text, done));
    const startedAt = Date.now() * 1_000;
    const record = encodeSpoolRecord({
      type: 'both',
      command: Math.floor(command / shells),
      startedAt,
      endedAt: startedAt,
      granularity: 1,
      status: 0,
      cwd: home,
      text,
    });
    const begun = performance.now();
    appendFileSync(files[command % shells] ?? '', record, { mode: 0o600 });
    const elapsed = (await seen) - begun;
    waiting.delete(text);
    const flushed = performance.now();
    writeSync(plain, record);
    fsyncSync(plain);
    if (command >= 50) {
      latencies.push(elapsed);
      baseline.push(performance.now() - flushed);
    }
    await pause(5);
  }
  closeSync(plain);
  socket.destroy();
  sessions.end();
  await service.stop();
  rmSync(home, { recursive: true });
  const observed = summary(latencies);
  const disk = summary(baseline);
  report('observe', [
    {
      name: 'spool write to announced commit',
      unit: 'ms',
      stored,
      shells,
      ...observed,
      ratioToBaseline: observed.median / disk.median,
    },
    { name: 'baseline: append and fsync', unit: 'ms', stored, ...disk },
  ]);
}

const [samples = '1000', stored = '0', shells = '1'] = process.argv.slice(2);
void main(Number(samples), Number(stored), Number(shells));
