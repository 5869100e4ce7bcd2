import { checkpointBytes, linkRecord } from '../audit/chain.ts';
import type { OwnLog } from '../audit/own-log.ts';
import type { Actor } from '../bus/actor.ts';
import { yieldToEventLoop } from '../bus/event-loop.ts';
import type { AuditCheckpoint, AuditEntry, AuditRecord, AuditVerification } from '../domain/audit/audit-record.ts';
import { isoTime } from '../domain/time/iso-time.ts';
import { DAY_MS } from '../domain/time/period.ts';
import type { AuditStore } from '../storage/audit/audit-store.ts';

export interface AuditPorts {
  readonly store: Pick<AuditStore, 'append' | 'head' | 'count' | 'list' | 'lastBefore' | 'addCheckpoint' | 'prune'>;
  readonly sign: (bytes: Uint8Array) => Uint8Array;
  /** The Merkle tree over the log. */
  readonly tree: OwnLog;
  /** Verifies a snapshot of the log in a worker, while records are still appended. */
  readonly verify: () => Promise<AuditVerification>;
  /** Stores the newest checkpoint outside the database, so that the head survives its loss. */
  readonly keepHead: (checkpoint: AuditCheckpoint) => void;
  readonly now: () => number;
}

interface AuditSettings {
  readonly retention: { readonly audit_days: number };
}

/** Time synchronization sets a clock back by at most this. */
const STILL_MS = 1_000;

type Kinds =
  | 'audit.append'
  | 'audit.list'
  | 'audit.verify'
  | 'audit.status'
  | 'audit.seal'
  | 'clock.quarter'
  | 'config.commit';

/**
 * Maintains the tamper-evident log (FR-901–904). A record is on disk before its sender goes on. A
 * checkpoint is signed every quarter of an hour in which records were appended, and at the stop.
 * Retention removes whole prefixes behind a checkpoint.
 */
export function createAuditor(ports: AuditPorts, { retention }: AuditSettings): Actor<Kinds> {
  const log = createLog(ports);
  let verified = false;
  let days = retention.audit_days;
  const verify = shared(async () => {
    log.seal();
    const verification = await ports.verify();
    verified = verification.ok;
    return verification;
  });
  return {
    name: 'auditor',
    // A long log takes minutes to verify, and appends must not wait for that.
    concurrent: ['audit.verify'],
    stop: log.seal,
    handlers: {
      'audit.append': log.append,
      'audit.list': (filter) => ports.store.list(filter),
      'audit.verify': verify,
      'audit.status': () => ({ records: ports.store.count(), verified }),
      'audit.seal': () => {
        log.seal();
        // Also where no record is new: the tree may be behind, or the key may have changed.
        ports.tree.seal();
        return null;
      },
      'clock.quarter': async ({ retentionMs }) => {
        await catchUp(ports.tree);
        log.prune(retentionMs - days * DAY_MS);
        log.seal();
      },
      'config.commit': (next) => {
        days = next.retention.audit_days;
        return null;
      },
    },
  };
}

/** The chain: appends, signed checkpoints, and the removal of old records. */
function createLog(ports: AuditPorts) {
  let head = ports.store.head();
  let sealed = head?.seq ?? 0;
  const link = (entry: AuditEntry, time: string): AuditRecord => {
    const record = linkRecord(head, entry, time);
    ports.store.append(record);
    head = record;
    return record;
  };
  /** Times never run backwards, except after a `clock.changed` record. */
  const append = (entry: AuditEntry): AuditRecord => {
    const time = timeAfter(head, ports.now());
    if (head && time < head.time) link({ type: 'clock.changed', details: { from: head.time } }, time);
    return link(entry, time);
  };
  const checkpoint = (at: AuditRecord, prunedThrough: number): void => {
    const open = { seq: at.seq, hash: at.hash, time: isoTime(ports.now()), prunedThrough };
    const sealedHead = { ...open, signature: Buffer.from(ports.sign(checkpointBytes(open))).toString('base64') };
    // The file first: a sealed log without it counts as cut off.
    if (prunedThrough === 0) ports.keepHead(sealedHead);
    ports.store.addCheckpoint(sealedHead);
  };
  return {
    append,
    seal: (): void => {
      if (!head || head.seq <= sealed) return;
      checkpoint(head, 0);
      sealed = head.seq;
      ports.tree.seal();
    },
    prune: (beforeMs: number): void => {
      const last = ports.store.lastBefore(isoTime(beforeMs));
      // A record that is not in the tree yet is removed later.
      if (!last || last.seq === head?.seq || last.seq > ports.tree.reaches()) return;
      checkpoint(last, last.seq);
      ports.store.prune(last.seq);
      append({ type: 'retention.applied', details: { auditThrough: last.seq } });
    },
  };
}

/** A log that is older than its tree: adds up to 100,000 records at a time. */
async function catchUp({ seal }: OwnLog): Promise<void> {
  for (let slice = 0; slice < 100 && seal(); slice += 1) await yieldToEventLoop();
}

/** Calls made while the work runs share its result. */
function shared<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () => {
    running ??= work().finally(() => {
      running = undefined;
    });
    return running;
  };
}

/**
 * Time of the record after `head`. If the clock went back by less than a second, that of `head`.
 */
function timeAfter(head: AuditRecord | undefined, nowMs: number): string {
  const lastMs = head === undefined ? 0 : Date.parse(head.time);
  return isoTime(nowMs + STILL_MS > lastMs ? Math.max(nowMs, lastMs) : nowMs);
}
