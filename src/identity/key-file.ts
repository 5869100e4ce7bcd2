import { randomBytes } from 'node:crypto';
import { linkSync, readdirSync, readFileSync, rmSync, type Stats } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CaroError } from '../domain/errors.ts';
import { isoTime } from '../domain/time/iso-time.ts';
import { syncDirectory, withPrivateFile, writeSynced } from '../platform/files/private-file.ts';

/** A PKCS#8 Ed25519 key in PEM has about 120 bytes. */
const MAX_BYTES = 16_384;
const ATTEMPTS = 5;
const SEED_BYTES = 32;
/** PrivateKeyInfo of an Ed25519 key up to the key itself (RFC 8410 §7). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

export interface KeyFile {
  readonly pem: string;
  readonly createdAt: string;
}

/**
 * The content of the key file; undefined if there is none. Follows no symbolic link.
 * @throws CaroError `permissions_unsafe`, `identity_damaged` (far too long), `place_unusable`
 */
export function readKeyFile(path: string): KeyFile | undefined {
  try {
    return withPrivateFile(path, (descriptor, facts) => readKey(path, descriptor, facts));
  } catch (error) {
    if (error instanceof CaroError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') return undefined;
    if (code !== 'ELOOP') throw unusable(path, error);
    throw new CaroError(
      'permissions_unsafe',
      `${path}: expected a file, got a symbolic link; put the key itself there`,
    );
  }
}

function readKey(path: string, descriptor: number, { size, mtime }: Stats): KeyFile {
  if (size > MAX_BYTES)
    throw new CaroError('identity_damaged', `${path}: expected a key of about 120 bytes, got ${size} bytes`);
  return { pem: readFileSync(descriptor, 'latin1'), createdAt: isoTime(mtime.getTime()) };
}

/**
 * Makes a key. It is written under another name, synced, then linked to `path`, which fails if
 * another process was first: `path` never holds a part of a key, and no key is ever replaced.
 *
 * @returns false if another process made one in the meantime
 */
export function createKeyFile(path: string): boolean {
  for (let attempt = 1; ; attempt += 1) {
    const draft = `${path}.${randomBytes(6).toString('hex')}.new`;
    try {
      removeDrafts(path);
      writeDraft(draft);
      linkSync(draft, path);
      syncDirectory(dirname(path));
      return true;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'EEXIST') return false;
      // Another process that is starting removed our draft as one left by a crash.
      if (code !== 'ENOENT' || attempt === ATTEMPTS) throw unusable(path, error);
    } finally {
      rmSync(draft, { force: true });
    }
  }
}

/**
 * A private key is 32 random bytes (RFC 8032 §5.1.5). The form is put together here: for PEM,
 * OpenSSL would load all of its encoders first.
 */
function writeDraft(draft: string): void {
  const key = Buffer.concat([PKCS8_PREFIX, randomBytes(SEED_BYTES)]).toString('base64');
  writeSynced(draft, `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n`);
}

/** Drafts that a crash left behind; they were never used. */
function removeDrafts(path: string): void {
  const prefix = `${basename(path)}.`;
  for (const name of readdirSync(dirname(path))) {
    if (name.startsWith(prefix) && /^[0-9a-f]{12}\.new$/.test(name.slice(prefix.length)))
      rmSync(join(dirname(path), name), { force: true });
  }
}

function unusable(path: string, error: unknown): CaroError {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
  return new CaroError('place_unusable', `${path}: expected to read or make the identity key, got ${code}`, {
    cause: error,
  });
}
