import { verifyChain } from '../../audit/chain.ts';
import { logProof } from '../../audit/log-proof.ts';
import { checkTree, withTree } from '../../audit/tree-check.ts';
import type { AuditVerification } from '../../domain/audit/audit-record.ts';
import { createAuditStore } from '../../storage/audit/audit-store.ts';
import { createTlogStore } from '../../storage/audit/tlog-store.ts';
import { openReadOnly } from '../../storage/database.ts';

export interface VerifyAuditLogInput {
  readonly databaseFile: string;
  /** 32 bytes, the current key of the node. */
  readonly publicKey: Uint8Array;
}

/** Recomputes the whole audit chain and checks its links and signed checkpoints (FR-904). */
export function verifyAuditLog({ databaseFile, publicKey }: VerifyAuditLogInput): AuditVerification {
  const database = openReadOnly(databaseFile);
  try {
    const store = createAuditStore(database);
    // One transaction: retention may remove a prefix in the meantime and add its checkpoint.
    return database.transaction(() => {
      const check = checkTree(createTlogStore(database));
      const chain = verifyChain(check.compared(store.all()), store.checkpoints(), logProof(publicKey));
      return chain.ok ? withTree(chain, check.result().fault) : chain;
    })();
  } finally {
    database.close();
  }
}
