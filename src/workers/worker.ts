/**
 * What a worker thread can do: one pure task a file (house style 7). The names are what `Pool.run`
 * takes.
 */
export { backup } from './tasks/backup.ts';
export { certificate } from './tasks/certificate.ts';
export { checkDatabase } from './tasks/check-database.ts';
export { sealSummary } from './tasks/seal-summary.ts';
export { summarize } from './tasks/summarize.ts';
export { verifyAuditLog } from './tasks/verify-audit-log.ts';
export { verifyBatch } from './tasks/verify-batch.ts';
