import { readFileSync } from 'node:fs';
import type { AuditCheckpoint } from '../../domain/audit/audit-record.ts';
import { withOpenFile } from '../../platform/files/private-file.ts';

/** The newest checkpoint kept outside the database; null if there is none that can be read. */
export function readAuditHead(file: string): Pick<AuditCheckpoint, 'seq' | 'hash'> | null {
  try {
    const text = withOpenFile(file, (descriptor) => readFileSync(descriptor, 'utf8'));
    const { seq, hash } = JSON.parse(text) as Partial<AuditCheckpoint>;
    return Number.isSafeInteger(seq) && typeof hash === 'string' ? { seq: seq as number, hash } : null;
  } catch {
    return null;
  }
}
