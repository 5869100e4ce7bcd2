import { verifyChain } from '../../audit/chain.ts';
import type { AuditVerification } from '../../domain/audit-record.ts';
import { verify } from '../../identity/signature.ts';
import { createAuditStore } from '../../storage/audit-store.ts';
import { openReadOnly } from '../../storage/database.ts';

export interface HashInput {
  readonly databaseFile: string;
  /** 32 bytes, the key that checkpoints are signed with. */
  readonly publicKey: Uint8Array;
}

/** Hashes the whole audit chain again and checks it against its links and signed checkpoints (FR-904). */
export function hash({ databaseFile, publicKey }: HashInput): AuditVerification {
  const database = openReadOnly(databaseFile);
  try {
    const store = createAuditStore(database);
    return verifyChain(store.all(), store.checkpoints(), (bytes, signature) => verify(publicKey, bytes, signature));
  } finally {
    database.close();
  }
}
