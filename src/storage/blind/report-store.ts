import type { PendingReport } from '../../domain/blind/participation.ts';
import type { ErrorCode } from '../../domain/errors.ts';
import type { DualEnvelope, Envelope } from '../../domain/identity/signed-envelope.ts';
import type { Database } from '../database.ts';

type Role = 'leader' | 'trustee';

export interface JoinedTask {
  readonly document: DualEnvelope;
  readonly floor: number;
  readonly joinedMs: number;
}

/** What is kept of a report: who has it can make every byte of it again, given the node's key. */
export interface MadeReport {
  readonly day: string;
  readonly task: string;
  /** Node id that signed it. */
  readonly node: string;
  readonly madeMs: number;
  readonly cells: readonly number[];
  /** `ReportRandomness`, in one piece. */
  readonly randomness: Uint8Array;
  readonly envelopes: Readonly<Record<Role, PendingEnvelope>>;
}

export interface PendingEnvelope {
  /** Node id of the aggregator in the task. */
  readonly recipient: string;
  /** SHA-256 of the signed bytes, base64. */
  readonly hash: string;
  readonly document: Envelope;
}

export interface OutboxRow extends PendingEnvelope {
  readonly day: string;
  readonly role: Role;
}

export interface DayRow {
  readonly day: string;
  readonly task: string;
  readonly dueMs: number;
  readonly madeMs: number | null;
  readonly release: { readonly contributors: number | null; readonly withheld: string | null } | null;
  readonly deliveries: readonly {
    readonly role: Role;
    readonly receivedMs: number | null;
    readonly refused: ErrorCode | null;
  }[];
}

export interface LogHead {
  /** Number of entries of the trustee's release log that were checked. */
  readonly size: number;
  readonly hash: string;
  readonly forked: boolean;
}

/** What this node has reported for blind totals. Changes are on disk when a function returns. */
export interface ReportStore {
  readonly join: (id: string, task: JoinedTask) => void;
  readonly joined: (id: string) => JoinedTask | undefined;
  /** Sets when a day is reported, unless that is set. A spent day stays spent for any task. */
  readonly plan: (day: string, task: string, dueMs: number) => void;
  /** Removes the plans for this day and later ones. */
  readonly unplan: (task: string, fromDay: string) => void;
  /** Days of a task from this one on that are planned and not made, oldest first. */
  readonly planned: (task: string, fromDay: string) => readonly { readonly day: string; readonly dueMs: number }[];
  /**
   * Spends a day and puts both envelopes into the outbox, all or nothing.
   * @returns false if the day is spent already; then nothing has changed
   */
  readonly spend: (report: MadeReport) => boolean;
  /** Envelopes without a receipt or a final refusal, oldest first. */
  readonly outbox: (task: string, role: Role) => readonly OutboxRow[];
  /** Whether this very document is in the outbox: nothing else may leave as a report. */
  readonly pending: (document: Envelope) => PendingReport | null;
  readonly receive: (day: string, role: Role, receipt: Envelope, receivedMs: number) => void;
  readonly refuse: (day: string, role: Role, code: ErrorCode) => void;
  /** Gives up days before this one: what they have in the outbox is removed. */
  readonly expire: (task: string, beforeDay: string) => void;
  /** What waits for another task than this one is never sent. Spent days stay spent. */
  readonly discardOthers: (task: string | null) => void;
  /** Newest first. */
  readonly days: (limit: number) => readonly DayRow[];
  readonly made: (day: string) => Omit<MadeReport, 'envelopes'> | undefined;
  /** Made days whose release is not known, oldest first, with the node id that reported. */
  readonly unreleased: (task: string) => readonly { readonly day: string; readonly node: string }[];
  readonly logHead: (task: string) => LogHead | undefined;
  /** Together with what the entry says about a day of this node. */
  readonly follow: (
    task: string,
    head: LogHead,
    found: { readonly day: string; readonly contributors: number | null; readonly withheld: string | null } | null,
  ) => void;
  readonly prune: (beforeDay: string) => void;
}

interface DayColumns {
  readonly day: string;
  readonly task: string;
  readonly due_ms: number;
  readonly made_ms: number | null;
  readonly released: number;
  readonly contributors: number | null;
  readonly withheld: string | null;
}

const DELIVERIES = 'SELECT role, received_ms AS receivedMs, refused FROM blind_outbox WHERE day = ? ORDER BY role';

/** Statements by their text; the caller names the columns that it selects. */
const access = (database: Database) => ({
  run: (sql: string, ...values: readonly unknown[]): number => database.prepare(sql).run(...values).changes,
  all: (sql: string, ...values: readonly unknown[]): readonly unknown[] => database.prepare(sql).all(...values),
  get: (sql: string, ...values: readonly unknown[]): unknown => database.prepare(sql).get(...values),
});

export const createReportStore = (database: Database): ReportStore => ({
  ...taskRows(database),
  ...dayRows(database),
  ...madeRows(database),
  ...outboxRows(database),
  ...logRows(database),
});

function taskRows(database: Database): Pick<ReportStore, 'join' | 'joined' | 'discardOthers' | 'prune'> {
  const { run, get } = access(database);
  return {
    join: (id, { document, floor, joinedMs }) => {
      run('INSERT OR REPLACE INTO blind_joined VALUES (?, ?, ?, ?)', id, JSON.stringify(document), floor, joinedMs);
    },
    joined: (id) => {
      const row = get('SELECT * FROM blind_joined WHERE task = ?', id) as
        | { document: string; floor: number; joined_ms: number }
        | undefined;
      return row && { document: JSON.parse(row.document) as DualEnvelope, floor: row.floor, joinedMs: row.joined_ms };
    },
    discardOthers: database.transaction((task: string | null) => {
      run('DELETE FROM blind_day WHERE task IS NOT ? AND made_ms IS NULL', task);
      run('UPDATE blind_outbox SET document = NULL WHERE task IS NOT ? AND document IS NOT NULL', task);
    }),
    prune: database.transaction((beforeDay: string) => {
      run('DELETE FROM blind_outbox WHERE day < ?', beforeDay);
      run('DELETE FROM blind_day WHERE day < ?', beforeDay);
    }),
  };
}

function dayRows(database: Database): Pick<ReportStore, 'plan' | 'unplan' | 'planned' | 'spend' | 'expire'> {
  const { run, all } = access(database);
  return {
    plan: (day, task, dueMs) => {
      run(
        `INSERT INTO blind_day (day, task, due_ms) VALUES (?, ?, ?)
         ON CONFLICT DO UPDATE SET task = excluded.task, due_ms = excluded.due_ms
         WHERE made_ms IS NULL AND task <> excluded.task`,
        day,
        task,
        dueMs,
      );
    },
    unplan: (task, fromDay) => {
      run('DELETE FROM blind_day WHERE task = ? AND day >= ? AND made_ms IS NULL', task, fromDay);
    },
    planned: (task, fromDay) =>
      all(
        'SELECT day, due_ms AS dueMs FROM blind_day WHERE task = ? AND day >= ? AND made_ms IS NULL ORDER BY day',
        task,
        fromDay,
      ) as ReturnType<ReportStore['planned']>,
    spend: database.transaction(({ day, task, node, madeMs, cells, randomness, envelopes }: MadeReport) => {
      const spent = run(
        'UPDATE blind_day SET made_ms = ?, node = ?, cells = ?, randomness = ? WHERE day = ? AND task = ? AND made_ms IS NULL',
        madeMs,
        node,
        JSON.stringify(cells),
        Buffer.from(randomness),
        day,
        task,
      );
      if (spent === 0) return false;
      for (const role of ['leader', 'trustee'] as const) {
        const { recipient, hash, document } = envelopes[role];
        run(
          'INSERT INTO blind_outbox (day, role, task, recipient, hash, document) VALUES (?, ?, ?, ?, ?, ?)',
          ...[day, role, task, recipient, hash, JSON.stringify(document)],
        );
      }
      return true;
    }),
    expire: (task, beforeDay) => {
      run(
        "UPDATE blind_outbox SET refused = 'report_late', document = NULL WHERE task = ? AND day < ? AND document IS NOT NULL",
        task,
        beforeDay,
      );
    },
  };
}

function madeRows(database: Database): Pick<ReportStore, 'days' | 'made' | 'unreleased'> {
  const { all, get } = access(database);
  const deliveries = database.prepare(DELIVERIES);
  return {
    days: (limit) =>
      (all('SELECT * FROM blind_day ORDER BY day DESC LIMIT ?', limit) as readonly DayColumns[]).map((row) => ({
        day: row.day,
        task: row.task,
        dueMs: row.due_ms,
        madeMs: row.made_ms,
        release: row.released === 0 ? null : { contributors: row.contributors, withheld: row.withheld },
        deliveries: deliveries.all(row.day) as DayRow['deliveries'],
      })),
    made: (day) => {
      const row = get(
        'SELECT task, node, made_ms, cells, randomness FROM blind_day WHERE day = ? AND made_ms IS NOT NULL',
        day,
      ) as { task: string; node: string; made_ms: number; cells: string; randomness: Buffer } | undefined;
      if (!row) return undefined;
      const { task, node, made_ms: madeMs, cells, randomness } = row;
      return { day, task, node, madeMs, cells: JSON.parse(cells) as number[], randomness: Uint8Array.from(randomness) };
    },
    unreleased: (task) =>
      all(
        'SELECT day, node FROM blind_day WHERE task = ? AND made_ms IS NOT NULL AND released = 0 ORDER BY day',
        task,
      ) as ReturnType<ReportStore['unreleased']>,
  };
}

function outboxRows(database: Database): Pick<ReportStore, 'outbox' | 'pending' | 'receive' | 'refuse'> {
  const { run, all, get } = access(database);
  return {
    outbox: (task, role) =>
      (
        all(
          'SELECT day, recipient, hash, document FROM blind_outbox WHERE task = ? AND role = ? AND document IS NOT NULL ORDER BY day',
          task,
          role,
        ) as readonly { day: string; recipient: string; hash: string; document: string }[]
      ).map((row) => ({ ...row, role, document: JSON.parse(row.document) as Envelope })),
    pending: (document) =>
      (get(
        'SELECT recipient, role, task, floor FROM blind_outbox JOIN blind_joined USING (task) WHERE blind_outbox.document = ?',
        JSON.stringify(document),
      ) as PendingReport | undefined) ?? null,
    receive: (day, role, receipt, receivedMs) => {
      run(
        'UPDATE blind_outbox SET receipt = ?, received_ms = ?, document = NULL WHERE day = ? AND role = ?',
        ...[JSON.stringify(receipt), receivedMs, day, role],
      );
    },
    refuse: (day, role, code) => {
      run('UPDATE blind_outbox SET refused = ?, document = NULL WHERE day = ? AND role = ?', code, day, role);
    },
  };
}

function logRows(database: Database): Pick<ReportStore, 'logHead' | 'follow'> {
  const { run, get } = access(database);
  return {
    logHead: (task) => {
      const row = get('SELECT size, hash, forked FROM blind_log WHERE task = ?', task) as
        | { size: number; hash: string; forked: number }
        | undefined;
      return row && { ...row, forked: row.forked === 1 };
    },
    follow: database.transaction((task: string, head: LogHead, found: Parameters<ReportStore['follow']>[2]) => {
      run('INSERT OR REPLACE INTO blind_log VALUES (?, ?, ?, ?)', task, head.size, head.hash, head.forked ? 1 : 0);
      if (found === null) return;
      run(
        'UPDATE blind_day SET released = 1, contributors = ?, withheld = ? WHERE day = ? AND task = ? AND made_ms IS NOT NULL',
        ...[found.contributors, found.withheld, found.day, task],
      );
    }),
  };
}
