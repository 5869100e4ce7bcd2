/**
 * What every fault suite needs: a seed, commands that were typed for certain, and the check that
 * all of it is stored once.
 */

import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect } from '@jest/globals';
import { callAdmin } from '../../../src/admin/client.ts';
import { verifyChain } from '../../../src/audit/chain.ts';
import { logProof } from '../../../src/audit/log-proof.ts';
import { encodeSpoolRecord } from '../../../src/domain/spool/spool-record.ts';
import { readIdentity } from '../../../src/identity/identity.ts';
import { createAuditStore } from '../../../src/storage/audit/audit-store.ts';
import { openReadOnly } from '../../../src/storage/database.ts';
import { startService as start, type TestService } from '../../rig/service.ts';
import { idleProcesses } from '../../rig/system/idle-processes.ts';
import { until } from '../../rig/until.ts';

/** Play a failure again with CARO_SEED=…; the same seed injects the same faults. */
export const SEED = Number(process.env['CARO_SEED']) || 20_261_123;
/** `npm run test:faults` sets it: thousands of faults instead of a handful. */
export const LONG = process.env['CARO_FAULTS'] === 'long';
export const times = (short: number, long: number): number => (LONG ? long : short);

/** Shown with the long form only. */
export function tally(what: string, count: number): void {
  if (LONG) console.info(`${count} ${what} (seed ${SEED})`);
}

const started = new Set<TestService>();
afterEach(async () => {
  for (const service of started) await service.kill();
  started.clear();
});

/** As the one of the same name; what a failed test leaves running ends with it. */
export async function startService(home: string, prefix: readonly string[] = []): Promise<TestService> {
  const service = await start(home, prefix);
  started.add(service);
  return service;
}

export interface Typist {
  /** Texts typed so far, in order; each is different from all others. */
  readonly typed: readonly string[];
  /**
   * Appends a command to a living session as a hook does: a start and an end record, a new file
   * every 64 commands.
   */
  readonly type: (session: number) => void;
  /** The same in a session whose shell has gone: its files are removed once they are stored. */
  readonly typeInEnded: (commands: number) => void;
  readonly end: () => void;
}

const ROTATE = 64;
const NO_PROCESS = 4_194_303;
let sessions = 0;

export function typist(home: string, living: number): Typist {
  const spool = join(home, 'data', 'spool');
  mkdirSync(spool, { recursive: true, mode: 0o700 });
  const shells = idleProcesses(living);
  const begun = Date.now() * 1_000;
  const counts = Array.from({ length: living }, () => 0);
  const typed: string[] = [];
  const append = (session: string, command: number): void => {
    const text = `echo ${session}-${command}`;
    const file = join(spool, `bash.${session}.${Math.floor(command / ROTATE)}`);
    const startedAt = Date.now() * 1_000;
    const records = [
      encodeSpoolRecord({ type: 'start', command, startedAt, granularity: 1, cwd: '/tmp', text }),
      encodeSpoolRecord({ type: 'end', command, endedAt: startedAt + 1_000, granularity: 1, status: 3 }),
    ];
    for (const record of records) appendFileSync(file, record, { mode: 0o600 });
    typed.push(text);
  };
  return {
    typed,
    type: (session) => {
      const command = counts[session] ?? 0;
      counts[session] = command + 1;
      append(`${shells.pids[session]}.${begun}`, command);
    },
    typeInEnded: (commands) => {
      sessions += 1;
      for (let command = 0; command < commands; command += 1) append(`${NO_PROCESS}.${begun + sessions}`, command);
    },
    end: shells.end,
  };
}

/** Waits until the running service has stored so many commands. */
export const stored = async (home: string, count: number): Promise<void> => {
  await until(
    () => callAdmin(join(home, 'run', 'admin.sock'), 'observe.status', {}),
    ({ events }) => events >= count,
    30_000,
  );
};

/**
 * Every typed command is stored once with its end, the figures agree with the rows, the file is
 * whole and the audit log verifies.
 */
export function expectWhole(home: string, typed: readonly string[]): void {
  const database = openReadOnly(join(home, 'data', 'caro.db'));
  try {
    const rows = database.prepare('SELECT command, exit_code, duration_ms FROM event').all() as Stored[];
    expect(rows.map(({ command }) => command).sort()).toEqual([...typed].sort());
    expect(rows.filter((row) => row.exit_code !== 3 || row.duration_ms !== 1)).toEqual([]);
    const figure = (sql: string): unknown => database.prepare(sql).pluck().get();
    expect([
      figure("SELECT value FROM counter WHERE name = 'events'"),
      figure('SELECT sum(count) FROM rollup'),
      figure('SELECT sum(failures) FROM rollup'),
      figure('SELECT sum(observed) FROM rollup_coverage'),
      figure('SELECT count(*) FROM running'),
    ]).toEqual([typed.length, typed.length, typed.length, typed.length, 0]);
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
    const log = createAuditStore(database);
    const { publicKey } = readIdentity(join(home, 'data', 'identity.key'));
    const verdict = verifyChain(log.all(), log.checkpoints(), logProof(publicKey));
    expect(verdict.firstBad).toBeNull();
  } finally {
    database.close();
  }
}

interface Stored {
  readonly command: string;
  readonly exit_code: number | null;
  readonly duration_ms: number | null;
}

/** Puts a copy of all that is in one folder into another, with owners, modes and times. */
export function copyOf(from: string, to: string): string {
  execFileSync('cp', ['-a', `${from}/.`, to]);
  return to;
}

/** Names left in the spool. */
export const spooled = (home: string): readonly string[] => {
  const spool = join(home, 'data', 'spool');
  return existsSync(spool) ? readdirSync(spool) : [];
};
