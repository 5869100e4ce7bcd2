import type { Envelope } from '../../domain/identity/signed-envelope.ts';
import type { KeptRoster, RosterView } from '../../domain/organisation/membership.ts';
import type { Member, RosterDelta, RosterHead } from '../../domain/organisation/roster.ts';
import type { Database } from '../database.ts';

/** A request to join, as it was received. */
export interface KeptRequest {
  readonly node: string;
  readonly document: Envelope;
  readonly receivedMs: number;
}

export interface KeptPass {
  readonly createdAt: string;
  readonly document: Envelope;
}

/** What a change of the roster adds to the store. */
export interface RosterChange {
  readonly heads?: readonly { readonly version: number; readonly document: Envelope }[];
  /** The whole list, with the change that led to it. */
  readonly list?: { readonly members: readonly Member[]; readonly delta: RosterDelta };
}

/** What a node knows of its organization. Changes are on disk when a function returns. */
export interface RosterStore {
  readonly kept: () => KeptRoster | null;
  /** All or nothing. */
  readonly keep: (roster: KeptRoster, change: RosterChange) => void;
  readonly head: (version: number) => Envelope | undefined;
  /** Oldest first. */
  readonly headsAfter: (version: number, limit: number) => readonly Envelope[];
  /** The change that led to the list of a version. */
  readonly change: (version: number) => RosterDelta | undefined;
  readonly members: () => readonly Member[];
  /** For decisions: read without a check. */
  readonly view: () => RosterView | null;
  /** Another number after every change of what `view` returns. */
  readonly revision: () => number;
  /** Oldest first. */
  readonly requests: () => readonly KeptRequest[];
  readonly requestCount: () => number;
  /** Replaces an earlier request of the node. */
  readonly addRequest: (request: KeptRequest) => void;
  readonly removeRequests: (nodes: readonly string[]) => void;
  /** A pass to the relay, checked before it was stored. */
  readonly pass: (node: string) => KeptPass | undefined;
  /** @returns whether it is newer than the one that is there, and was stored */
  readonly addPass: (node: string, pass: KeptPass) => boolean;
  /** Forgets everything. */
  readonly forget: () => void;
}

export function createRosterStore(database: Database): RosterStore {
  let revision = 0;
  const run = (sql: string, ...values: readonly unknown[]): unknown => database.prepare(sql).run(...values);
  const texts = (sql: string, ...values: readonly unknown[]): readonly string[] =>
    database
      .prepare(sql)
      .pluck()
      .all(...values) as string[];
  const one = (sql: string, ...values: readonly unknown[]): unknown => {
    const [text] = texts(sql, ...values);
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  };
  const kept = (): KeptRoster | null => (one('SELECT document FROM roster') as KeptRoster | undefined) ?? null;
  const head = (version: number): Envelope | undefined =>
    one('SELECT document FROM roster_head WHERE version = ?', version) as Envelope | undefined;
  const members = (): readonly Member[] =>
    texts('SELECT document FROM roster_member ORDER BY node').map((text) => JSON.parse(text) as Member);
  return {
    kept,
    keep: database.transaction((roster: KeptRoster, { heads = [], list }: RosterChange) => {
      revision += 1;
      run('INSERT OR REPLACE INTO roster VALUES (1, ?)', JSON.stringify(roster));
      for (const { version, document } of heads)
        run('INSERT OR IGNORE INTO roster_head VALUES (?, ?)', version, JSON.stringify(document));
      if (list === undefined) return;
      run('INSERT OR REPLACE INTO roster_change VALUES (?, ?)', list.delta.to, JSON.stringify(list.delta));
      run('DELETE FROM roster_member');
      const add = database.prepare('INSERT INTO roster_member VALUES (?, ?)');
      for (const member of list.members) add.run(member.id, JSON.stringify(member));
      run('DELETE FROM roster_pass WHERE node NOT IN (SELECT node FROM roster_member)');
    }),
    head,
    headsAfter: (version, limit) =>
      texts('SELECT document FROM roster_head WHERE version > ? ORDER BY version LIMIT ?', version, limit).map(
        (text) => JSON.parse(text) as Envelope,
      ),
    change: (version) =>
      one('SELECT document FROM roster_change WHERE version = ?', version) as RosterDelta | undefined,
    members,
    view: () => {
      const roster = kept();
      const current = roster && contentOf(head(roster.current));
      if (!roster || !current) return null;
      const waiting = roster.waiting === null ? null : contentOf(head(roster.waiting));
      const listed = roster.list === null ? [] : members();
      return { org: roster.org, current, waiting, isForked: roster.fork !== null, members: listed };
    },
    ...requestRows(database),
    ...passRows(database),
    revision: () => revision,
    forget: database.transaction(() => {
      revision += 1;
      for (const table of ['roster', 'roster_head', 'roster_change', 'roster_member', 'roster_request', 'roster_pass'])
        run(`DELETE FROM ${table}`);
    }),
  };
}

function requestRows(
  database: Database,
): Pick<RosterStore, 'requests' | 'requestCount' | 'addRequest' | 'removeRequests'> {
  return {
    requests: () =>
      (
        database
          .prepare('SELECT node, document, received_ms AS receivedMs FROM roster_request ORDER BY received_ms, node')
          .all() as { readonly node: string; readonly document: string; readonly receivedMs: number }[]
      ).map((row) => ({ ...row, document: JSON.parse(row.document) as Envelope })),
    requestCount: () => database.prepare('SELECT count(*) FROM roster_request').pluck().get() as number,
    addRequest: ({ node, document, receivedMs }) => {
      database
        .prepare('INSERT OR REPLACE INTO roster_request VALUES (?, ?, ?)')
        .run(node, JSON.stringify(document), receivedMs);
    },
    removeRequests: database.transaction((nodes: readonly string[]) => {
      for (const node of nodes) database.prepare('DELETE FROM roster_request WHERE node = ?').run(node);
    }),
  };
}

function passRows(database: Database): Pick<RosterStore, 'pass' | 'addPass'> {
  return {
    pass: (node) => {
      const row = database
        .prepare('SELECT created_at AS createdAt, document FROM roster_pass WHERE node = ?')
        .get(node) as { readonly createdAt: string; readonly document: string } | undefined;
      return row && { ...row, document: JSON.parse(row.document) as Envelope };
    },
    addPass: (node, { createdAt, document }) =>
      database
        .prepare(
          `INSERT INTO roster_pass VALUES (?, ?, ?) ON CONFLICT DO UPDATE
             SET created_at = excluded.created_at, document = excluded.document
             WHERE excluded.created_at > roster_pass.created_at`,
        )
        .run(node, createdAt, JSON.stringify(document)).changes > 0,
  };
}

/** The head in an envelope that was checked before it was stored. */
const contentOf = (envelope: Envelope | undefined): RosterHead | null =>
  envelope === undefined ? null : (JSON.parse(Buffer.from(envelope.payload, 'base64').toString('utf8')) as RosterHead);
