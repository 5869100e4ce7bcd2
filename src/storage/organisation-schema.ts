/**
 * The later entries of the schema: saved answers, blind totals, heads of audit logs that nodes sign
 * for each other, and authors of commands (docs/design.md §2).
 */
export const ORGANISATION_MIGRATIONS: readonly string[] = [
  `
  -- Aggregates that passed the floor, with the states of the nodes that were asked; never the figures of one node.
  CREATE TABLE saved_answer (
    seq INTEGER PRIMARY KEY,
    until_ms INTEGER NOT NULL,
    type TEXT NOT NULL,
    span_hours INTEGER NOT NULL,
    asked_by TEXT NOT NULL,
    floor INTEGER NOT NULL,
    targets INTEGER NOT NULL,
    contributors INTEGER NOT NULL,
    result TEXT NOT NULL
  ) STRICT;
  CREATE INDEX saved_answer_until ON saved_answer (until_ms);
  CREATE TRIGGER saved_answer_no_update BEFORE UPDATE ON saved_answer
    BEGIN SELECT RAISE(ABORT, 'saved answers are never changed'); END;
  `,
  `
  -- Blind totals, on a leader or a trustee. Shares are removed when their day is closed; hash and receipt stay, so that a
  -- report counts once. An account stands for all keys of a node.
  CREATE TABLE blind_role (
    task TEXT PRIMARY KEY,
    role TEXT NOT NULL CHECK (role IN ('leader', 'trustee')),
    document TEXT NOT NULL,
    created_ms INTEGER NOT NULL
  ) WITHOUT ROWID, STRICT;
  CREATE TABLE blind_member (account TEXT PRIMARY KEY, since_ms INTEGER NOT NULL) WITHOUT ROWID, STRICT;
  CREATE TABLE blind_report (
    id INTEGER PRIMARY KEY,
    task TEXT NOT NULL,
    day TEXT NOT NULL,
    account TEXT NOT NULL,
    node TEXT NOT NULL,
    hash TEXT NOT NULL,
    receipt TEXT NOT NULL,
    received_ms INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'prepared', 'ready', 'invalid', 'closed')),
    code TEXT,
    document TEXT,
    public BLOB,
    share BLOB,
    message BLOB,
    output BLOB,
    UNIQUE (task, day, account)
  ) STRICT;
  CREATE INDEX blind_report_state ON blind_report (task, state, day);
  CREATE INDEX blind_report_node ON blind_report (task, day, node);
  CREATE TABLE blind_release (
    task TEXT NOT NULL,
    seq INTEGER NOT NULL,
    day TEXT NOT NULL,
    entry TEXT NOT NULL,
    PRIMARY KEY (task, seq),
    UNIQUE (task, day)
  ) WITHOUT ROWID, STRICT;
  CREATE TABLE blind_block (
    task TEXT NOT NULL,
    day TEXT NOT NULL,
    name TEXT NOT NULL,
    nodes BLOB NOT NULL,
    box BLOB NOT NULL,
    PRIMARY KEY (task, day, name)
  ) STRICT;
  CREATE TABLE blind_total (
    task TEXT NOT NULL,
    day TEXT NOT NULL,
    block TEXT NOT NULL,
    contributors INTEGER NOT NULL,
    cells TEXT NOT NULL,
    PRIMARY KEY (task, day, block)
  ) STRICT;
  CREATE TABLE blind_settled (task TEXT NOT NULL, day TEXT NOT NULL, PRIMARY KEY (task, day)) WITHOUT ROWID, STRICT;
  -- A day is released once and never changed.
  CREATE TRIGGER blind_release_kept BEFORE UPDATE ON blind_release BEGIN SELECT raise(ABORT, 'a release is never changed'); END;
  CREATE TRIGGER blind_release_stays BEFORE DELETE ON blind_release BEGIN SELECT raise(ABORT, 'a release is never removed'); END;
  CREATE TRIGGER blind_total_kept BEFORE UPDATE ON blind_total BEGIN SELECT raise(ABORT, 'a total is never changed'); END;
  CREATE TRIGGER blind_block_kept BEFORE UPDATE ON blind_block BEGIN SELECT raise(ABORT, 'a release is never changed'); END;
  CREATE TRIGGER blind_block_stays BEFORE DELETE ON blind_block BEGIN SELECT raise(ABORT, 'a release is never removed'); END;
  `,
  `
  -- The Merkle tree over the audit log: tiles of up to 256 hashes of 32 bytes (docs/adr/0017), its signed heads, and what witnesses
  -- say of them. It only grows, also where retention has removed records.
  CREATE TABLE audit_tile (
    level INTEGER NOT NULL,
    idx INTEGER NOT NULL,
    hashes BLOB NOT NULL,
    PRIMARY KEY (level, idx)
  ) STRICT;
  CREATE TRIGGER audit_tile_grows BEFORE UPDATE ON audit_tile
    WHEN NEW.level <> OLD.level OR NEW.idx <> OLD.idx OR substr(NEW.hashes, 1, length(OLD.hashes)) <> OLD.hashes
    BEGIN SELECT RAISE(ABORT, 'the tree of the audit log only grows'); END;
  CREATE TRIGGER audit_tile_no_delete BEFORE DELETE ON audit_tile
    BEGIN SELECT RAISE(ABORT, 'the tree of the audit log only grows'); END;
  CREATE TABLE audit_head (
    size INTEGER NOT NULL,
    root TEXT NOT NULL,
    signature TEXT NOT NULL,
    key TEXT NOT NULL
  ) STRICT;
  CREATE INDEX audit_head_size ON audit_head (size);
  CREATE TABLE audit_cosignature (
    size INTEGER NOT NULL,
    key TEXT NOT NULL,
    witness TEXT NOT NULL,
    time INTEGER NOT NULL,
    signature TEXT NOT NULL
  ) STRICT;
  CREATE INDEX audit_cosignature_witness ON audit_cosignature (witness, size);
  CREATE TRIGGER audit_head_no_update BEFORE UPDATE ON audit_head
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
  CREATE TRIGGER audit_head_no_delete BEFORE DELETE ON audit_head
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
  CREATE TRIGGER audit_cosignature_no_update BEFORE UPDATE ON audit_cosignature
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
  CREATE TRIGGER audit_cosignature_no_delete BEFORE DELETE ON audit_cosignature
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

  -- Heads of other nodes' logs, as this node has cosigned them last, and the first fault that it found.
  CREATE TABLE witnessed_log (
    node TEXT NOT NULL,
    log TEXT NOT NULL,
    size INTEGER NOT NULL,
    root TEXT NOT NULL,
    signature TEXT NOT NULL,
    key TEXT NOT NULL,
    time_ms INTEGER NOT NULL,
    fault TEXT,
    PRIMARY KEY (node, log)
  ) WITHOUT ROWID, STRICT;
  CREATE TRIGGER witnessed_log_grows BEFORE UPDATE ON witnessed_log WHEN NEW.size < OLD.size OR (OLD.fault IS NOT NULL AND NEW.fault IS NOT OLD.fault)
    BEGIN SELECT RAISE(ABORT, 'a witness does not go back'); END;
  `,
  `
  -- Blind totals, as a node that reports. A day is reported once, whatever task the node takes part in: it is spent with made_ms.
  CREATE TABLE blind_joined (task TEXT PRIMARY KEY, document TEXT NOT NULL, floor INTEGER NOT NULL, joined_ms INTEGER NOT NULL)
    WITHOUT ROWID, STRICT;
  CREATE TABLE blind_day (
    day TEXT PRIMARY KEY,
    task TEXT NOT NULL,
    due_ms INTEGER NOT NULL,
    made_ms INTEGER,
    node TEXT,
    cells TEXT,
    randomness BLOB,
    released INTEGER NOT NULL DEFAULT 0,
    contributors INTEGER,
    withheld TEXT
  ) WITHOUT ROWID, STRICT;
  -- The document is removed when its receipt or a final refusal is there.
  CREATE TABLE blind_outbox (
    day TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('leader', 'trustee')),
    task TEXT NOT NULL,
    recipient TEXT NOT NULL,
    hash TEXT NOT NULL,
    document TEXT,
    receipt TEXT,
    received_ms INTEGER,
    refused TEXT,
    PRIMARY KEY (day, role)
  ) STRICT;
  CREATE TRIGGER blind_day_spent BEFORE UPDATE OF made_ms, cells, randomness ON blind_day WHEN OLD.made_ms IS NOT NULL
    BEGIN SELECT raise(ABORT, 'a day is reported once'); END;
  CREATE TABLE blind_log (task TEXT PRIMARY KEY, size INTEGER NOT NULL, hash TEXT NOT NULL, forked INTEGER NOT NULL) WITHOUT ROWID, STRICT;
  `,
  `
  -- The analyst's store: released totals to which the floor has been applied. It replaces a table whose totals had no floor, and that no
  -- version of the program has filled.
  DROP TABLE blind_total;
  CREATE TABLE total_series (
    task TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    floor INTEGER NOT NULL,
    cells TEXT NOT NULL
  ) WITHOUT ROWID, STRICT;
  CREATE TABLE total_day (task TEXT NOT NULL, day TEXT NOT NULL, code TEXT, PRIMARY KEY (task, day)) WITHOUT ROWID, STRICT;
  CREATE TABLE total_block (
    task TEXT NOT NULL,
    block TEXT NOT NULL,
    day TEXT NOT NULL,
    contributors INTEGER NOT NULL,
    cells TEXT NOT NULL,
    PRIMARY KEY (task, block, day)
  ) WITHOUT ROWID, STRICT;
  CREATE TRIGGER total_series_no_update BEFORE UPDATE ON total_series BEGIN SELECT RAISE(ABORT, 'a released total is never changed'); END;
  CREATE TRIGGER total_series_no_delete BEFORE DELETE ON total_series BEGIN SELECT RAISE(ABORT, 'a released total is never removed'); END;
  CREATE TRIGGER total_day_no_update BEFORE UPDATE ON total_day BEGIN SELECT RAISE(ABORT, 'a released total is never changed'); END;
  CREATE TRIGGER total_day_no_delete BEFORE DELETE ON total_day BEGIN SELECT RAISE(ABORT, 'a released total is never removed'); END;
  CREATE TRIGGER total_block_no_update BEFORE UPDATE ON total_block BEGIN SELECT RAISE(ABORT, 'a released total is never changed'); END;
  CREATE TRIGGER total_block_no_delete BEFORE DELETE ON total_block BEGIN SELECT RAISE(ABORT, 'a released total is never removed'); END;
  `,
  `
  -- Who ran a command: a person, or a coding agent with its mode of approval. Commands of agents are counted in all other rollups, too.
  ALTER TABLE event ADD COLUMN author TEXT NOT NULL DEFAULT 'human';
  ALTER TABLE event ADD COLUMN approval TEXT;
  ALTER TABLE event ADD COLUMN project TEXT;
  CREATE TABLE rollup_agent (
    slot INTEGER NOT NULL,
    author TEXT NOT NULL,
    pattern_id INTEGER NOT NULL,
    risk INTEGER NOT NULL,
    count INTEGER NOT NULL,
    ended INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    PRIMARY KEY (slot, author, pattern_id, risk)
  ) WITHOUT ROWID, STRICT;
  CREATE TABLE rollup_agent_day (
    day INTEGER NOT NULL,
    author TEXT NOT NULL,
    pattern_id INTEGER NOT NULL,
    risk INTEGER NOT NULL,
    count INTEGER NOT NULL,
    ended INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    PRIMARY KEY (day, author, pattern_id, risk)
  ) WITHOUT ROWID, STRICT;
  CREATE TRIGGER rollup_agent_added AFTER INSERT ON rollup_agent BEGIN
    INSERT INTO rollup_agent_day VALUES (NEW.slot / 96, NEW.author, NEW.pattern_id, NEW.risk, NEW.count, NEW.ended, NEW.failures)
      ON CONFLICT DO UPDATE SET count = count + excluded.count, ended = ended + excluded.ended, failures = failures + excluded.failures;
  END;
  CREATE TRIGGER rollup_agent_counted AFTER UPDATE ON rollup_agent BEGIN
    UPDATE rollup_agent_day SET count = count + NEW.count - OLD.count, ended = ended + NEW.ended - OLD.ended,
        failures = failures + NEW.failures - OLD.failures
      WHERE day = NEW.slot / 96 AND author = NEW.author AND pattern_id = NEW.pattern_id AND risk = NEW.risk;
  END;
  `,
  `
  -- Events that the analyst marks on the time axis of trends.
  CREATE TABLE trend_mark (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    first_day TEXT NOT NULL,
    last_day TEXT NOT NULL,
    label TEXT NOT NULL
  ) STRICT;
  `,
  `
  -- Advisories of analysts. A row stays until the advisory is over, hidden or not, so that it is not taken twice.
  CREATE TABLE advisory (
    author TEXT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('rule', 'family')),
    name TEXT NOT NULL,
    priority TEXT NOT NULL,
    issued_ms INTEGER NOT NULL,
    until_day TEXT NOT NULL,
    end_ms INTEGER NOT NULL,
    received_ms INTEGER NOT NULL,
    document TEXT,
    own INTEGER NOT NULL,
    hidden_ms INTEGER,
    PRIMARY KEY (author, id)
  ) WITHOUT ROWID, STRICT;
  CREATE TABLE advisory_delivery (
    advisory_id TEXT NOT NULL,
    node TEXT NOT NULL,
    result TEXT NOT NULL,
    time_ms INTEGER NOT NULL,
    PRIMARY KEY (advisory_id, node)
  ) WITHOUT ROWID, STRICT;

  -- Alerts on totals. A row is there before anything is sent, and sent_ms before the bytes leave: at most one a day and rule.
  CREATE TABLE alert (
    rule TEXT NOT NULL,
    day TEXT NOT NULL,
    until_day TEXT NOT NULL,
    measure TEXT NOT NULL,
    condition TEXT NOT NULL,
    bound REAL NOT NULL,
    value REAL NOT NULL,
    before REAL,
    days INTEGER NOT NULL,
    raised_ms INTEGER NOT NULL,
    sent_ms INTEGER,
    PRIMARY KEY (rule, day)
  ) WITHOUT ROWID, STRICT;
  `,
  `
  -- The organization that this node has joined: its state, the chain of heads since then, the change of the list with each version,
  -- and, on supervisors and trustees, the list itself. Requests to join are of other nodes.
  CREATE TABLE roster (id INTEGER PRIMARY KEY CHECK (id = 1), document TEXT NOT NULL) STRICT;
  CREATE TABLE roster_head (version INTEGER PRIMARY KEY, document TEXT NOT NULL) STRICT;
  CREATE TABLE roster_change (version INTEGER PRIMARY KEY, document TEXT NOT NULL) STRICT;
  CREATE TABLE roster_member (node TEXT PRIMARY KEY, document TEXT NOT NULL) WITHOUT ROWID, STRICT;
  CREATE TABLE roster_request (node TEXT PRIMARY KEY, document TEXT NOT NULL, received_ms INTEGER NOT NULL) WITHOUT ROWID, STRICT;
  CREATE TRIGGER roster_head_kept BEFORE UPDATE ON roster_head BEGIN SELECT RAISE(ABORT, 'a head is never changed'); END;
  `,
  `
  -- Passes to the relay, each sealed to its node: the own one, and on a node that keeps the list those of all members.
  CREATE TABLE roster_pass (node TEXT PRIMARY KEY, created_at TEXT NOT NULL, document TEXT NOT NULL) WITHOUT ROWID, STRICT;
  `,
  `
  -- The newest cosignature of each witness under a release log of which this node is the trustee.
  CREATE TABLE release_cosignature (
    log TEXT NOT NULL,
    witness TEXT NOT NULL,
    size INTEGER NOT NULL,
    key TEXT NOT NULL,
    time INTEGER NOT NULL,
    signature TEXT NOT NULL,
    PRIMARY KEY (log, witness)
  ) WITHOUT ROWID, STRICT;
  `,
  `
  -- What the comparison of units reads of each total, instead of all of its cells. Null: withheld, or nobody counted it.
  CREATE TABLE total_risk (
    task TEXT NOT NULL,
    block TEXT NOT NULL,
    day TEXT NOT NULL,
    contributors INTEGER NOT NULL,
    commands INTEGER,
    risky INTEGER,
    PRIMARY KEY (task, block, day)
  ) WITHOUT ROWID, STRICT;
  -- As commandsOf and riskyOf count them (src/domain/trends/figure-day.ts).
  WITH place AS MATERIALIZED (
    SELECT task, name.value AS name, '$[' || name.key || ']' AS path, CASE
        WHEN name.value LIKE 'commands.%count' THEN 1
        WHEN name.value LIKE 'levels.%count' THEN 2
        WHEN name.value LIKE 'families.%count' THEN 3
        WHEN name.value LIKE 'hours.%count' THEN 4
      END AS section
    FROM total_series, json_each(total_series.cells) AS name WHERE section IS NOT NULL
  )
  INSERT INTO total_risk SELECT task, block, day, contributors,
    (SELECT sum(json_extract(cells, path)) FROM place WHERE place.task = total_block.task
      GROUP BY section HAVING count(json_extract(cells, path)) = count(*) ORDER BY section LIMIT 1),
    (SELECT sum(json_extract(cells, path)) FROM place WHERE place.task = total_block.task
      AND name IN ('levels.high.count', 'levels.critical.count') HAVING count(json_extract(cells, path)) = 2)
  FROM total_block;
  CREATE TRIGGER total_risk_no_update BEFORE UPDATE ON total_risk BEGIN SELECT RAISE(ABORT, 'a released total is never changed'); END;
  CREATE TRIGGER total_risk_no_delete BEFORE DELETE ON total_risk BEGIN SELECT RAISE(ABORT, 'a released total is never removed'); END;
  `,
  `
  -- Which modes of approval agents have reported, and when last, at the same cost however many commands there are.
  CREATE INDEX event_approval ON event (author, approval, time_ms) WHERE author <> 'human' AND approval IS NOT NULL;
  `,
];
