import type { Envelope } from '../../domain/identity/signed-envelope.ts';
import type { Database } from '../database.ts';

/**
 * `waiting`: not prepared yet. `prepared`: the leader has prepared it and waits for the trustee.
 * `ready`: part of the next total. `invalid`: refused, see `code`. `closed`: its day is over and
 * its shares are removed.
 */
export type ReportState = 'waiting' | 'prepared' | 'ready' | 'invalid' | 'closed';

/** Which report: at most one for each task, day and account. */
export interface ReportKey {
  readonly task: string;
  readonly day: string;
  /** All keys of one node have the same account. */
  readonly account: string;
}

export interface NewReport extends ReportKey {
  /** Node id that signed it. */
  readonly node: string;
  /** Name of the document, by which a repetition is recognized. */
  readonly hash: string;
  readonly document: Envelope;
  readonly publicShare: Uint8Array;
  readonly receipt: Envelope;
  readonly receivedMs: number;
}

export interface KnownReport {
  readonly hash: string;
  readonly receipt: Envelope;
}

/** A report whose share has not been prepared. */
export interface WaitingReport {
  readonly id: number;
  readonly node: string;
  readonly day: string;
}

/** A report that the leader has prepared and presents to the trustee. */
export interface PresentedReport {
  readonly id: number;
  readonly node: string;
  readonly day: string;
  readonly publicShare: Buffer;
  readonly share: Buffer;
  /** State of the VDAF, which `finish` takes. */
  readonly output: Buffer;
}

/** A report as the trustee finds it when the leader presents it. */
export interface TrusteeReport {
  readonly id: number;
  readonly node: string;
  readonly state: ReportState;
  readonly code: string | null;
  readonly publicShare: Buffer | null;
  /** SHA-256 of the leader's share that was answered; null before. */
  readonly share: Buffer | null;
  readonly message: Buffer | null;
}

export interface DayCounts {
  readonly day: string;
  readonly received: number;
  readonly ready: number;
  readonly invalid: number;
}

export interface StoredBlock {
  readonly name: string;
  /** Public keys of the contributors, 32 bytes each, in the order of their node ids. */
  readonly nodes: Buffer;
  /** The trustee's share, sealed to the leader. */
  readonly box: Buffer;
}

export interface StoredRelease {
  readonly seq: number;
  readonly day: string;
  readonly entry: Envelope;
}

export type AggregatorStore = ReturnType<typeof createAggregatorStore>;

/**
 * What a leader or a trustee keeps: reports until their day is closed, the hashes of reports
 * against repetitions, and the release log, which is never changed (triggers refuse it). All
 * functions are on disk when they return.
 */
export const createAggregatorStore = (database: Database) => ({
  ...memberTable(database),
  ...reportTable(database),
  ...leaderTable(database),
  ...trusteeTable(database),
  ...releaseTable(database),
});

/** Received reports, at either aggregator. */
function reportTable(database: Database) {
  const insert = database.prepare(
    `INSERT INTO blind_report (task, day, account, node, hash, document, public, receipt, received_ms, state)
     VALUES (@task, @day, @account, @node, @hash, @document, @publicShare, @receipt, @receivedMs, 'waiting')`,
  );
  const find = database.prepare(
    'SELECT hash, receipt FROM blind_report WHERE task = @task AND day = @day AND account = @account',
  );
  const waiting = database.prepare(
    `SELECT id, node, day FROM blind_report WHERE task = ? AND state = 'waiting' ORDER BY day, id LIMIT ?`,
  );
  const days = database.prepare(
    `SELECT day, count(*) AS received, count(*) FILTER (WHERE state = 'ready') AS ready,
       count(*) FILTER (WHERE state = 'invalid') AS invalid
     FROM blind_report WHERE task = ? AND state <> 'closed' GROUP BY day ORDER BY day`,
  );
  const ready = database.prepare(
    `SELECT node, account FROM blind_report WHERE task = ? AND day = ? AND state = 'ready' ORDER BY node`,
  );
  return {
    add: (report: NewReport): void => {
      const { document, receipt } = report;
      insert.run({ ...report, document: JSON.stringify(document), receipt: JSON.stringify(receipt) });
    },
    find: (key: ReportKey): KnownReport | undefined => {
      const row = find.get(key) as { hash: string; receipt: string } | undefined;
      return row && { hash: row.hash, receipt: JSON.parse(row.receipt) as Envelope };
    },
    /** Of days that are open, oldest first. */
    waiting: (task: string, limit: number): readonly WaitingReport[] => waiting.all(task, limit) as WaitingReport[],
    openDays: (task: string): readonly DayCounts[] => days.all(task) as DayCounts[],
    readyNodes: (task: string, day: string): readonly { readonly node: string; readonly account: string }[] =>
      ready.all(task, day) as { node: string; account: string }[],
    /** Removes what protected against repetitions of reports that are too late now. */
    prune: (task: string, beforeDay: string): void => {
      database.prepare(`DELETE FROM blind_report WHERE task = ? AND day < ? AND state = 'closed'`).run(task, beforeDay);
    },
  };
}

interface TrusteeAnswer {
  readonly id: number;
  /** SHA-256 of the leader's share. */
  readonly share: Uint8Array;
  readonly message: Uint8Array | null;
  readonly output: Uint8Array | null;
  readonly code: string | null;
}

function trusteeTable(database: Database) {
  const present = database.prepare(
    `SELECT id, node, state, code, public AS publicShare, share, message FROM blind_report
     WHERE task = ? AND day = ? AND node = ?`,
  );
  const answer = database.prepare(
    `UPDATE blind_report SET state = @state, code = @code, share = @share, message = @message, output = @output,
       document = NULL WHERE id = @id AND state = 'waiting'`,
  );
  const addEntry = database.prepare('INSERT INTO blind_release (task, seq, day, entry) VALUES (?, ?, ?, ?)');
  const addBlock = database.prepare('INSERT INTO blind_block VALUES (?, ?, ?, ?, ?)');
  const block = database.prepare('SELECT name, nodes, box FROM blind_block WHERE task = ? AND day = ? AND name = ?');
  const names = database.prepare('SELECT name FROM blind_block WHERE task = ? AND day = ? ORDER BY name').pluck();
  const closeReports = database.prepare(
    `UPDATE blind_report SET state = 'closed', document = NULL, public = NULL, output = NULL
     WHERE task = ? AND day = ? AND state <> 'closed'`,
  );
  return {
    presented: (task: string, day: string, node: string): TrusteeReport | undefined =>
      present.get(task, day, node) as TrusteeReport | undefined,
    /** A report that has been answered meanwhile keeps its first answer. */
    answer: database.transaction((answers: readonly TrusteeAnswer[]): void => {
      for (const row of answers) answer.run({ ...row, state: row.code === null ? 'ready' : 'invalid' });
    }),
    /** Writes the entry of a day, and removes the shares of its reports, in one step. */
    close: database.transaction(
      (task: string, { seq, day, entry }: StoredRelease, blocks: readonly StoredBlock[]): void => {
        addEntry.run(task, seq, day, JSON.stringify(entry));
        for (const { name, nodes, box } of blocks) addBlock.run(task, day, name, nodes, box);
        closeReports.run(task, day);
      },
    ),
    block: (task: string, day: string, name: string): StoredBlock | undefined =>
      block.get(task, day, name) as StoredBlock | undefined,
    blockNames: (task: string, day: string): readonly string[] => names.all(task, day) as string[],
  };
}

/** The tasks in which this node is an aggregator. */
export function createRoleStore(database: Database) {
  return {
    all: (): readonly StoredRole[] =>
      (
        database.prepare('SELECT task, role, document FROM blind_role ORDER BY created_ms, task').all() as (Omit<
          StoredRole,
          'document'
        > & { document: string })[]
      ).map((row) => ({ ...row, document: JSON.parse(row.document) as Envelope })),
    /** Does nothing where the task is known. */
    add: ({ task, role, document }: StoredRole, nowMs: number): void => {
      database
        .prepare('INSERT OR IGNORE INTO blind_role VALUES (?, ?, ?, ?)')
        .run(task, role, JSON.stringify(document), nowMs);
    },
  };
}

export interface StoredRole {
  readonly task: string;
  readonly role: 'leader' | 'trustee';
  readonly document: Envelope;
}

/** Members since when: the trustee counts only those that stayed for a season. */
function memberTable(database: Database) {
  const add = database.prepare('INSERT OR IGNORE INTO blind_member VALUES (?, ?)');
  const since = database.prepare('SELECT since_ms FROM blind_member WHERE account = ?');
  return {
    /** Whoever is not among `accounts` any more begins again if it comes back. */
    setMembers: database.transaction((accounts: readonly string[], nowMs: number): void => {
      database
        .prepare('DELETE FROM blind_member WHERE account NOT IN (SELECT value FROM json_each(?))')
        .run(JSON.stringify(accounts));
      for (const account of accounts) add.run(account, nowMs);
    }),
    memberSince: (account: string): number | undefined =>
      (since.get(account) as { since_ms: number } | undefined)?.since_ms,
  };
}

function leaderTable(database: Database) {
  const prepare = database.prepare(
    `UPDATE blind_report SET state = @state, code = @code, share = @share, output = @output,
       document = NULL WHERE id = @id AND state = 'waiting'`,
  );
  const finish = database.prepare(
    `UPDATE blind_report SET state = @state, code = @code, output = @output, share = NULL, public = NULL
     WHERE id = @id AND state = 'prepared'`,
  );
  return {
    prepared: (task: string, day: string, limit: number, afterId: number): readonly PresentedReport[] =>
      database
        .prepare(
          `SELECT id, node, day, public AS publicShare, share, output FROM blind_report
           WHERE task = ? AND day = ? AND state = 'prepared' AND id > ? ORDER BY id LIMIT ?`,
        )
        .all(task, day, afterId, limit) as PresentedReport[],
    prepare: database.transaction(
      (
        rows: readonly {
          readonly id: number;
          readonly code: string | null;
          readonly share: Uint8Array | null;
          readonly output: Uint8Array | null;
        }[],
      ): void => {
        for (const row of rows) prepare.run({ ...row, state: row.code === null ? 'prepared' : 'invalid' });
      },
    ),
    finish: database.transaction(
      (
        rows: readonly { readonly id: number; readonly code: string | null; readonly output: Uint8Array | null }[],
      ): void => {
        for (const row of rows) finish.run({ ...row, state: row.code === null ? 'ready' : 'invalid' });
      },
    ),
  };
}

function releaseTable(database: Database) {
  const rows = (found: unknown[]): readonly StoredRelease[] =>
    (found as { seq: number; day: string; entry: string }[]).map((row) => ({
      ...row,
      entry: JSON.parse(row.entry) as Envelope,
    }));
  const settle = database.prepare('INSERT OR IGNORE INTO blind_settled VALUES (?, ?)');
  const forget = database.prepare(
    `UPDATE blind_report SET state = 'closed', document = NULL, public = NULL, share = NULL, output = NULL
     WHERE task = ? AND day = ?`,
  );
  return {
    releases: (task: string, from: number, limit: number): readonly StoredRelease[] =>
      rows(
        database
          .prepare('SELECT seq, day, entry FROM blind_release WHERE task = ? AND seq >= ? ORDER BY seq LIMIT ?')
          .all(task, from, limit),
      ),
    releaseCount: (task: string): number =>
      (database.prepare('SELECT count(*) AS size FROM blind_release WHERE task = ?').get(task) as { size: number })
        .size,
    /** Released, or given up by the leader. */
    isReleased: (task: string, day: string): boolean =>
      database
        .prepare(
          `SELECT 1 FROM blind_release WHERE task = @task AND day = @day
           UNION SELECT 1 FROM blind_settled WHERE task = @task AND day = @day`,
        )
        .get({ task, day }) !== undefined,
    /** The leader's copy of an entry. */
    follow: (task: string, { seq, day, entry }: StoredRelease): void => {
      database
        .prepare('INSERT INTO blind_release (task, seq, day, entry) VALUES (?, ?, ?, ?)')
        .run(task, seq, day, JSON.stringify(entry));
    },
    /** Entries whose totals the leader has not computed. */
    unsettled: (task: string): readonly StoredRelease[] =>
      rows(
        database
          .prepare(
            `SELECT seq, day, entry FROM blind_release WHERE task = ? AND day NOT IN
               (SELECT day FROM blind_settled WHERE task = blind_release.task) ORDER BY seq`,
          )
          .all(task),
      ),
    /** The leader has stored the totals of a day, or there is none: its shares are removed. */
    settle: database.transaction((task: string, day: string): void => {
      settle.run(task, day);
      forget.run(task, day);
    }),
  };
}
