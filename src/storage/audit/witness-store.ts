import type { LogFault, LogHead, LogName, WitnessedLog } from '../../domain/audit/tlog.ts';
import { isoTime } from '../../domain/time/iso-time.ts';
import type { Database } from '../database.ts';

/** The head that this node cosigned last of a log. `node` is the same for all keys of a node. */
export interface KnownHead extends LogHead {
  readonly node: string;
  readonly log: LogName;
  /** Node id of the key that signed the head. */
  readonly key: string;
  /** When it was cosigned, in ms since the epoch. */
  readonly timeMs: number;
}

/** Two heads that contradict each other, both signed by the log's own key. */
export interface FaultEvidence {
  readonly kind: LogFault;
  readonly known: KnownHead;
  readonly next: LogHead & { readonly key: string };
  readonly timeMs: number;
}

interface Row extends KnownHead {
  readonly fault: string | null;
}

/** What this node remembers of logs that it cosigns. */
export interface WitnessStore {
  readonly known: (node: string, log: LogName) => KnownHead | undefined;
  /** Kind of the fault that was found in a log, or null. */
  readonly faultOf: (node: string, log: LogName) => LogFault | null;
  /** MUST be stored before the head is cosigned. */
  readonly remember: (head: KnownHead) => void;
  /** The first fault of a log is kept as evidence. */
  readonly accuse: (evidence: FaultEvidence) => void;
  /** Forgets what is known of a node's logs; whether there was anything. */
  readonly forget: (node: string) => boolean;
  readonly list: () => readonly WitnessedLog[];
}

export function createWitnessStore(database: Database): WitnessStore {
  const row = (node: string, log: LogName): Row | undefined =>
    database
      .prepare(
        'SELECT node, log, size, root, signature, key, time_ms AS timeMs, fault FROM witnessed_log WHERE node = ? AND log = ?',
      )
      .get(node, log) as Row | undefined;
  return {
    known: row,
    faultOf: (node, log) => {
      const fault = row(node, log)?.fault;
      return fault ? (JSON.parse(fault) as FaultEvidence).kind : null;
    },
    remember: (head) => {
      database
        .prepare(
          `INSERT INTO witnessed_log VALUES (@node, @log, @size, @root, @signature, @key, @timeMs, NULL)
           ON CONFLICT DO UPDATE SET size = excluded.size, root = excluded.root, signature = excluded.signature,
             key = excluded.key, time_ms = excluded.time_ms`,
        )
        .run(head);
    },
    accuse: (evidence) => {
      const { node, log } = evidence.known;
      database
        .prepare('UPDATE witnessed_log SET fault = ? WHERE node = ? AND log = ? AND fault IS NULL')
        .run(JSON.stringify(evidence), node, log);
    },
    forget: (node) => database.prepare('DELETE FROM witnessed_log WHERE node = ?').run(node).changes > 0,
    list: () =>
      (
        database
          .prepare(
            'SELECT node, log, size, time_ms AS timeMs, fault FROM witnessed_log ORDER BY fault IS NULL, node, log',
          )
          .all() as Row[]
      ).map(({ node, log, size, timeMs, fault }) => ({
        node,
        log,
        size,
        time: isoTime(timeMs),
        fault: fault === null ? null : faultIn(fault),
      })),
  };
}

function faultIn(text: string): WitnessedLog['fault'] {
  const { kind, next, timeMs } = JSON.parse(text) as FaultEvidence;
  return { kind, size: next.size, time: isoTime(timeMs) };
}
