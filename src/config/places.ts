import { lstatSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { CaroError } from '../domain/errors.ts';
import { isOverQuota } from '../platform/files/full-disk.ts';
import { assertPrivate, type FileFacts } from '../platform/files/permissions.ts';
import { makePrivateDirectory } from '../platform/files/private-file.ts';
import { plainPath } from './plain-path.ts';

/** The files and directories of one node (docs/design.md §3). All paths are absolute. */
export interface Places {
  /** `caro.toml`, the owner's file; never written after `init`. */
  readonly config: string;
  /** `managed.toml`, written by commands such as `trust set`. */
  readonly managed: string;
  /** Custom rules, where `rules.folder` names no other place. */
  readonly rules: string;
  /** Lock held while `managed` is changed. */
  readonly managedLock: string;
  readonly data: string;
  readonly spool: string;
  /** What `caro shell init` prints, as a file for each shell that start files source. */
  readonly hooks: string;
  readonly database: string;
  /** When nothing was or is recorded (`caro pause`). */
  readonly pauses: string;
  readonly identityKey: string;
  /** The next key, during a rotation. */
  readonly nextKey: string;
  /** Signed statements of this node about its own keys. */
  readonly statements: string;
  /** What this node knows about the keys of peers. */
  readonly peerKeys: string;
  /** Secrets of a leader or trustee of blind totals; never in a backup of the database. */
  readonly blindKeys: string;
  /** Keys of this node's card in a roster. */
  readonly cardKeys: string;
  readonly backups: string;
  /**
   * The newest signed head of the audit log, kept outside the database so that it survives a loss
   * of the database.
   */
  readonly auditHead: string;
  /** The token for `/metrics`, created by `caro metrics --token`. */
  readonly metricsToken: string;
  readonly tls: string;
  readonly runtime: string;
  readonly socket: string;
  readonly lock: string;
  /** Which command is being analysed (`storage/spool/in-hand-note.ts`). */
  readonly inHand: string;
  readonly state: string;
  readonly log: string;
}

/** `sun_path` holds 108 bytes on Linux and 104 on macOS, the closing NUL among them. */
const SOCKET_PATH_BYTES = process.platform === 'darwin' ? 103 : 107;

/**
 * Determines the places of a node from its environment: `CARO_HOME`, or the XDG base directories. A
 * relative XDG path is ignored, as the XDG specification requires. `home` is the user's home
 * directory.
 *
 * @throws CaroError `usage` for a relative `CARO_HOME`, which would move with the working
 *   directory, and for a path with control characters.
 */
export function placesFrom(env: Readonly<Record<string, string | undefined>>, home: string): Places {
  const { CARO_HOME: own, XDG_RUNTIME_DIR: runtime } = env;
  if (own !== undefined && own !== '') {
    plainPath('CARO_HOME', own);
    if (!isAbsolute(own))
      throw new CaroError('usage', `CARO_HOME: expected an absolute path, got ${JSON.stringify(own)}`);
    return places(join(own, 'config'), join(own, 'data'), join(own, 'run'), join(own, 'state'));
  }
  const base = (variable: string, fallback: string): string => {
    const value = plainPath(variable, env[variable] ?? '');
    return join(isAbsolute(value) ? value : join(plainPath('HOME', home), fallback), 'caro');
  };
  const data = base('XDG_DATA_HOME', '.local/share');
  return places(
    base('XDG_CONFIG_HOME', '.config'),
    data,
    runtime !== undefined && isAbsolute(runtime)
      ? join(plainPath('XDG_RUNTIME_DIR', runtime), 'caro')
      : join(data, 'run'),
    base('XDG_STATE_HOME', '.local/state'),
  );
}

function places(config: string, data: string, runtime: string, state: string): Places {
  return {
    config: join(config, 'caro.toml'),
    managed: join(config, 'managed.toml'),
    rules: join(config, 'rules'),
    managedLock: join(data, 'managed.lock'),
    data,
    spool: join(data, 'spool'),
    hooks: join(data, 'hooks'),
    database: join(data, 'caro.db'),
    pauses: join(data, 'pauses'),
    identityKey: join(data, 'identity.key'),
    nextKey: join(data, 'identity.next.key'),
    statements: join(data, 'own-keys.json'),
    peerKeys: join(data, 'peer-keys.json'),
    blindKeys: join(data, 'blind-keys.json'),
    cardKeys: join(data, 'card-keys.json'),
    backups: join(data, 'backups'),
    auditHead: join(data, 'audit-head.json'),
    metricsToken: join(data, 'metrics.token'),
    tls: join(data, 'tls.pem'),
    runtime,
    socket: join(runtime, 'admin.sock'),
    lock: join(data, 'caro.lock'),
    inHand: join(runtime, 'in-hand'),
    state,
    log: join(state, 'caro.log'),
  };
}

/**
 * Creates missing directories (0700) and rejects existing ones that others could read or change.
 * Never alters anything that exists.
 *
 * @throws CaroError `permissions_unsafe` with the path, the mode expected and found, and the
 *   command that fixes it; `place_unusable` if a directory cannot be created or the path of the
 *   socket is too long.
 */
export function preparePlaces(places: Places): void {
  assertSocketFits(places.socket);
  for (const directory of [
    dirname(places.config),
    places.data,
    places.runtime,
    places.state,
    places.spool,
    places.backups,
  ]) {
    makeDirectory(directory);
  }
  checkPlaces(places);
}

/** The checks of `preparePlaces`, without creating anything. */
export function checkPlaces(places: Places): void {
  for (const directory of [places.data, places.spool, places.hooks, places.backups, places.runtime, places.state]) {
    checkPlace(directory, lstatSync, 'directory', 0o700);
  }
  for (const file of privateFiles(places)) {
    // A directory at the path of the database is moved aside like a damaged database.
    if (file === places.database && lstatSync(file, { throwIfNoEntry: false })?.isDirectory()) continue;
    checkPlace(file, lstatSync, 'file', 0o600);
  }
  // A configuration may be a link into the owner's dotfiles; what it points to is judged.
  checkPlace(dirname(places.config), statSync, 'directory', 0o700);
  for (const file of [places.config, places.managed]) checkPlace(file, statSync, 'file', 0o600);
}

/** Written by the service only. */
const privateFiles = ({ database, auditHead, tls, lock, log, ...keys }: Places): readonly string[] => [
  ...[keys.identityKey, keys.nextKey, keys.statements, keys.peerKeys, keys.blindKeys, keys.cardKeys],
  ...[database, `${database}-wal`, `${database}-shm`],
  ...[auditHead, tls, lock, keys.inHand, log, `${log}.1`],
];

/** Makes the spool alone, for shells that start before the service ever ran. */
export function prepareSpool(places: Places): void {
  makeDirectory(places.data);
  makeDirectory(places.spool);
  checkPlace(places.data, lstatSync, 'directory', 0o700);
  checkPlace(places.spool, lstatSync, 'directory', 0o700);
}

type Stat = (path: string, options: { readonly throwIfNoEntry: false }) => FileFacts | undefined;

function checkPlace(path: string, stat: Stat, kind: 'file' | 'directory', mode: number): void {
  const found = stat(path, { throwIfNoEntry: false });
  if (found) assertPrivate(path, found, { kind, mode });
}

export function makeDirectory(path: string): void {
  try {
    makeMissing(path);
  } catch (error) {
    const code = isOverQuota(error) ? 'EDQUOT' : ((error as NodeJS.ErrnoException).code ?? 'unknown');
    throw new CaroError(
      'place_unusable',
      `${path}: expected to create or use this directory, got ${code}; ${advice(code)}`,
      {
        cause: error,
      },
    );
  }
}

/**
 * Creates one level at a time: with `recursive`, Node.js reports ENOENT for every cause.
 */
function makeMissing(path: string): void {
  if (isDirectory(path)) return;
  makeMissing(dirname(path));
  try {
    makePrivateDirectory(path);
  } catch (error) {
    // Another process created it first.
    if (!isDirectory(path)) throw error;
  }
}

const isDirectory = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

function advice(code: string): string {
  if (code === 'EEXIST' || code === 'ENOTDIR') return 'a file has its name: move the file';
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'free some space on that disk';
  if (code === 'EROFS') return 'make that disk writable, or set CARO_HOME to a directory on another one';
  return 'check the owner of its parent directory, or set CARO_HOME to a directory of yours';
}

function assertSocketFits(socket: string): void {
  const bytes = Buffer.byteLength(socket);
  if (bytes > SOCKET_PATH_BYTES) {
    throw new CaroError(
      'place_unusable',
      `${socket}: expected a socket path of at most ${SOCKET_PATH_BYTES} bytes, got ${bytes}; set CARO_HOME or XDG_RUNTIME_DIR to a shorter directory`,
    );
  }
}
