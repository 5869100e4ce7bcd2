import { isHeadCosigned, proofFrom } from '../../audit/witness.ts';
import type { AuditEntry } from '../../domain/audit/audit-record.ts';
import type { CheckpointBody, CosignatureBody, Witness, WitnessStatus } from '../../domain/audit/tlog.ts';
import { CaroError } from '../../domain/errors.ts';
import { isoTime } from '../../domain/time/iso-time.ts';
import type { StoredHead, TlogStore } from '../../storage/tlog-store.ts';

export interface SubmitterPorts {
  readonly own: Pick<TlogStore, 'tile' | 'head' | 'cosignatures' | 'addCosignature'>;
  /** Signs the head of the log as it is now. */
  readonly seal: () => Promise<unknown>;
  readonly submit: (
    peer: string,
    checkpoint: CheckpointBody,
  ) => Promise<{ readonly peer: string; readonly body: CosignatureBody }>;
  readonly audit: (entry: AuditEntry) => Promise<unknown>;
  readonly onFailure: (error: unknown) => void;
}

type Outcome = NonNullable<Witness['last']>;

/** Asks witnesses to cosign the head of this node's audit log. */
export function createSubmitter(ports: SubmitterPorts) {
  const { own } = ports;
  const outcomes = new Map<string, Outcome>();
  /** Ends when the witness has been asked. */
  const turns = new Map<string, Promise<void>>();
  /** Witness of the configuration → the key that it signed with last. */
  const signers = new Map<string, string>();
  const cosignedBy = (id: string) => own.cosignatures().find(({ witness }) => witness === (signers.get(id) ?? id));
  const hasCosigned = (id: string, { size, key }: StoredHead): boolean => {
    const last = cosignedBy(id);
    return last?.size === size && last.key === key;
  };

  const askOne = async (id: string, head: StoredHead): Promise<Outcome> => {
    let answer = await ports.submit(id, checkpointOf(own, head, cosignedBy(id)?.size ?? 0));
    // The witness knows better what it has cosigned, e.g. under the key that it had before.
    if (answer.body.result === 'conflict' && answer.body.size <= head.size)
      answer = await ports.submit(id, checkpointOf(own, head, answer.body.size));
    const { body, peer: witness } = answer;
    signers.set(id, witness);
    if (body.result === 'unwilling') return 'unwilling';
    if (body.result === 'conflict' || body.result === 'inconsistent')
      return body.size > head.size ? 'truncated' : body.result;
    return takeCosignature(own, head, witness, body);
  };

  const askNow = async (id: string, again: boolean): Promise<void> => {
    const head = own.head();
    if (!head || (!again && hasCosigned(id, head))) return;
    const before = outcomes.get(id);
    try {
      const outcome = await askOne(id, head);
      outcomes.set(id, outcome);
      if (outcome !== before && (outcome === 'truncated' || outcome === 'inconsistent' || outcome === 'conflict'))
        await ports.audit({
          type: 'log.disputed',
          peer: id,
          details: { log: 'audit', result: outcome, size: head.size },
        });
    } catch (error) {
      if (!(error instanceof CaroError)) throw error;
      outcomes.set(id, 'unreachable');
    }
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
    status: (ids: readonly string[]): Pick<WitnessStatus, 'size' | 'witnesses'> => ({
      size: own.head()?.size ?? null,
      witnesses: ids.map((node) => {
        const { size = null, time } = cosignedBy(node) ?? {};
        const last = outcomes.get(node) ?? null;
        return { node, log: 'audit', size, time: time === undefined ? null : isoTime(time * 1_000), last };
      }),
    }),
  };
}

/** A head with the proof that it continues the first `old` records. */
function checkpointOf(own: SubmitterPorts['own'], { size, root, signature }: StoredHead, old: number): CheckpointBody {
  const from = old <= size ? old : 0;
  return { log: 'audit', size, root, signature, old: from, proof: proofFrom(own, from, size) };
}

function takeCosignature(
  own: SubmitterPorts['own'],
  head: StoredHead,
  witness: string,
  { cosignature }: CosignatureBody,
): Outcome {
  // A wrong one is nothing that could be kept, and says nothing about this log.
  if (!cosignature || !isHeadCosigned({ ...head, log: 'audit' }, cosignature, witness)) return 'unwilling';
  own.addCosignature({ ...cosignature, size: head.size, key: head.key, witness });
  return 'cosigned';
}
