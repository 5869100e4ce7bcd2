/*
 * The tasks of worker threads, one pure task per file, by the names that `Pool.run` takes. A thread
 * loads the code of a task when it runs the first one of its kind: most of what a thread costs is
 * its code.
 */

type Task = (input: never) => unknown;

/** The task that `load` resolves with, under the same types. */
const lazy =
  <T extends Task>(load: () => Promise<T>) =>
  async (input: Parameters<T>[0]): Promise<Awaited<ReturnType<T>>> => {
    const task = (await load()) as (input: Parameters<T>[0]) => Awaited<ReturnType<T>>;
    try {
      return await Promise.resolve(task(input));
    } catch (error) {
      throw withCodeAsCause(error);
    }
  };

/** Between threads an error loses its class, its name and its code, but not its cause. */
function withCodeAsCause(error: unknown): unknown {
  if (!(error instanceof Error && error.name === 'CaroError' && 'code' in error)) return error;
  return new Error(error.message, { cause: { code: error.code } });
}

export const backup = lazy(async () => (await import('./tasks/backup.ts')).backup);
export const certificate = lazy(async () => (await import('./tasks/certificate.ts')).certificate);
export const checkDatabase = lazy(async () => (await import('./tasks/check-database.ts')).checkDatabase);
export const measureDay = lazy(async () => (await import('./tasks/measure-day.ts')).measureDay);
export const openAnswers = lazy(async () => (await import('./tasks/open-answers.ts')).openAnswers);
export const prepareReports = lazy(async () => (await import('./tasks/prepare-reports.ts')).prepareReports);
export const rateCommand = lazy(async () => (await import('./tasks/rate-command.ts')).rateCommand);
export const removeFromCopies = lazy(async () => (await import('./tasks/remove-from-copies.ts')).removeFromCopies);
export const replayRules = lazy(async () => (await import('./tasks/replay-rules.ts')).replayRules);
export const sealSummary = lazy(async () => (await import('./tasks/seal-summary.ts')).sealSummary);
export const shard = lazy(async () => (await import('./tasks/shard.ts')).shard);
export const sumShares = lazy(async () => (await import('./tasks/sum-shares.ts')).sumShares);
export const summarize = lazy(async () => (await import('./tasks/summarize.ts')).summarize);
export const verifyAuditLog = lazy(async () => (await import('./tasks/verify-audit-log.ts')).verifyAuditLog);
export const verifyBatch = lazy(async () => (await import('./tasks/verify-batch.ts')).verifyBatch);
