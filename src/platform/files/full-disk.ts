import { constants } from 'node:os';

const CODES: ReadonlySet<unknown> = new Set(['ENOSPC', 'EROFS', 'EIO']);

/** True for system errors of a disk that is full, over a quota, read-only or failing to write. */
export function isFullDisk(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  return CODES.has((error as { readonly code?: unknown }).code) || isOverQuota(error);
}

/** By its number, because Node.js has no name for it. */
export const isOverQuota = (error: unknown): boolean =>
  (error as NodeJS.ErrnoException).errno === -constants.errno.EDQUOT;
