/** HPKE against the vector of RFC 9180 A.1.1, and boxes that must not open. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createSealing } from '../../src/blind/sealing.ts';
import { codeOfPromise } from '../rig/error-code.ts';

const vector = JSON.parse(readFileSync(join(__dirname, '../vectors/hpke/rfc9180-a1-1.json'), 'utf8')) as Record<
  'info' | 'ikmE' | 'pkEm' | 'ikmR' | 'pkRm' | 'skRm' | 'pt' | 'aad' | 'ct',
  string
>;
const bytes = (name: keyof typeof vector): Uint8Array => Uint8Array.from(Buffer.from(vector[name], 'hex'));
const hex = (some: Uint8Array): string => Buffer.from(some).toString('hex');
const sealing = createSealing();

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

describe('a box', () => {
  const info = Buffer.from('purpose');
  const associatedData = Buffer.from('context');
  const plaintext = Buffer.from('share');
  const made = async () => {
    const key = await sealing.deriveKey(randomBytes(32));
    const box = await sealing.seal({
      recipient: key.publicKey,
      info,
      associatedData,
      plaintext,
      ephemeral: randomBytes(32),
    });
    return { key, box };
  };

  test('opens for its key, purpose and context', async () => {
    const { key, box } = await made();
    expect(Buffer.from(await sealing.open({ key, info, associatedData, box }))).toEqual(plaintext);
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
    const box = sealing.seal({ recipient, info, associatedData, plaintext, ephemeral: randomBytes(32) });
    await expect(box).rejects.toThrow();
  });
});
