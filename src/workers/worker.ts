/** The tasks of worker threads, one pure task per file, by the names that `Pool.run` takes. */
export { backup } from './tasks/backup.ts';
export { certificate } from './tasks/certificate.ts';
export { checkDatabase } from './tasks/check-database.ts';
export { measureDay } from './tasks/measure-day.ts';
export { prepareReports } from './tasks/prepare-reports.ts';
export { rateCommand } from './tasks/rate-command.ts';
export { removeFromCopies } from './tasks/remove-from-copies.ts';
export { replayRules } from './tasks/replay-rules.ts';
export { sealSummary } from './tasks/seal-summary.ts';
export { shard } from './tasks/shard.ts';
export { sumShares } from './tasks/sum-shares.ts';
export { summarize } from './tasks/summarize.ts';
export { verifyAuditLog } from './tasks/verify-audit-log.ts';
export { verifyBatch } from './tasks/verify-batch.ts';
