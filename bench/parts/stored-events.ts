/**
 * Makes databases with many stored events for the other benchmarks. Each is made once and kept in
 * the temporary folder. Rollups are counted from the events in SQL. The service migrates a kept
 * database of an older schema when it opens it.
 *
 *   npx tsx bench/parts/stored-events.ts [events]
 */
import { constants, copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DURATION_BOUNDS_MS } from '../../src/domain/summaries/summary.ts';
import { SLOT_MS } from '../../src/domain/time/period.ts';
import { ruleFacts } from '../../src/risk/describe.ts';
import { type Database, openDatabase } from '../../src/storage/database.ts';

const TOOLS = ['git', 'docker', 'npm', 'cargo', 'kubectl', 'vim', 'ls', 'grep'] as const;
const SUBCOMMANDS = 25;
/** Risk ranks: of eight commands five are safe, two moderate and one is high. */
const RISKS = [0, 0, 0, 0, 0, 1, 1, 2] as const;
const RULES = Object.keys(ruleFacts()).slice(0, 40);
const SESSIONS_A_DAY = 40;
const DAY_MS = 86_400_000;
const SPAN_MS = 30 * DAY_MS;
/** Share of each UTC hour in a day's commands, and of each weekday (from Sunday) in a week's. */
const HOURS = [1, 1, 1, 1, 1, 2, 3, 5, 9, 10, 10, 9, 7, 9, 10, 10, 9, 7, 5, 4, 4, 3, 2, 1] as const;
const WEEKDAYS = [2, 6, 6, 6, 6, 5, 2] as const;

/** The time of the commands: [fromMs, fromMs + spanMs). */
export interface Span {
  readonly fromMs: number;
  readonly spanMs: number;
}

/**
 * Gives a home directory a database with `count` events. With a span they are spread evenly over
 * it. Otherwise they cover the last thirty days like working hours, in a copy of the kept database.
 */
export function storeEvents(home: string, count: number, span?: Span): void {
  const file = join(home, 'data', 'caro.db');
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  if (span) makeDatabase(file, count, span);
  else copyFileSync(keptDatabase(count), file, constants.COPYFILE_FICLONE);
}

/** The kept database file for `count` events; makes it if it is missing. */
function keptDatabase(count: number): string {
  const kept = join(tmpdir(), `caro-bench-${count}.db`);
  if (!existsSync(kept)) {
    const draft = `${kept}.${process.pid}`;
    makeDatabase(draft, count);
    renameSync(draft, kept);
  }
  return kept;
}

function makeDatabase(file: string, count: number, span?: Span): void {
  rmSync(file, { force: true });
  const { database } = openDatabase(file, Date.now());
  // Durability does not matter here: after a power cut the database is made again.
  for (const pragma of ['journal_mode = delete', 'journal_mode = off', 'synchronous = off', 'cache_size = -200000'])
    database.pragma(pragma);
  const indexes = database.prepare("SELECT name, sql FROM sqlite_master WHERE tbl_name = 'event' AND type = 'index'");
  const dropped = indexes.all() as { readonly name: string; readonly sql: string }[];
  database.transaction(() => {
    for (const { name } of dropped) database.exec(`DROP INDEX ${name}`);
    insertEvents(database, count, span);
    for (const { sql } of dropped) database.exec(sql);
    countRollups(database);
  })();
  database.pragma('journal_mode = wal');
  database.close();
}

const PATTERNS = TOOLS.flatMap((tool) =>
  Array.from({ length: SUBCOMMANDS }, (_, subcommand) => [`${tool} ${subcommand}`, tool, tool] as const),
);

/**
 * Two hundred patterns. The first ones of each tool are far more frequent than the last. Each
 * occurs at every risk level but critical.
 */
function insertEvents(database: Database, count: number, span: Span | undefined): void {
  const addPattern = database.prepare('INSERT INTO pattern (name, tool, family) VALUES (?, ?, ?)');
  for (const pattern of PATTERNS) addPattern.run(...pattern);
  const addSession = database.prepare("INSERT INTO session (id, name, shell, last_ms) VALUES (?, ?, 'bash', ?)");
  const insert = database.prepare(
    `INSERT INTO event (id, time_ms, session_id, shell, command, cwd, exit_code, duration_ms, tools, pattern_id, risk,
       rules, host)
     VALUES (?, ?, ?, 'bash', ?, ?, ?, ?, ?, ?, ?, ?, 'bench')`,
  );
  const tools = TOOLS.map((tool) => JSON.stringify([tool]));
  const sessions = new Map<number, number>();
  for (const { index, timeMs } of times(count, span)) {
    const tool = Math.floor(chance(index, 1) * TOOLS.length);
    const risk = RISKS[Math.floor(chance(index, 2) * RISKS.length)] ?? 0;
    const subcommand = Math.floor(SUBCOMMANDS * chance(index, 3) ** 3);
    const rule = RULES[index % RULES.length] ?? '';
    const session = Math.floor(timeMs / DAY_MS) * SESSIONS_A_DAY + (index % SESSIONS_A_DAY);
    sessions.set(session, timeMs);
    insert.run(
      index + 1,
      timeMs,
      session,
      `${TOOLS[tool]} do something with file-${index}.txt --flag value`,
      `/home/ada/project-${index % 50}`,
      index % 9 === 0 ? 1 : 0,
      (index * 37) % 5_000,
      tools[tool],
      tool * SUBCOMMANDS + subcommand + 1,
      risk,
      risk === 0 ? '[]' : `["${rule}"]`,
    );
  }
  for (const [id, lastMs] of sessions) addSession.run(id, `bash.${1_000 + id}.1`, lastMs);
  database.prepare("INSERT INTO counter VALUES ('events', ?)").run(count);
}

/** The times of `count` commands, oldest first. */
function* times(count: number, span: Span | undefined): Iterable<{ readonly index: number; readonly timeMs: number }> {
  const fromMs = span?.fromMs ?? Math.floor(Date.now() / SLOT_MS) * SLOT_MS - SPAN_MS;
  const slots = Math.ceil((span?.spanMs ?? SPAN_MS) / SLOT_MS);
  const shares = Array.from({ length: slots }, (_, slot) => {
    const time = new Date(fromMs + slot * SLOT_MS);
    return span ? 1 : (HOURS[time.getUTCHours()] ?? 1) * (WEEKDAYS[time.getUTCDay()] ?? 1);
  });
  const all = shares.reduce((sum, share) => sum + share, 0);
  let index = 0;
  let before = 0;
  for (const [slot, share] of shares.entries()) {
    before += share;
    const first = index;
    const end = Math.round((before / all) * count);
    for (; index < end; index += 1) {
      const within = (index - first) / (end - first);
      yield { index, timeMs: Math.floor(fromMs + (slot + within) * SLOT_MS) };
    }
  }
}

/** Counts one day at a time, so that sorting stays in memory. */
function countRollups(database: Database): void {
  const bucket = `CASE ${DURATION_BOUNDS_MS.map((bound, at) => `WHEN duration_ms < ${bound} THEN ${at}`).join(' ')}
    ELSE ${DURATION_BOUNDS_MS.length} END`;
  const buckets = Array.from({ length: DURATION_BOUNDS_MS.length + 1 }, (_, at) => `sum(bucket = ${at})`).join(', ');
  const inDay = `time_ms >= @day AND time_ms < @day + ${DAY_MS}`;
  const statements = [
    `INSERT INTO rollup SELECT time_ms / ${SLOT_MS} AS slot, pattern_id, risk, count(*), count(*), sum(exit_code <> 0), sum(duration_ms), ${buckets}
     FROM (SELECT *, ${bucket} AS bucket FROM event WHERE ${inDay}) GROUP BY slot, pattern_id, risk`,
    `INSERT INTO rollup_rule SELECT time_ms / ${SLOT_MS} AS slot, value, count(*)
     FROM event, json_each(rules) WHERE ${inDay} AND risk > 0 GROUP BY slot, value`,
    `INSERT INTO rollup_coverage SELECT time_ms / ${SLOT_MS} AS slot, shell, count(*), 0, 0 FROM event WHERE ${inDay} GROUP BY slot, shell`,
  ].map((sql) => database.prepare(sql));
  const { first, last } = database.prepare('SELECT min(time_ms) AS first, max(time_ms) AS last FROM event').get() as {
    readonly first: number;
    readonly last: number;
  };
  for (let day = Math.floor(first / DAY_MS) * DAY_MS; day <= last; day += DAY_MS)
    for (const statement of statements) statement.run({ day });
}

/** A pseudo-random value in [0, 1) that depends only on its arguments (MurmurHash3 finalizer). */
function chance(index: number, salt: number): number {
  const number = index * 4 + salt;
  let bits = Math.imul(number ^ (number >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return ((bits ^ (bits >>> 16)) >>> 0) / 0x1_0000_0000;
}

if (process.argv[1]?.endsWith('stored-events.ts')) console.log(keptDatabase(Number(process.argv[2] ?? '1000000')));
