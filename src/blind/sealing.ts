import type { webcrypto } from 'node:crypto';
import { Aes128Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';
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
   * Input for the ephemeral key (RFC 9180 §4.1): 32 fresh random bytes. They MUST
   * NOT be used for two boxes of different content: who knows them can open the box.
   */
  readonly ephemeral: Uint8Array;
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
   * A box: encapsulated key (32 bytes), ciphertext, tag (16 bytes). The same input gives the same
   * box.
   */
  readonly seal: (input: SealInput) => Promise<Uint8Array>;
  /** @throws CaroError `blind_box_invalid` for a box to another key, purpose or context */
  readonly open: (input: OpenInput) => Promise<Uint8Array>;
  /** The key pair of 32 random bytes (RFC 9180 §4.1). */
  readonly deriveKey: (random: Uint8Array) => Promise<SealingKey>;
}

/** Base mode of DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM (ADR 0016). */
export function createSealing(): Sealing {
  const suite = new CipherSuite({
    kem: new DhkemX25519HkdfSha256(),
    kdf: new HkdfSha256(),
    aead: new Aes128Gcm(),
  });
  return {
    seal: async ({ recipient, info, associatedData, plaintext, ephemeral }) => {
      if (ephemeral.length !== SEALING_KEY_BYTES) throw new RangeError('expected 32 random bytes');
      const sender = await suite.createSenderContext({
        recipientPublicKey: (await suite.kem.deserializePublicKey(recipient)) as webcrypto.CryptoKey,
        info,
        ekm: (await suite.kem.deriveKeyPair(ephemeral)) as webcrypto.CryptoKeyPair,
      });
      return Buffer.concat([Buffer.from(sender.enc), Buffer.from(await sender.seal(plaintext, associatedData))]);
    },
    open: async ({ key, info, associatedData, box }) => {
      try {
        const recipient = await suite.createRecipientContext({
          recipientKey: (await suite.kem.importKey('raw', key.secretKey, false)) as webcrypto.CryptoKey,
          enc: box.subarray(0, SEALING_KEY_BYTES),
          info,
        });
        return new Uint8Array(await recipient.open(box.subarray(SEALING_KEY_BYTES), associatedData));
      } catch {
        throw new CaroError(
          'blind_box_invalid',
          'expected a box that this node can open, got one for another key, task, day or node, or a damaged one',
        );
      }
    },
    deriveKey: async (random) => {
      if (random.length !== SEALING_KEY_BYTES) throw new RangeError('expected 32 random bytes');
      const { publicKey, privateKey } = (await suite.kem.deriveKeyPair(random)) as webcrypto.CryptoKeyPair;
      return {
        publicKey: new Uint8Array(await suite.kem.serializePublicKey(publicKey)),
        secretKey: new Uint8Array(await suite.kem.serializePrivateKey(privateKey)),
      };
    },
  };
}
