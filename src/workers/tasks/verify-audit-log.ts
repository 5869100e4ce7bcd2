import { verifyChain } from '../../audit/chain.ts';
import { logProof } from '../../audit/log-proof.ts';
import type { AuditVerification } from '../../domain/audit/audit-record.ts';
import { createAuditStore } from '../../storage/audit-store.ts';
import { openReadOnly } from '../../storage/database.ts';

export interface VerifyAuditLogInput {
  readonly databaseFile: string;
  /** 32 bytes, the present key of the node. */
  readonly publicKey: Uint8Array;
}

/**
 * Hashes the whole audit chain again and checks it against its links and signed checkpoints
 * (FR-904).
 */
export function verifyAuditLog({ databaseFile, publicKey }: VerifyAuditLogInput): AuditVerification {
  const database = openReadOnly(databaseFile);
  try {
    const store = createAuditStore(database);
    // As of one moment: retention may remove a prefix meanwhile, and add the checkpoint that
    // accounts for it.
    return database.transaction(() => verifyChain(store.all(), store.checkpoints(), logProof(publicKey)))();
  } finally {
    database.close();
  }
}
