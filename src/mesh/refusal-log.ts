import type { AuditEntry } from '../domain/audit/audit-record.ts';
import type { Json } from '../domain/encoding/canonical.ts';
import type { ErrorCode } from '../domain/errors.ts';
import { sourceNetwork } from '../domain/ip-address.ts';
import { createTokenBuckets } from '../domain/token-bucket.ts';
import { steadyMs } from '../platform/steady-clock.ts';

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
/** Maximum number of sources counted separately; further ones share one tally for each code. */
const MAX_SOURCES = 512;
/** At most this many records of strangers at once, then one every two intervals: 60 an hour. */
const BUDGET = { burst: 30, refillIntervals: 2 } as const;
/** With more tallies of one code than this, one record has the sum of them. */
const MAX_DETAILED = 4;
const MAX_WAIT = 64;

interface Tally {
  readonly refusal: Refusal;
  readonly isStranger: boolean;
  count: number;
  /** Intervals until it is written, and between the last two records. */
  due: number;
  wait: number;
}

/**
 * Records refusals in the audit log. The first of a source and code is written immediately, further
 * ones as a record with their count, so that nothing is lost and nobody can flood the log
 * (docs/design.md §7).
 *
 * A key costs a stranger nothing, and an IPv6 network has any number of addresses. So strangers are
 * counted by network, all of them share one budget, and the records of a network become rarer.
 *
 * @param isNamed whether the owner has named the key; its refusals have a tally of their own
 */
export function createRefusalLog(
  audit: (entry: AuditEntry) => void,
  everyMs = EVERY_MS,
  isNamed: (refusal: Refusal) => boolean = () => false,
): RefusalLog {
  const tallies = new Map<string, Tally>();
  const budget = createTokenBuckets({ burst: BUDGET.burst, refillMs: BUDGET.refillIntervals * everyMs });
  const mayWrite = ({ isStranger }: Tally): boolean => !isStranger || budget.take('', steadyMs()).isGranted;
  const writeAll = (due: readonly Tally[], mayAlways: boolean): void => {
    for (const group of groups(due)) {
      if (!mayAlways && !group.slice(0, 1).every(mayWrite)) continue;
      const total = group.reduce((sum, { count }) => sum + count, 0);
      audit(recordOf(group[0] as Tally, total, group.length));
      for (const tally of group) Object.assign(tally, { count: 0, wait: Math.min(MAX_WAIT, tally.wait * 2) });
      for (const tally of group) tally.due = tally.isStranger ? tally.wait : 1;
    }
  };
  let timer: NodeJS.Timeout | undefined;
  const tick = (): void => {
    for (const tally of tallies.values()) tally.due -= 1;
    for (const [key, { count, due }] of tallies) if (count === 0 && due <= 0) tallies.delete(key);
    writeAll(
      [...tallies.values()].filter(({ count, due }) => count > 0 && due <= 0),
      false,
    );
    if (tallies.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
  const start = (key: string, refusal: Refusal, isStranger: boolean): void => {
    const tally: Tally = { refusal, isStranger, count: 1, due: 1, wait: 1 };
    tallies.set(key, tally);
    timer ??= setInterval(tick, everyMs).unref();
    if (!mayWrite(tally)) return;
    audit(recordOf(tally, 1, 1));
    tally.count = 0;
  };
  return {
    refuse: (refusal) => {
      const { code, address, peer, direction } = refusal;
      const isStranger = direction === 'inbound' && !isNamed(refusal);
      const source = isStranger ? sourceNetwork(address ?? '') : (peer ?? address ?? '');
      const own = `${source} ${code} ${direction}`;
      const isOwn = tallies.has(own) || tallies.size < MAX_SOURCES;
      const key = isOwn ? own : `* ${code} ${direction}`;
      const tally = tallies.get(key);
      if (tally) tally.count += 1;
      else start(key, isOwn ? refusal : { code, address: null, direction }, isStranger);
    },
    close: () => {
      clearInterval(timer);
      writeAll(
        [...tallies.values()].filter(({ count }) => count > 0),
        true,
      );
      tallies.clear();
    },
  };
}

function recordOf({ refusal, isStranger }: Tally, count: number, networks: number): AuditEntry {
  const { code, peer, direction, details } = refusal;
  const address = networks > 1 ? null : refusal.address;
  const network = isStranger && address !== null && count > 1 ? { network: sourceNetwork(address) } : {};
  return {
    type: 'peer.refused',
    ...(peer === undefined || networks > 1 ? {} : { peer }),
    details: { code, address, direction, count, ...network, ...(networks > 1 ? { networks } : {}), ...details },
  };
}

/** Each tally of a node by itself; those of strangers together where one code has too many. */
function groups(tallies: readonly Tally[]): readonly (readonly Tally[])[] {
  const byCode = new Map<string, Tally[]>();
  for (const tally of tallies) {
    const { code, direction } = tally.refusal;
    const key = tally.isStranger ? `${code} ${direction}` : '';
    byCode.set(key, [...(byCode.get(key) ?? []), tally]);
  }
  return [...byCode].flatMap(([key, group]) =>
    key === '' || group.length <= MAX_DETAILED ? group.map((tally) => [tally]) : [group],
  );
}
