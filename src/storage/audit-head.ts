import { closeSync, constants, openSync, readFileSync } from 'node:fs';
import type { AuditCheckpoint } from '../domain/audit/audit-record.ts';

/**
 * The newest checkpoint that was kept outside the database; null if there is none that can be read.
 */
export function readAuditHead(file: string): Pick<AuditCheckpoint, 'seq' | 'hash'> | null {
  try {
    const descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const { seq, hash } = JSON.parse(readFileSync(descriptor, 'utf8')) as Partial<AuditCheckpoint>;
      return Number.isSafeInteger(seq) && typeof hash === 'string' ? { seq: seq as number, hash } : null;
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return null;
  }
}
