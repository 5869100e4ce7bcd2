import type { AuditEntry } from '../domain/audit/audit-record.ts';
import type { Json } from '../domain/encoding/canonical.ts';
import type { ErrorCode } from '../domain/errors.ts';

export interface Refusal {
  readonly code: ErrorCode;
  /** IP address of the other side; null if unknown. */
  readonly address: string | null;
  /** Node id, if TLS has proven the key. */
  readonly peer?: string;
  readonly direction: 'inbound' | 'outbound';
  /** Values from closed lists, numbers, ids and fingerprints only. */
  readonly details?: Readonly<Record<string, Json>>;
}

export interface RefusalLog {
  readonly refuse: (refusal: Refusal) => void;
  /** Writes the refusals that are counted but not written yet. */
  readonly close: () => void;
}

const EVERY_MS = 60_000;
/** Maximum number of sources counted separately; further ones share one entry for each code. */
const MAX_SOURCES = 512;

interface Tally {
  readonly refusal: Refusal;
  count: number;
  readonly timer: NodeJS.Timeout;
}

/**
 * Records refusals in the audit log. The first of a source and code is written immediately, further
 * ones as one record a minute with their count, so that strangers cannot flood the log
 * (docs/design.md §7).
 */
export function createRefusalLog(audit: (entry: AuditEntry) => void, everyMs = EVERY_MS): RefusalLog {
  const tallies = new Map<string, Tally>();
  const write = ({ code, address, peer, direction, details }: Refusal, count: number): void => {
    audit({
      type: 'peer.refused',
      ...(peer === undefined ? {} : { peer }),
      details: { code, address, direction, count, ...details },
    });
  };
  const tick = (key: string, tally: Tally): void => {
    if (tally.count === 0) {
      clearInterval(tally.timer);
      tallies.delete(key);
      return;
    }
    write(tally.refusal, tally.count);
    tally.count = 0;
  };
  const start = (key: string, refusal: Refusal): void => {
    write(refusal, 1);
    const timer = setInterval(() => {
      const tally = tallies.get(key);
      if (tally) tick(key, tally);
    }, everyMs);
    timer.unref();
    tallies.set(key, { refusal, count: 0, timer });
  };
  return {
    refuse: (refusal) => {
      const own = `${refusal.peer ?? refusal.address ?? ''} ${refusal.code} ${refusal.direction}`;
      const isOwn = tallies.has(own) || tallies.size < MAX_SOURCES;
      const key = isOwn ? own : `* ${refusal.code} ${refusal.direction}`;
      const tally = tallies.get(key);
      if (tally) tally.count += 1;
      else start(key, isOwn ? refusal : { code: refusal.code, address: null, direction: refusal.direction });
    },
    close: () => {
      for (const { refusal, count, timer } of tallies.values()) {
        clearInterval(timer);
        if (count > 0) write(refusal, count);
      }
      tallies.clear();
    },
  };
}
