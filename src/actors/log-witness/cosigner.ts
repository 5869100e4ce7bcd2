import { cosignHead, isHeadSigned, judgeHead } from '../../audit/witness.ts';
import type { AuditEntry } from '../../domain/audit/audit-record.ts';
import type { CheckpointBody, CosignatureBody, CosignResult, LogFault } from '../../domain/audit/tlog.ts';
import type { Configuration } from '../../domain/configuration.ts';
import { isNamed } from '../../policy/named-keys.ts';
import type { KnownHead, WitnessStore } from '../../storage/audit/witness-store.ts';

export interface CosignerPorts {
  readonly witnessed: WitnessStore;
  readonly sign: (bytes: Uint8Array) => Uint8Array;
  readonly audit: (entry: AuditEntry) => Promise<unknown>;
  readonly now: () => number;
}

interface Given {
  /** Node id of the connection. */
  readonly peer: string;
  /** The same id for all keys of that node. */
  readonly node: string;
  readonly checkpoint: CheckpointBody;
}

/**
 * Cosigns heads of other nodes' logs. A log that has lost records or has a second history is not
 * cosigned again until the owner forgets it.
 */
export function createCosigner({ witnessed, sign, audit, now }: CosignerPorts) {
  const answer = (
    { checkpoint: { log } }: Given,
    result: CosignResult,
    cosignature: CosignatureBody['cosignature'] = null,
    size = 0,
  ): CosignatureBody => ({ log, result, size, cosignature });

  const accept = (given: Given): CosignatureBody => {
    const { peer: key, node, checkpoint } = given;
    const { log, size, root, signature } = checkpoint;
    const timeMs = now();
    // Before the signature: a crash in between costs a cosignature, and never a lie.
    witnessed.remember({ node, log, size, root, signature, key, timeMs });
    return answer(given, 'cosigned', cosignHead({ key, log, size, root, signature }, timeMs, { sign }), size);
  };

  const accuse = async (given: Given, known: KnownHead, kind: LogFault): Promise<CosignatureBody> => {
    const { peer: key, checkpoint } = given;
    const { log, size, root, signature } = checkpoint;
    witnessed.accuse({ kind, known, next: { size, root, signature, key }, timeMs: now() });
    const details = { log, size, known: known.size };
    await audit({ type: kind === 'truncated' ? 'log.truncated' : 'log.forked', peer: key, details });
    return answer(given, 'inconsistent', null, known.size);
  };

  return {
    list: witnessed.list,
    forget: witnessed.forget,
    take: async (settings: Pick<Configuration, 'audit' | 'mesh' | 'trust'>, given: Given): Promise<CosignatureBody> => {
      const { peer, node, checkpoint } = given;
      const { log, size, root, signature } = checkpoint;
      // A subnet may hold any number of keys, so only nodes that the owner has named take up room.
      const isWilling = settings.audit.witness && (isNamed(settings, peer) || isNamed(settings, node));
      if (!isWilling || !isHeadSigned({ key: peer, log, size, root, signature })) return answer(given, 'unwilling');
      const known = witnessed.known(node, log);
      if (known && witnessed.faultOf(node, log) !== null) return answer(given, 'inconsistent', null, known.size);
      const { verdict } = judgeHead(known, checkpoint);
      if (verdict === 'consistent') return accept(given);
      if (verdict === 'conflict' || !known) return answer(given, 'conflict', null, known?.size ?? 0);
      return accuse(given, known, verdict);
    },
  };
}
