import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { CaroError } from '../domain/errors.ts';
import { encodeNodeId } from '../domain/identity/node-id.ts';
import { fingerprint } from './fingerprint.ts';
import { createKeyFile, type KeyFile, readKeyFile } from './key-file.ts';

/**
 * A node's own key (FR-101). The private key does not leave this process: `seed` is for its worker
 * threads only (NFR-202).
 */
export interface Identity {
  /** `caro:ed25519:<base64>` */
  readonly id: string;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** 16 hex digits. */
  readonly fingerprint: string;
  /** When the key file was made, ISO 8601 UTC. */
  readonly createdAt: string;
  /** Whether this call made the key. */
  readonly isNew: boolean;
  /** Ed25519 signature of 64 bytes over `message` (RFC 8032 §5.1.6), by OpenSSL. */
  readonly sign: (message: Uint8Array) => Uint8Array;
  /** The 32 secret bytes. MUST NOT be written, logged or sent anywhere. */
  readonly seed: () => Uint8Array;
}

/**
 * The identity in `path`, which is made (0600) if it is missing. Two processes that start at the
 * same time get the same key.
 *
 * @throws CaroError `permissions_unsafe`, `identity_damaged`, `place_unusable`
 */
export function openIdentity(path: string): Identity {
  const found = readKeyFile(path);
  if (found) return identityFrom(path, found, false);
  const isNew = createKeyFile(path);
  const made = readKeyFile(path);
  if (!made) throw new CaroError('place_unusable', `${path}: expected the key that was just made, found none`);
  return identityFrom(path, made, isNew);
}

/**
 * The identity in `path`; makes nothing.
 * @throws CaroError `not_found` where there is none yet; as `openIdentity`
 */
export function readIdentity(path: string): Identity {
  const found = readKeyFile(path);
  if (!found) throw new CaroError('not_found', `${path}: expected the identity key, there is none yet; run: caro init`);
  return identityFrom(path, found, false);
}

function identityFrom(path: string, file: KeyFile, isNew: boolean): Identity {
  const key = privateKey(path, file.pem);
  const publicKey = rawPublicKey(key);
  return {
    id: encodeNodeId(publicKey),
    publicKey,
    fingerprint: fingerprint(publicKey),
    createdAt: file.createdAt,
    isNew,
    sign: (message) => sign(null, message, key),
    seed: () => new Uint8Array(Buffer.from(key.export({ format: 'jwk' }).d ?? '', 'base64url')),
  };
}

/** The parser's own error is dropped because it could quote the key. */
function privateKey(path: string, pem: string): KeyObject {
  try {
    const key = createPrivateKey({ key: pem, format: 'pem' });
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // Reported below, as a key of another kind is.
  }
  throw new CaroError(
    'identity_damaged',
    `${path}: expected an unencrypted Ed25519 key in PKCS#8 PEM, got something else; ` +
      'put back your copy of this file, or move it away and start again as a new node (peers must then trust the new id)',
  );
}

function rawPublicKey(key: KeyObject): Uint8Array {
  const { x } = createPublicKey(key).export({ format: 'jwk' });
  return new Uint8Array(Buffer.from(x ?? '', 'base64url'));
}
