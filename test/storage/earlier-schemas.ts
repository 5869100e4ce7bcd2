/**
 * The statements with which earlier versions of the program made their databases, copied and never to be changed: a new entry in
 * `MIGRATIONS` comes with a copy of the one before it here. Index is the schema version less one.
 */
export const EARLIER_SCHEMAS: readonly string[] = [
  `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID, STRICT;
  CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID, STRICT;

  -- How far each spool file has been committed; in the same transaction as the events, so that nothing is lost or doubled.
  CREATE TABLE spool (file TEXT PRIMARY KEY, offset INTEGER NOT NULL) WITHOUT ROWID, STRICT;

  CREATE TABLE session (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    shell TEXT NOT NULL,
    last_ms INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE pattern (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    tool TEXT NOT NULL,
    family TEXT NOT NULL,
    UNIQUE (name, tool, family)
  ) STRICT;

  CREATE TABLE event (
    id INTEGER PRIMARY KEY,
    time_ms INTEGER NOT NULL,
    session_id INTEGER NOT NULL,
    shell TEXT NOT NULL,
    command TEXT NOT NULL,
    cwd TEXT,
    exit_code INTEGER,
    duration_ms INTEGER,
    tools TEXT NOT NULL,
    pattern_id INTEGER NOT NULL,
    risk INTEGER NOT NULL,
    rules TEXT NOT NULL,
    host TEXT NOT NULL
  ) STRICT;
  CREATE INDEX event_time ON event (time_ms);
  CREATE INDEX event_risky ON event (time_ms) WHERE risk >= 2;

  -- Commands whose end has not been seen yet.
  CREATE TABLE running (
    session_id INTEGER NOT NULL,
    command INTEGER NOT NULL,
    event_id INTEGER NOT NULL,
    PRIMARY KEY (session_id, command)
  ) WITHOUT ROWID, STRICT;

  CREATE TABLE rollup (
    slot INTEGER NOT NULL,
    pattern_id INTEGER NOT NULL,
    risk INTEGER NOT NULL,
    count INTEGER NOT NULL,
    ended INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL,
    d0 INTEGER NOT NULL, d1 INTEGER NOT NULL, d2 INTEGER NOT NULL, d3 INTEGER NOT NULL,
    d4 INTEGER NOT NULL, d5 INTEGER NOT NULL, d6 INTEGER NOT NULL, d7 INTEGER NOT NULL,
    PRIMARY KEY (slot, pattern_id, risk)
  ) WITHOUT ROWID, STRICT;
  CREATE TABLE rollup_rule (
    slot INTEGER NOT NULL,
    rule TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (slot, rule)
  ) WITHOUT ROWID, STRICT;
  CREATE TABLE rollup_coverage (
    slot INTEGER NOT NULL,
    shell TEXT NOT NULL,
    observed INTEGER NOT NULL,
    redacted INTEGER NOT NULL,
    dropped INTEGER NOT NULL,
    PRIMARY KEY (slot, shell)
  ) WITHOUT ROWID, STRICT;

  -- Signed documents, our own and those of peers, byte for byte; seen is what our own was made from, to notice late events.
  CREATE TABLE summary (
    id TEXT PRIMARY KEY,
    node TEXT NOT NULL,
    kind TEXT NOT NULL,
    start_ms INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    document TEXT NOT NULL,
    seen TEXT NOT NULL,
    UNIQUE (node, kind, start_ms, revision)
  ) WITHOUT ROWID, STRICT;

  CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    time TEXT NOT NULL,
    type TEXT NOT NULL,
    peer TEXT,
    details TEXT NOT NULL,
    prev_hash TEXT NOT NULL,
    hash TEXT NOT NULL
  ) STRICT;
  CREATE TABLE audit_checkpoint (
    seq INTEGER NOT NULL,
    hash TEXT NOT NULL,
    time TEXT NOT NULL,
    pruned_through INTEGER NOT NULL,
    signature TEXT NOT NULL
  ) STRICT;
  CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
  -- Retention may remove whole prefixes, once a signed checkpoint says so.
  CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
    WHEN OLD.seq > (SELECT coalesce(max(pruned_through), 0) FROM audit_checkpoint)
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
  CREATE TRIGGER audit_checkpoint_no_update BEFORE UPDATE ON audit_checkpoint
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
  CREATE TRIGGER audit_checkpoint_no_delete BEFORE DELETE ON audit_checkpoint
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
  `,
  `
  -- Everything that was handed to a peer, byte for byte, written before it left (design.md §2).
  CREATE TABLE egress (
    seq INTEGER PRIMARY KEY,
    time TEXT NOT NULL,
    recipient TEXT NOT NULL,
    address TEXT NOT NULL,
    type TEXT NOT NULL,
    level INTEGER,
    rule TEXT NOT NULL,
    bytes TEXT NOT NULL
  ) STRICT;
  CREATE INDEX egress_recipient ON egress (recipient, seq);
  CREATE INDEX egress_time ON egress (time);
  CREATE TRIGGER egress_no_update BEFORE UPDATE ON egress
    BEGIN SELECT RAISE(ABORT, 'the egress ledger is append-only'); END;

  -- Since when a peer may have summaries, and which of them it has acknowledged.
  CREATE TABLE recipient (peer TEXT PRIMARY KEY, since_ms INTEGER NOT NULL) WITHOUT ROWID, STRICT;
  CREATE TABLE delivery (
    peer TEXT NOT NULL,
    summary_id TEXT NOT NULL,
    time_ms INTEGER NOT NULL,
    PRIMARY KEY (peer, summary_id)
  ) WITHOUT ROWID, STRICT;
  `,
];
