/**
 * HPKE against the vector of RFC 9180 A.1.1 and against a library, and boxes that must not open.
 */
import { spawnSync } from 'node:child_process';
import { randomBytes, type webcrypto } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Aes128Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';
import { describe, expect, test } from '@jest/globals';
import { buildSync } from 'esbuild';
import fc from 'fast-check';
import { createSealing } from '../../src/blind/sealing.ts';
import { codeOfPromise } from '../rig/error-code.ts';
import { temporaryFolders } from '../rig/temporary-folder.ts';

const vector = JSON.parse(readFileSync(join(__dirname, '../vectors/hpke/rfc9180-a1-1.json'), 'utf8')) as Record<
  'info' | 'ikmE' | 'pkEm' | 'ikmR' | 'pkRm' | 'skRm' | 'pt' | 'aad' | 'ct',
  string
>;
const bytes = (name: keyof typeof vector): Uint8Array => Uint8Array.from(Buffer.from(vector[name], 'hex'));
const hex = (some: Uint8Array): string => Buffer.from(some).toString('hex');
/** The library takes ArrayBuffers of its own realm. */
const copy = (view: Uint8Array): ArrayBuffer => Uint8Array.from(view).buffer;
const sealing = createSealing();
const newFolder = temporaryFolders();
const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes128Gcm() });

describe('the vector of RFC 9180', () => {
  test('gives the same key pair, box and plaintext', async () => {
    const key = await sealing.deriveKey(bytes('ikmR'));
    expect([hex(key.publicKey), hex(key.secretKey)]).toEqual([vector.pkRm, vector.skRm]);
    const box = await sealing.seal({
      recipient: key.publicKey,
      info: bytes('info'),
      associatedData: bytes('aad'),
      plaintext: bytes('pt'),
      ephemeral: bytes('ikmE'),
    });
    expect(hex(box)).toBe(vector.pkEm + vector.ct);
    const opened = await sealing.open({ key, info: bytes('info'), associatedData: bytes('aad'), box });
    expect(hex(opened)).toBe(vector.pt);
  });
});

describe('the library @hpke/core', () => {
  const some = fc.uint8Array({ maxLength: 300 });
  const thirtyTwo = fc.uint8Array({ minLength: 32, maxLength: 32 });

  test('derives the same keys, makes the same boxes, and opens ours', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(thirtyTwo, thirtyTwo, some, some, some),
        async ([random, ephemeral, info, associatedData, plaintext]) => {
          const key = await sealing.deriveKey(random);
          const pair = (await suite.kem.deriveKeyPair(copy(random))) as webcrypto.CryptoKeyPair;
          const { kem } = suite;
          expect(hex(key.publicKey)).toBe(hex(new Uint8Array(await kem.serializePublicKey(pair.publicKey))));
          expect(hex(key.secretKey)).toBe(hex(new Uint8Array(await kem.serializePrivateKey(pair.privateKey))));
          const box = await sealing.seal({
            recipient: key.publicKey,
            info,
            associatedData,
            plaintext,
            ephemeral,
          });
          const sender = await suite.createSenderContext({
            recipientPublicKey: pair.publicKey,
            info: copy(info),
            ekm: (await kem.deriveKeyPair(copy(ephemeral))) as webcrypto.CryptoKeyPair,
          });
          const theirs = new Uint8Array(await sender.seal(copy(plaintext), copy(associatedData)));
          expect(hex(box)).toBe(hex(new Uint8Array(sender.enc)) + hex(theirs));
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('a box', () => {
  const info = Buffer.from('purpose');
  const associatedData = Buffer.from('context');
  const plaintext = Buffer.from('share');
  const made = async () => {
    const key = await sealing.deriveKey(randomBytes(32));
    const box = await sealing.seal({ recipient: key.publicKey, info, associatedData, plaintext });
    return { key, box };
  };

  test('opens for its key, purpose and context', async () => {
    const { key, box } = await made();
    expect(Buffer.from(await sealing.open({ key, info, associatedData, box }))).toEqual(plaintext);
  });

  test('has an ephemeral key of its own, and opens with another implementation', async () => {
    const boxes = new Set<string>();
    for (let round = 0; round < 20; round += 1) {
      const { key, box } = await made();
      boxes.add(hex(box.subarray(0, 32)));
      const recipient = await suite.createRecipientContext({
        recipientKey: (await suite.kem.importKey('raw', copy(key.secretKey), false)) as webcrypto.CryptoKey,
        enc: copy(box.subarray(0, 32)),
        info: copy(info),
      });
      const opened = await recipient.open(copy(box.subarray(32)), copy(associatedData));
      expect(Buffer.from(opened)).toEqual(plaintext);
    }
    expect(boxes.size).toBe(20);
  });

  test('does not open for another key, purpose or context, nor when any part of it was changed', async () => {
    const { key, box } = await made();
    const other = await sealing.deriveKey(randomBytes(32));
    const changed = [0, 31, 32, box.length - 1].map((place) => {
      const copy = Uint8Array.from(box);
      copy[place] = (copy[place] ?? 0) ^ 1;
      return { key, info, associatedData, box: copy };
    });
    for (const input of [
      { key: other, info, associatedData, box },
      { key, info: Buffer.from('other'), associatedData, box },
      { key, info, associatedData: Buffer.from('other'), box },
      { key, info, associatedData, box: box.subarray(0, 40) },
      { key, info, associatedData, box: new Uint8Array() },
      ...changed,
    ]) {
      expect(await codeOfPromise(sealing.open(input))).toBe('blind_box_invalid');
    }
  });

  test('is not made for a point of small order', async () => {
    const recipient = new Uint8Array(32);
    const box = sealing.seal({ recipient, info, associatedData, plaintext });
    await expect(box).rejects.toThrow();
  });
});

test('making keys never waits for a collection of memory', () => {
  const outfile = join(newFolder(), 'seal.cjs');
  buildSync({
    entryPoints: [join(__dirname, '../../src/blind/sealing.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
  });
  // A small young generation, as the service has, is collected every few hundred keys.
  const script = `const { sealBox, deriveSealingKey } = require(${JSON.stringify(outfile)});
    const { publicKey: recipient } = deriveSealingKey(new Uint8Array(32).fill(1));
    const empty = new Uint8Array();
    for (let made = 0; made < 50000; made += 1)
      sealBox({ recipient, info: empty, associatedData: empty, plaintext: empty });
    console.log('done');`;
  const { stdout, signal } = spawnSync(process.execPath, ['--max-semi-space-size=1', '-e', script], {
    encoding: 'utf8',
    timeout: 90_000,
    killSignal: 'SIGKILL',
  });
  expect({ stdout, signal }).toEqual({ stdout: 'done\n', signal: null });
});
