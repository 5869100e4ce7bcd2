import type { DigestFigures } from '../../domain/status/weekly-digest.ts';
import { isoTime } from '../../domain/time/iso-time.ts';
import type { Database } from '../database.ts';

/** Peers that are named; the others count in none of the figures of a small mesh. */
const MOST = 1_000;
const KEY_CHANGES = "'key.succeeded', 'key.revoked'";

/** From the audit log and the egress ledger; the end is not part of it. */
export function readDigest(database: Database, sinceMs: number, untilMs: number): DigestFigures {
  const span = [isoTime(sinceMs), isoTime(untilMs)] as const;
  const records = (types: string): number =>
    Number(
      database
        .prepare(`SELECT count(*) FROM audit WHERE time >= ? AND time < ? AND type IN (${types})`)
        .pluck()
        .get(...span),
    );
  // The first record of each is what the node began with.
  const changes = (type: string): number =>
    Number(
      database
        .prepare(
          `SELECT count(*) FROM audit WHERE time >= ? AND time < ? AND type = ?
             AND seq > (SELECT min(seq) FROM audit WHERE type = ?)`,
        )
        .pluck()
        .get(...span, type, type),
    );
  return {
    since: span[0],
    until: span[1],
    asked: database
      .prepare(
        `SELECT peer AS id, count(*) AS count FROM audit
         WHERE time >= ? AND time < ? AND type = 'query.received' AND peer IS NOT NULL
         GROUP BY peer ORDER BY count DESC, peer LIMIT ${MOST}`,
      )
      .all(...span) as DigestFigures['asked'],
    left: database
      .prepare(
        `SELECT recipient AS id, count(*) AS count, sum(length(CAST(bytes AS BLOB))) AS bytes FROM egress
         WHERE time >= ? AND time < ? GROUP BY recipient ORDER BY count DESC, recipient LIMIT ${MOST}`,
      )
      .all(...span) as DigestFigures['left'],
    trust: changes('trust.changed'),
    sharing: changes('sharing.changed'),
    paired: records("'peer.paired'"),
    keys: records(KEY_CHANGES),
  };
}
