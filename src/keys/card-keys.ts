import { createPrivateKey, createPublicKey, type KeyObject, randomBytes, sign } from 'node:crypto';
import { CaroError } from '../domain/errors.ts';
import type { Card } from '../domain/organisation/roster.ts';
import { replacePrivately } from '../platform/files/private-file.ts';
import { readText, unusable } from './key-book-file.ts';

const KEY_BYTES = 32;
/** PKCS#8 of a private key up to the key itself (RFC 8410 §7). */
const PKCS8 = { ed25519: '302e020100300506032b657004220420', x25519: '302e020100300506032b656e04220420' } as const;

/** Private keys of a member of an organization, base64 of 32 bytes each. */
interface KeyFile {
  readonly sealing: string;
  readonly connection: string;
}

/**
 * The keys of a node's card. They are in a file of their own, so that no backup of the database has
 * them. The identity key is not among them: a relay chooses what the connection key signs.
 */
export interface CardKeys {
  readonly card: () => Card;
  /** Private X25519 key for what is sealed to this node, 32 bytes. MUST NOT leave this process. */
  readonly sealingKey: () => Uint8Array;
  /** Private Ed25519 key of connections to a relay, 32 bytes. MUST NOT leave this process. */
  readonly connectionKey: () => Uint8Array;
  /** Ed25519 signature with the connection key, 64 bytes. */
  readonly signConnection: (message: Uint8Array) => Uint8Array;
}

/** Both keys are made with the first use. @throws CaroError `keys_damaged`, `place_unusable` */
export function openCardKeys(path: string): CardKeys {
  const make = (): KeyFile => {
    const keys = {
      sealing: randomBytes(KEY_BYTES).toString('base64'),
      connection: randomBytes(KEY_BYTES).toString('base64'),
    };
    try {
      replacePrivately(path, `${JSON.stringify(keys)}\n`);
    } catch (error) {
      throw unusable(path, error);
    }
    return keys;
  };
  const text = readText(path);
  const keys = text === undefined ? make() : decode(path, text);
  const bytesOf = (key: keyof KeyFile): Uint8Array => new Uint8Array(Buffer.from(keys[key], 'base64'));
  const connection = (): KeyObject => privateKey('ed25519', bytesOf('connection'));
  return {
    card: () => ({
      sealingKey: publicKey(privateKey('x25519', bytesOf('sealing'))),
      connectionKey: publicKey(connection()),
    }),
    sealingKey: () => bytesOf('sealing'),
    connectionKey: () => bytesOf('connection'),
    signConnection: (message) => new Uint8Array(sign(null, message, connection())),
  };
}

const privateKey = (kind: keyof typeof PKCS8, bytes: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.concat([Buffer.from(PKCS8[kind], 'hex'), bytes]), format: 'der', type: 'pkcs8' });

const publicKey = (key: KeyObject): string =>
  Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x ?? '', 'base64url').toString('base64');

function decode(path: string, text: string): KeyFile {
  try {
    const keys = JSON.parse(text) as Partial<KeyFile> | null;
    const isKey = (key: unknown): boolean => typeof key === 'string' && Buffer.from(key, 'base64').length === KEY_BYTES;
    if (isKey(keys?.sealing) && isKey(keys?.connection)) return keys as KeyFile;
  } catch {
    // Treated like a file of another form.
  }
  throw new CaroError('keys_damaged', `${path}: expected the keys of a member, got something else; restore a copy`);
}
