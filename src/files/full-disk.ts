import { constants } from 'node:os';

const CODES: ReadonlySet<unknown> = new Set(['ENOSPC', 'EROFS', 'EIO']);

/** True for errors of the system that more room or a writable disk would mend: full, over a quota, read-only, or failing to write. */
export function isFullDisk(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { code, errno } = error as { readonly code?: unknown; readonly errno?: unknown };
  // Node.js has no name for a quota that is used up.
  return CODES.has(code) || errno === -constants.errno.EDQUOT;
}
