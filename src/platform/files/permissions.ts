import { CaroError } from '../../domain/errors.ts';

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

/** The part of `fs.Stats` that is checked. */
export interface FileFacts {
  readonly mode: number;
  readonly uid: number;
}

/** What one of our own files or directories must be. */
export interface PrivateFile {
  readonly kind: 'file' | 'directory' | 'socket';
  /** The mode that we make it with, e.g. 0o600. */
  readonly mode: number;
}

export function fileKind(mode: number): FileKind {
  return KINDS.get(mode & TYPE_MASK) ?? 'special file';
}

/**
 * Refuses a file of ours that others can read or change, that does not belong to the user of this
 * process, or that is of another kind (docs/design.md §3). `path` MUST be one of our own files,
 * never a path from a command: it is part of the error text.
 *
 * @throws CaroError `permissions_unsafe`, with the command that repairs it
 */
export function assertPrivate(path: string, found: FileFacts, expected: PrivateFile): void {
  const kind = fileKind(found.mode);
  const uid = process.getuid?.() ?? found.uid;
  const wanted = octal(expected.mode);
  if (kind !== expected.kind) {
    throw unsafe(
      path,
      `expected a ${expected.kind}, got a ${kind}`,
      `move it away: mv ${quoted(path)} ${quoted(`${path}.old`)}`,
    );
  }
  if (found.uid !== uid) {
    throw unsafe(path, `expected owner ${uid}, got ${found.uid}`, `sudo chown ${uid} ${quoted(path)}`);
  }
  if ((found.mode & OTHERS) !== 0) {
    throw unsafe(
      path,
      `expected mode ${wanted}, got ${octal(found.mode & 0o777)}: other users have access`,
      `chmod ${wanted} ${quoted(path)}`,
    );
  }
}

const octal = (mode: number): string => `0${mode.toString(8).padStart(3, '0')}`;
const quoted = (path: string): string => `'${path.replaceAll("'", "'\\''")}'`;

function unsafe(path: string, difference: string, repair: string): CaroError {
  return new CaroError('permissions_unsafe', `${path}: ${difference}; to fix it: ${repair}`);
}
