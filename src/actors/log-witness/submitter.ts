import { isHeadCosigned, proofFrom } from '../../audit/witness.ts';
import type { AuditEntry } from '../../domain/audit/audit-record.ts';
import type {
  CheckpointBody,
  Cosignature,
  CosignatureBody,
  ReleaseLogName,
  Witness,
  WitnessStatus,
} from '../../domain/audit/tlog.ts';
import { CaroError } from '../../domain/errors.ts';
import { isoTime } from '../../domain/time/iso-time.ts';
import type { StoredHead, TlogStore } from '../../storage/audit/tlog-store.ts';
import type { ReleaseCosignatureStore } from '../../storage/blind/release-cosignature-store.ts';

/** A log of releases of which this node is the trustee, with its signed head as it is now. */
export interface OwnReleases {
  readonly log: ReleaseLogName;
  readonly head: StoredHead;
  /** Base64: proof that the log continues its first `old` entries. */
  readonly proof: (old: number) => readonly string[];
}

export interface SubmitterPorts {
  readonly own: Pick<TlogStore, 'tile' | 'head' | 'cosignatures' | 'addCosignature'>;
  readonly releases: () => readonly OwnReleases[];
  readonly releaseCosignatures: ReleaseCosignatureStore;
  /** Signs the head of the audit log as it is now. */
  readonly seal: () => Promise<unknown>;
  readonly submit: (
    peer: string,
    checkpoint: CheckpointBody,
  ) => Promise<{ readonly peer: string; readonly body: CosignatureBody }>;
  readonly audit: (entry: AuditEntry) => Promise<unknown>;
  readonly onFailure: (error: unknown) => void;
}

type Outcome = NonNullable<Witness['last']>;

/** One of this node's logs, as it is submitted. */
interface OwnLog extends Omit<OwnReleases, 'log'> {
  readonly log: CheckpointBody['log'];
  /** The newest cosignature of a witness, by the key that it signs with. */
  readonly cosignedBy: (witness: string) => (Cosignature & { readonly size: number; readonly key: string }) | undefined;
  readonly keep: (witness: string, cosignature: Cosignature) => void;
}

/** Asks witnesses to cosign the heads of this node's logs. */
export function createSubmitter(ports: SubmitterPorts) {
  const { own } = ports;
  const outcomes = new Map<string, Outcome>();
  /** Ends when the witness has been asked. */
  const turns = new Map<string, Promise<void>>();
  /** Witness of the configuration → the key that it signed with last. */
  const signers = new Map<string, string>();
  const signerOf = (id: string): string => signers.get(id) ?? id;
  const logs = (): readonly OwnLog[] => logsOf(ports);

  const askOne = async (id: string, log: OwnLog): Promise<Outcome> => {
    const { head } = log;
    let answer = await ports.submit(id, checkpointOf(log, log.cosignedBy(signerOf(id))?.size ?? 0));
    // The witness knows better what it has cosigned, e.g. under the key that it had before.
    if (answer.body.result === 'conflict' && answer.body.size <= head.size)
      answer = await ports.submit(id, checkpointOf(log, answer.body.size));
    const { body, peer: witness } = answer;
    signers.set(id, witness);
    if (body.result === 'unwilling') return 'unwilling';
    if (body.result === 'conflict' || body.result === 'inconsistent')
      return body.size > head.size ? 'truncated' : body.result;
    return takeCosignature(log, witness, body);
  };

  const askAbout = async (id: string, log: OwnLog, again: boolean): Promise<void> => {
    const last = log.cosignedBy(signerOf(id));
    if (!again && last?.size === log.head.size && last.key === log.head.key) return;
    const name = outcomeKey(id, log.log);
    const before = outcomes.get(name);
    try {
      const outcome = await askOne(id, log);
      outcomes.set(name, outcome);
      if (outcome !== before && isDispute(outcome)) await ports.audit(disputeOf(id, log, outcome));
    } catch (error) {
      if (!(error instanceof CaroError)) throw error;
      outcomes.set(name, 'unreachable');
    }
  };

  const askNow = async (id: string, again: boolean): Promise<void> => {
    for (const log of logs()) await askAbout(id, log, again);
  };

  /** One head after the other: a smaller one that comes later would count as truncated. */
  const ask = (id: string, again: boolean): Promise<void> => {
    const turn = (turns.get(id) ?? Promise.resolve()).catch(() => undefined).then(() => askNow(id, again));
    turns.set(id, turn);
    return turn;
  };

  return {
    /** @param again also those that have cosigned this head already */
    ask: async (ids: readonly string[], again: boolean): Promise<void> => {
      if (ids.length === 0) return;
      await ports.seal();
      await Promise.all(ids.map((id) => ask(id, again)));
    },
    status: (ids: readonly string[]): Pick<WitnessStatus, 'size' | 'witnesses'> => {
      const known = logs();
      const witnesses = ids.flatMap((node) =>
        rowsOf(node, signerOf(node), known, (log) => outcomes.get(outcomeKey(node, log)) ?? null),
      );
      return { size: own.head()?.size ?? null, witnesses };
    },
  };
}

function rowsOf(
  node: string,
  signer: string,
  known: readonly OwnLog[],
  lastOf: (log: CheckpointBody['log']) => Outcome | null,
): readonly Witness[] {
  // Also before the audit log is signed for the first time.
  const names = [...new Set(['audit' as const, ...known.map(({ log }) => log)])];
  return names.map((log) => {
    const { size = null, time } = known.find((one) => one.log === log)?.cosignedBy(signer) ?? {};
    return { node, log, size, time: time === undefined ? null : isoTime(time * 1_000), last: lastOf(log) };
  });
}

const disputeOf = (peer: string, { log, head }: OwnLog, result: Outcome): AuditEntry => ({
  type: 'log.disputed',
  peer,
  details: { log, result, size: head.size },
});

function isDispute(outcome: Outcome): boolean {
  return outcome === 'truncated' || outcome === 'inconsistent' || outcome === 'conflict';
}

function logsOf({ own, releases, releaseCosignatures }: SubmitterPorts): readonly OwnLog[] {
  const head = own.head();
  const logs = releases().map((log) => ofReleases(log, releaseCosignatures));
  return head ? [ofAudit(own, head), ...logs] : logs;
}

const outcomeKey = (id: string, log: string): string => `${id} ${log}`;

const ofAudit = (own: SubmitterPorts['own'], head: StoredHead): OwnLog => ({
  log: 'audit',
  head,
  proof: (old) => proofFrom(own, old, head.size),
  cosignedBy: (id) => own.cosignatures().find(({ witness }) => witness === id),
  keep: (witness, cosignature) => own.addCosignature({ ...cosignature, size: head.size, key: head.key, witness }),
});

const ofReleases = ({ log, head, proof }: OwnReleases, cosignatures: ReleaseCosignatureStore): OwnLog => ({
  log,
  head,
  proof,
  cosignedBy: (id) => cosignatures.find(log, id),
  keep: (witness, cosignature) => cosignatures.keep(log, { ...cosignature, size: head.size, key: head.key, witness }),
});

/** A head with the proof that it continues the first `old` leaves. */
function checkpointOf({ log, head: { size, root, signature }, proof }: OwnLog, old: number): CheckpointBody {
  const from = old <= size ? old : 0;
  return { log, size, root, signature, old: from, proof: proof(from) };
}

function takeCosignature({ log, head, keep }: OwnLog, witness: string, { cosignature }: CosignatureBody): Outcome {
  // A wrong one is nothing that could be kept, and says nothing about this log.
  if (!cosignature || !isHeadCosigned({ ...head, log }, cosignature, witness)) return 'unwilling';
  keep(witness, cosignature);
  return 'cosigned';
}
