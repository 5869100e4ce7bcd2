import { EARLIER_ORGANISATION_SCHEMAS } from './earlier-organisation-schemas.ts';

/**
 * The statements with which earlier versions of the program made their databases, copied and never
 * to be changed: a new entry in `MIGRATIONS` comes with a copy of the one before it here. Index is
 * the schema version less one.
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
  -- Everything that was handed to a peer, byte for byte, written before it left (docs/design.md §2).
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
  `
  -- The same figures in coarser steps, so that a week or a month costs hundreds of rows where quarters of an hour would be hundreds of
  -- thousands. Triggers keep them the exact sums of the rollups above, whoever writes those. A day has 96 slots, in UTC.
  CREATE TABLE rollup_day (
    day INTEGER NOT NULL,
    pattern_id INTEGER NOT NULL,
    risk INTEGER NOT NULL,
    count INTEGER NOT NULL,
    ended INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL,
    d0 INTEGER NOT NULL, d1 INTEGER NOT NULL, d2 INTEGER NOT NULL, d3 INTEGER NOT NULL,
    d4 INTEGER NOT NULL, d5 INTEGER NOT NULL, d6 INTEGER NOT NULL, d7 INTEGER NOT NULL,
    PRIMARY KEY (day, pattern_id, risk)
  ) WITHOUT ROWID, STRICT;
  CREATE TABLE rollup_slot (
    slot INTEGER NOT NULL,
    risk INTEGER NOT NULL,
    count INTEGER NOT NULL,
    ended INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL,
    PRIMARY KEY (slot, risk)
  ) WITHOUT ROWID, STRICT;
  CREATE TABLE rollup_rule_day (
    day INTEGER NOT NULL,
    rule TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (day, rule)
  ) WITHOUT ROWID, STRICT;
  INSERT INTO rollup_day SELECT slot / 96, pattern_id, risk, sum(count), sum(ended), sum(failures), sum(duration_ms),
      sum(d0), sum(d1), sum(d2), sum(d3), sum(d4), sum(d5), sum(d6), sum(d7)
    FROM rollup GROUP BY 1, 2, 3;
  INSERT INTO rollup_slot SELECT slot, risk, sum(count), sum(ended), sum(failures), sum(duration_ms) FROM rollup GROUP BY 1, 2;
  INSERT INTO rollup_rule_day SELECT slot / 96, rule, sum(count) FROM rollup_rule GROUP BY 1, 2;

  CREATE TRIGGER rollup_added AFTER INSERT ON rollup BEGIN
    INSERT INTO rollup_day VALUES (NEW.slot / 96, NEW.pattern_id, NEW.risk, NEW.count, NEW.ended, NEW.failures, NEW.duration_ms,
        NEW.d0, NEW.d1, NEW.d2, NEW.d3, NEW.d4, NEW.d5, NEW.d6, NEW.d7)
      ON CONFLICT DO UPDATE SET count = count + excluded.count, ended = ended + excluded.ended,
        failures = failures + excluded.failures, duration_ms = duration_ms + excluded.duration_ms,
        d0 = d0 + excluded.d0, d1 = d1 + excluded.d1, d2 = d2 + excluded.d2, d3 = d3 + excluded.d3,
        d4 = d4 + excluded.d4, d5 = d5 + excluded.d5, d6 = d6 + excluded.d6, d7 = d7 + excluded.d7;
    INSERT INTO rollup_slot VALUES (NEW.slot, NEW.risk, NEW.count, NEW.ended, NEW.failures, NEW.duration_ms)
      ON CONFLICT DO UPDATE SET count = count + excluded.count, ended = ended + excluded.ended,
        failures = failures + excluded.failures, duration_ms = duration_ms + excluded.duration_ms;
  END;
  CREATE TRIGGER rollup_counted AFTER UPDATE ON rollup BEGIN
    UPDATE rollup_day SET count = count + NEW.count - OLD.count, ended = ended + NEW.ended - OLD.ended,
        failures = failures + NEW.failures - OLD.failures, duration_ms = duration_ms + NEW.duration_ms - OLD.duration_ms,
        d0 = d0 + NEW.d0 - OLD.d0, d1 = d1 + NEW.d1 - OLD.d1, d2 = d2 + NEW.d2 - OLD.d2, d3 = d3 + NEW.d3 - OLD.d3,
        d4 = d4 + NEW.d4 - OLD.d4, d5 = d5 + NEW.d5 - OLD.d5, d6 = d6 + NEW.d6 - OLD.d6, d7 = d7 + NEW.d7 - OLD.d7
      WHERE day = NEW.slot / 96 AND pattern_id = NEW.pattern_id AND risk = NEW.risk;
    UPDATE rollup_slot SET count = count + NEW.count - OLD.count, ended = ended + NEW.ended - OLD.ended,
        failures = failures + NEW.failures - OLD.failures, duration_ms = duration_ms + NEW.duration_ms - OLD.duration_ms
      WHERE slot = NEW.slot AND risk = NEW.risk;
  END;
  CREATE TRIGGER rollup_rule_added AFTER INSERT ON rollup_rule BEGIN
    INSERT INTO rollup_rule_day VALUES (NEW.slot / 96, NEW.rule, NEW.count)
      ON CONFLICT DO UPDATE SET count = count + excluded.count;
  END;
  CREATE TRIGGER rollup_rule_counted AFTER UPDATE ON rollup_rule BEGIN
    UPDATE rollup_rule_day SET count = count + NEW.count - OLD.count WHERE day = NEW.slot / 96 AND rule = NEW.rule;
  END;
  `,
  `
  -- Ids are chosen by their authors: a peer that gives its summary the id of another's MUST not keep that one out.
  CREATE TABLE summary_of_node (
    node TEXT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    start_ms INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    document TEXT NOT NULL,
    seen TEXT NOT NULL,
    PRIMARY KEY (node, id),
    UNIQUE (node, kind, start_ms, revision)
  ) WITHOUT ROWID, STRICT;
  INSERT INTO summary_of_node (node, id, kind, start_ms, revision, created_ms, document, seen)
    SELECT node, id, kind, start_ms, revision, created_ms, document, seen FROM summary;
  DROP TABLE summary;
  ALTER TABLE summary_of_node RENAME TO summary;
  `,
  `
  -- An import is no observation. What its owner wants to keep is kept from the time of the import.
  ALTER TABLE session ADD COLUMN imported INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE session ADD COLUMN kept_ms INTEGER;
  -- Imports were not marked before. They are the sessions whose last command is older than their start, which their name ends with.
  UPDATE session SET imported = 1
    WHERE last_ms < CAST(replace(name, rtrim(name, '0123456789'), '') AS INTEGER) / 1000 - 2000;
  UPDATE rollup_coverage SET observed = max(0, observed - import.count) FROM (
      SELECT time_ms / 900000 AS slot, event.shell, count(*) AS count
      FROM event CROSS JOIN session ON session.id = event.session_id WHERE session.imported = 1 GROUP BY 1, 2
    ) AS import WHERE rollup_coverage.slot = import.slot AND rollup_coverage.shell = import.shell;

  -- From here on ended counts known exit statuses, and d0 to d7 count measured durations. An unknown value was counted as a success
  -- and as a duration of 0 ms. Rollups whose events are all there are corrected; triggers carry this to the coarser tables.
  UPDATE rollup SET ended = known.ended, d0 = known.d0 FROM (
      SELECT time_ms / 900000 AS slot, pattern_id, risk, count(*) AS count, count(exit_code) AS ended,
        coalesce(sum(duration_ms < 10), 0) AS d0
      FROM event GROUP BY 1, 2, 3 HAVING count(exit_code) < count(*) OR count(duration_ms) < count(*)
    ) AS known
    WHERE rollup.slot = known.slot AND rollup.pattern_id = known.pattern_id AND rollup.risk = known.risk
      AND rollup.count = known.count;
  `,
  `
  -- When each trusted node was last connected. The audit log knows it of connections before this table was made.
  CREATE TABLE node_seen (node TEXT PRIMARY KEY, last_ms INTEGER NOT NULL, version TEXT) WITHOUT ROWID, STRICT;
  INSERT INTO node_seen SELECT peer, max(CAST(strftime('%s', time) AS INTEGER)) * 1000, NULL FROM audit
    WHERE type IN ('peer.connected', 'peer.disconnected') AND peer IS NOT NULL AND strftime('%s', time) IS NOT NULL GROUP BY peer;
  `,
  ...EARLIER_ORGANISATION_SCHEMAS,
];
