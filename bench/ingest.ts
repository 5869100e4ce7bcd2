/**
 * Measures how many commands a second the service ingests from several shells at once, at full
 * speed and at a given pace. Each command has a start and an end record, appended as hooks append
 * them, with a new file after 64 records. At the end the stored commands are counted. The baseline
 * is SQLite itself: the same rows into a bare table, a thousand in each durable transaction.
 *
 *   npx tsx bench/ingest.ts [commands] [stored events] [paced commands a second] [shells]
 */
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';
import { callAdmin } from '../src/admin/client.ts';
import { CaroError } from '../src/domain/errors.ts';
import { encodeSpoolRecord } from '../src/domain/spool/spool-record.ts';
import { openDatabase, openReadOnly } from '../src/storage/database.ts';
import { configure, startService, type TestService } from '../test/rig/service.ts';
import { type IdleProcesses, idleProcesses } from '../test/rig/system/idle-processes.ts';
import { ordinaryCommands } from '../test/shell/secrets/corpus.ts';
import { report, round } from './parts/figures.ts';
import { storeEvents } from './parts/stored-events.ts';

/** Commands per file: 64 records. */
const ROTATE = 32;
/** Polled rarely, because the service reads every spool file to answer. */
const POLL_MS = 250;
/** Rows per transaction of the baseline. */
const BATCH = 1_000;
const COMMANDS = ordinaryCommands(500);

/** Appends the records of one command. `number` counts across all sessions. */
function typist(home: string, { pids }: IdleProcesses): (number: number) => void {
  const begun = Date.now() * 1_000;
  return (number) => {
    const command = Math.floor(number / pids.length);
    const session = `bash.${pids[number % pids.length]}.${begun}`;
    const file = join(home, 'data', 'spool', `${session}.${Math.floor(command / ROTATE)}`);
    const common = { command, granularity: 1 };
    const startedAt = Date.now() * 1_000;
    const text = COMMANDS[number % COMMANDS.length] ?? 'true';
    // The directory identifies a command, because part of its text may be masked as a secret.
    const cwd = `/home/ada/${begun}-${number}`;
    const start = encodeSpoolRecord({ ...common, type: 'start', startedAt, cwd, text });
    const end = encodeSpoolRecord({ ...common, type: 'end', endedAt: startedAt + 5_000, status: 0 });
    for (const record of [start, end]) appendFileSync(file, record, { mode: 0o600 });
  };
}

/** Writes `count` commands at `pace` a second (may be infinite); resolves with the seconds used. */
async function typeAll(type: (number: number) => void, count: number, pace: number, shells: number): Promise<number> {
  const begun = performance.now();
  for (let number = 0; number < count; ) {
    const due = Math.min(count, Math.ceil(((performance.now() - begun) / 1_000) * pace), number + shells);
    if (due === number) await pause(1);
    for (; number < due; number += 1) type(number);
    await turn();
  }
  return (performance.now() - begun) / 1_000;
}

/** Undefined while the service is too busy to say, as `caro status` shows it. */
const observed = (home: string) =>
  callAdmin(join(home, 'run', 'admin.sock'), 'observe.status', {}).catch((error: unknown) => {
    if (error instanceof CaroError && error.code === 'deadline_exceeded') return undefined;
    throw error;
  });

/** Seconds until the service has committed `total` events and the spool is empty. */
async function settled(home: string, total: number): Promise<number> {
  const begun = performance.now();
  for (;;) {
    const status = await observed(home);
    const { events, pending } = status ?? { events: 0, pending: 1 };
    if (events >= total && pending === 0) return (performance.now() - begun) / 1_000;
    if (performance.now() - begun > 300_000) throw new Error(`only ${events} of ${total} events were stored`);
    await pause(POLL_MS);
  }
}

/** CPU time of a process so far, in seconds. It does not depend on other load of the machine. */
function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  return ((user ?? Number.NaN) + (system ?? Number.NaN)) / 100;
}

interface Round {
  readonly name: string;
  readonly before: number;
  readonly count: number;
  readonly pace: number;
  readonly shells: number;
}

async function run(
  { home, process: service }: TestService,
  { name, before, count, pace, shells: sessions }: Round,
): Promise<unknown> {
  const pid = service.pid ?? 0;
  const cpu = cpuSeconds(pid);
  const shells = idleProcesses(sessions);
  try {
    const writingSeconds = await typeAll(typist(home, shells), count, pace, sessions);
    const lagSeconds = await settled(home, before + count);
    return {
      name,
      sessions,
      commands: count,
      stored: before,
      appendedPerSecond: Math.round(count / writingSeconds),
      committedPerSecond: Math.round(count / (writingSeconds + lagSeconds)),
      lagMs: round(lagSeconds * 1_000),
      serviceCpuMicrosecondsPerCommand: Math.round(((cpuSeconds(pid) - cpu) / count) * 1e6),
    };
  } finally {
    shells.end();
  }
}

interface Stored {
  readonly events: number;
  readonly distinct: number;
  readonly withoutEnd: number;
}

/** What the database holds of this benchmark's commands, read after the service has stopped. */
function stored(home: string): Stored {
  const database = openReadOnly(join(home, 'data', 'caro.db'));
  try {
    return database
      .prepare<[], Stored>(
        `SELECT count(*) AS events, count(DISTINCT cwd) AS "distinct", coalesce(sum(exit_code IS NULL), 0) AS withoutEnd
         FROM event WHERE cwd LIKE '/home/ada/1%'`,
      )
      .get() as Stored;
  } finally {
    database.close();
  }
}

function baseline(home: string, count: number): unknown {
  const source = openReadOnly(join(home, 'data', 'caro.db'));
  const rows = source.prepare('SELECT * FROM event ORDER BY id DESC LIMIT ?').raw().all(count) as unknown[][];
  source.close();
  const { database } = openDatabase(join(home, 'bare.db'), Date.now());
  const places = rows[0]?.map(() => '?').join(', ') ?? '';
  database.exec('CREATE TABLE bare AS SELECT * FROM event');
  const insert = database.prepare(`INSERT INTO bare VALUES (${places})`);
  const batch = database.transaction((some: readonly unknown[][]) => {
    for (const row of some) insert.run(row);
  });
  const begun = performance.now();
  for (let from = 0; from < rows.length; from += BATCH) batch.immediate(rows.slice(from, from + BATCH));
  const seconds = (performance.now() - begun) / 1_000;
  database.close();
  return { name: `baseline: bare inserts, ${BATCH} a transaction`, rowsPerSecond: Math.round(rows.length / seconds) };
}

async function main(count: number, before: number, pace: number, shells: number): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'caro-bench-'));
  await configure(home);
  if (before > 0) storeEvents(home, before);
  const service = await startService(home);
  const paced = Math.min(count, pace * 10);
  try {
    const burst = await run(service, {
      name: 'as fast as it can be written',
      before,
      count,
      pace: Number.POSITIVE_INFINITY,
      shells,
    });
    const steady = await run(service, { name: `${pace} a second`, before: before + count, count: paced, pace, shells });
    await service.stop();
    const found = stored(home);
    const lost = count + paced - found.distinct;
    const doubled = found.events - found.distinct;
    report('ingest', [burst, steady, { name: 'in the end', ...found, lost, doubled }, baseline(home, count)]);
    if (lost + doubled > 0) process.exitCode = 1;
  } finally {
    await service.kill();
    rmSync(home, { recursive: true });
  }
}

const [commands = '50000', before = '0', pace = '5000', shells = '20'] = process.argv.slice(2);
main(Number(commands), Number(before), Number(pace), Number(shells)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
