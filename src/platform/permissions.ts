import { CaroError } from '../domain/errors.ts';

/** Type bits of `st_mode` (POSIX `sys/stat.h`). */
const TYPE_MASK = 0o170000;
const KINDS: ReadonlyMap<number, FileKind> = new Map([
  [0o100000, 'file'],
  [0o040000, 'directory'],
  [0o140000, 'socket'],
  [0o120000, 'symbolic link'],
]);
const OTHERS = 0o077;

export type FileKind = 'file' | 'directory' | 'socket' | 'symbolic link' | 'special file';

/** What `lstat` or `fstat` says; `fs.Stats` fits. */
export interface FileFacts {
  readonly mode: number;
  readonly uid: number;
}

/** What a place of ours must be: `mode` is what we make it with, e.g. 0o600. */
export interface PrivateFile {
  readonly kind: 'file' | 'directory' | 'socket';
  readonly mode: number;
  /** Numeric id of the user we run as. */
  readonly uid: number;
}

export function fileKind(mode: number): FileKind {
  return KINDS.get(mode & TYPE_MASK) ?? 'special file';
}

/**
 * Refuses a file of ours that others can read or change, that belongs to somebody else, or that is
 * something else (design.md §3). `path` MUST be one of our own places, never a path out of a
 * command: it stands in the error text.
 *
 * @throws CaroError `permissions_unsafe`, with the line that mends it.
 */
export function assertPrivate(path: string, found: FileFacts, expected: PrivateFile): void {
  const kind = fileKind(found.mode);
  const wanted = octal(expected.mode);
  if (kind !== expected.kind) {
    throw unsafe(
      path,
      `expected a ${expected.kind}, got a ${kind}`,
      `move it away: mv ${quoted(path)} ${quoted(`${path}.old`)}`,
    );
  }
  if (found.uid !== expected.uid) {
    throw unsafe(
      path,
      `expected owner ${expected.uid}, got ${found.uid}`,
      `sudo chown ${expected.uid} ${quoted(path)}`,
    );
  }
  if ((found.mode & OTHERS) !== 0) {
    throw unsafe(
      path,
      `expected mode ${wanted}, got ${octal(found.mode & 0o777)}: other users could get at it`,
      `chmod ${wanted} ${quoted(path)}`,
    );
  }
}

const octal = (mode: number): string => `0${mode.toString(8).padStart(3, '0')}`;
const quoted = (path: string): string => `'${path.replaceAll("'", "'\\''")}'`;

function unsafe(path: string, difference: string, mend: string): CaroError {
  return new CaroError('permissions_unsafe', `${path}: ${difference}; to mend it: ${mend}`);
}
