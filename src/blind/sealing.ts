import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { CaroError } from '../domain/errors.ts';

/** Length of a public, a secret and an ephemeral key, in bytes. */
export const SEALING_KEY_BYTES = 32;

export interface SealingKey {
  readonly publicKey: Uint8Array;
  /** MUST NOT be written, logged or sent anywhere but into its own file. */
  readonly secretKey: Uint8Array;
}

export interface SealInput {
  /** X25519 public key of the recipient. */
  readonly recipient: Uint8Array;
  /** What the box is for: a box for one purpose does not open for another. */
  readonly info: Uint8Array;
  /** Bound to the box, not contained in it. */
  readonly associatedData: Uint8Array;
  readonly plaintext: Uint8Array;
  /**
   * What the ephemeral key is derived from (RFC 9180 §7.1.3), for a box that must come out the same
   * again: 32 random bytes. They MUST NOT be used for two boxes of different content: who knows
   * them can open the box. By default the key is a fresh one, which takes a fraction of the time.
   */
  readonly ephemeral?: Uint8Array;
}

export interface OpenInput {
  readonly key: SealingKey;
  readonly info: Uint8Array;
  readonly associatedData: Uint8Array;
  readonly box: Uint8Array;
}

/** Port of hybrid public key encryption (RFC 9180 §6.1), one message per box. */
export interface Sealing {
  /**
   * A box: encapsulated key (32 bytes), ciphertext, tag (16 bytes).
   */
  readonly seal: (input: SealInput) => Promise<Uint8Array>;
  /** @throws CaroError `blind_box_invalid` for a box to another key, purpose or context */
  readonly open: (input: OpenInput) => Promise<Uint8Array>;
  /** The key pair of 32 random bytes (RFC 9180 §4.1). */
  readonly deriveKey: (random: Uint8Array) => Promise<SealingKey>;
}

/** The port, by the functions below. */
export function createSealing(): Sealing {
  return {
    seal: (input) => settled(() => sealBox(input)),
    open: (input) => settled(() => openBox(input)),
    deriveKey: (random) => settled(() => deriveSealingKey(random)),
  };
}

/**
 * Base mode of DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM over `node:crypto` (ADR 0016).
 */
export function sealBox({ recipient, info, associatedData, plaintext, ephemeral }: SealInput): Uint8Array {
  const sender = ephemeral === undefined ? generateKeyPair() : keyPairOf(deriveSealingKey(ephemeral));
  const shared = createSharedSecret(sender.privateKey, recipient, sender.publicKey, recipient);
  const { key, nonce } = schedule(shared, info);
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(associatedData);
  const body = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([sender.publicKey, body, cipher.getAuthTag()]);
}

/** @throws CaroError `blind_box_invalid` */
export function openBox({ key: recipient, info, associatedData, box }: OpenInput): Uint8Array {
  try {
    const [sender, bodyEnd] = [box.subarray(0, SEALING_KEY_BYTES), box.length - TAG_BYTES];
    if (bodyEnd < SEALING_KEY_BYTES) throw new RangeError('expected a whole box');
    const shared = createSharedSecret(privateKey(recipient.secretKey), sender, sender, recipient.publicKey);
    const { key, nonce } = schedule(shared, info);
    const cipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(associatedData).setAuthTag(box.subarray(bodyEnd));
    const body = cipher.update(box.subarray(SEALING_KEY_BYTES, bodyEnd));
    return new Uint8Array(Buffer.concat([body, cipher.final()]));
  } catch {
    throw new CaroError(
      'blind_box_invalid',
      'expected a box that this node can open, got one for another key, task, day or node, or a damaged one',
    );
  }
}

/** The result of a step, whose error rejects. */
const settled = async <T>(step: () => T): Promise<T> => Promise.resolve(step());

const CIPHER = 'aes-128-gcm';
const KEY_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Both hashes are SHA-256, whose output has 32 bytes. */
const HASH_BYTES = 32;
/** DHKEM(X25519, HKDF-SHA256), RFC 9180 §4.1 and §7.1. */
const KEM_SUITE = Buffer.from('4b454d0020', 'hex');
/** The KEM, HKDF-SHA256 and AES-128-GCM (RFC 9180 §5.1, §7). */
const SUITE = Buffer.from('48504b45002000010001', 'hex');
const VERSION = Buffer.from('HPKE-v1');
const NOTHING = Buffer.alloc(0);
/** Keys of RFC 8410 up to the key itself. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b656e04220420', 'hex');
const SPKI_PREFIX_BYTES = 12;

/** DeriveKeyPair (RFC 9180 §7.1.3). */
export function deriveSealingKey(random: Uint8Array): SealingKey {
  if (random.length !== SEALING_KEY_BYTES) throw new RangeError('expected 32 random bytes');
  const derived = expand(extract(KEM_SUITE, NOTHING, 'dkp_prk', random), KEM_SUITE, 'sk', NOTHING, SEALING_KEY_BYTES);
  const secretKey = new Uint8Array(derived);
  const publicKey = createPublicKey(privateKey(secretKey)).export({ format: 'der', type: 'spki' });
  return { publicKey: new Uint8Array(publicKey.subarray(SPKI_PREFIX_BYTES)), secretKey };
}

/**
 * The secret of both sides (RFC 9180 §4.1, encapsulation and decapsulation).
 * @throws if `other` is a point of small order (RFC 9180 §7.1.4): OpenSSL refuses an all-zero
 * result
 */
function createSharedSecret(
  own: KeyObject,
  other: Uint8Array,
  encapsulated: Uint8Array,
  recipient: Uint8Array,
): Buffer {
  const secret = diffieHellman({
    privateKey: own,
    // Eight times as fast to read as DER.
    publicKey: createPublicKey({
      key: { kty: 'OKP', crv: 'X25519', x: Buffer.from(other).toString('base64url') },
      format: 'jwk',
    }),
  });
  const context = Buffer.concat([encapsulated, recipient]);
  return expand(extract(KEM_SUITE, NOTHING, 'eae_prk', secret), KEM_SUITE, 'shared_secret', context, HASH_BYTES);
}

/** To read one takes half a millisecond, most of the time of a box. */
const privateKeys = new WeakMap<Uint8Array, KeyObject>();

/** `secretKey` MUST NOT be changed afterwards. */
function privateKey(secretKey: Uint8Array): KeyObject {
  const known = privateKeys.get(secretKey);
  if (known) return known;
  const read = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, secretKey]), format: 'der', type: 'pkcs8' });
  privateKeys.set(secretKey, read);
  return read;
}

interface KeyPair {
  readonly publicKey: Uint8Array;
  readonly privateKey: KeyObject;
}

const keyPairOf = ({ publicKey, secretKey }: SealingKey): KeyPair => ({
  publicKey,
  privateKey: privateKey(secretKey),
});

const JWK = { format: 'jwk' } as const;

/**
 * GenerateKeyPair (RFC 9180 §4.1), whose public key is encoded while it is made. Node.js 20 may
 * wait for ever where a key that was just made is exported: if memory is collected meanwhile, the
 * collection waits for the key that the export holds.
 */
function generateKeyPair(): KeyPair {
  // The types do not know this form.
  const generate = generateKeyPairSync as unknown as (
    type: 'x25519',
    options: { readonly publicKeyEncoding: typeof JWK },
  ) => { readonly publicKey: { readonly x: string }; readonly privateKey: KeyObject };
  const { publicKey, privateKey } = generate('x25519', { publicKeyEncoding: JWK });
  return { publicKey: new Uint8Array(Buffer.from(publicKey.x, 'base64url')), privateKey };
}

/** KeySchedule in base mode (RFC 9180 §5.1), for the first message: its nonce is the base nonce. */
function schedule(shared: Uint8Array, info: Uint8Array): { readonly key: Buffer; readonly nonce: Buffer } {
  const context = Buffer.concat([
    Buffer.of(0),
    extract(SUITE, NOTHING, 'psk_id_hash', NOTHING),
    extract(SUITE, NOTHING, 'info_hash', info),
  ]);
  const secret = extract(SUITE, shared, 'secret', NOTHING);
  return {
    key: expand(secret, SUITE, 'key', context, KEY_BYTES),
    nonce: expand(secret, SUITE, 'base_nonce', context, NONCE_BYTES),
  };
}

/** LabeledExtract (RFC 9180 §4). */
const extract = (suite: Uint8Array, salt: Uint8Array, label: string, input: Uint8Array): Buffer =>
  createHmac('sha256', salt).update(VERSION).update(suite).update(label).update(input).digest();

/** LabeledExpand (RFC 9180 §4) of at most one output of the hash, as everything here is. */
function expand(secret: Uint8Array, suite: Uint8Array, label: string, info: Uint8Array, length: number): Buffer {
  const size = Buffer.of(0, length);
  const mac = createHmac('sha256', secret).update(size).update(VERSION).update(suite).update(label).update(info);
  return mac.update(Buffer.of(1)).digest().subarray(0, length);
}
