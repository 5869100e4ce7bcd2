import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { verify as verifyStrictly } from '../../src/identity/signature.ts';
import {
  decodeNote,
  encodeNote,
  type NoteKey,
  noteKeyId,
  noteSignature,
  signatureOf,
  verifierKey,
} from '../../src/identity/signed-note.ts';
import {
  cosign,
  cosignatureLine,
  decodeCosignature,
  decodeTreeHead,
  encodeTreeHead,
  isCosigned,
  keyOfWitness,
  logKey,
  witnessKey,
} from '../../src/identity/tlog-checkpoint.ts';

const keyIn = (material: string): Uint8Array => new Uint8Array(Buffer.from(material, 'base64').subarray(1));

/** Keys of golang.org/x/mod sumdb/note, C2SP signed-note and transparency-dev/formats. */
const VERIFIER_KEYS: readonly (readonly [string, NoteKey])[] = [
  [
    'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
    { name: 'PeterNeumann', type: 'ed25519', publicKey: keyIn('ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW') },
  ],
  [
    'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k',
    { name: 'example.com/foo', type: 'ed25519', publicKey: keyIn('AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k') },
  ],
  [
    'remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2',
    { name: 'remora.n621.de', type: 'cosignature', publicKey: keyIn('BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2') },
  ],
];

/** The note of golang.org/x/mod/sumdb/note, signed by the first key. */
const TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const NOTE = `${TEXT}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`;

/** The example of C2SP tlog-cosignature. */
const CHECKPOINT = `example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
`;

describe('a signed note', () => {
  test.each(VERIFIER_KEYS)('has the key id of %s', (encoded, key) => {
    expect(verifierKey(key)).toBe(encoded);
    expect(noteKeyId(key).toString('hex')).toBe(encoded.split('+')[1]);
  });

  test('of another program verifies, and its text cannot be changed', () => {
    const note = decodeNote(NOTE);
    const [, key] = VERIFIER_KEYS[0] ?? [];
    if (!key) throw new Error('expected a key');
    const signature = signatureOf(note, key) ?? new Uint8Array();
    expect(note.text).toBe(TEXT);
    expect(verifyStrictly(key.publicKey, Buffer.from(note.text), signature)).toBe(true);
    expect(verifyStrictly(key.publicKey, Buffer.from(note.text.replace('answer', 'Answer')), signature)).toBe(false);
    expect(signatureOf(note, { ...key, name: 'Somebody' })).toBeUndefined();
    expect(signatureOf(note, { ...key, type: 'cosignature' })).toBeUndefined();
    expect(encodeNote(note)).toBe(NOTE);
  });

  test.each([
    ['no signature', `${TEXT}\n`],
    ['no empty line', TEXT],
    ['a hyphen instead of the dash', NOTE.replace('— ', '- ')],
    ['a control character', NOTE.replace('think', 'thi\u0007nk')],
    ['a line that does not end', NOTE.slice(0, -1)],
    ['base64 that is not', NOTE.replace('x08go', '*08go')],
    ['a signature without a key', `${TEXT}\n— PeterNeumann x08goA==\n`],
    ['a hundred signatures', `${TEXT}\n${(NOTE.split('\n\n')[1] ?? '').repeat(100)}`],
  ])('with %s is refused', (_, encoded) => {
    expect(() => decodeNote(encoded)).toThrow('signed note');
  });

  test('reads what it writes (property)', () => {
    const line = fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.replace(/\p{Cc}/gu, ''));
    const name = fc.stringMatching(/^[a-z0-9./_-]{1,20}$/);
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 4 }),
        fc.array(fc.tuple(name, fc.uint8Array({ minLength: 1, maxLength: 80 })), { minLength: 1, maxLength: 4 }),
        (lines, signed) => {
          const note = {
            text: `${lines.join('\n')}\n`,
            signatures: signed.map(([signer, signature]) =>
              noteSignature({ name: signer, type: 'ed25519', publicKey: new Uint8Array(32) }, signature),
            ),
          };
          const read = decodeNote(encodeNote(note));
          expect(read.text).toBe(note.text);
          expect(encodeNote(read)).toBe(encodeNote(note));
        },
      ),
    );
  });
});

describe('a checkpoint', () => {
  test('of the specification is read: origin, size, root, and the time of its cosignature', () => {
    const note = decodeNote(CHECKPOINT);
    const head = decodeTreeHead(note.text);
    expect(head).toMatchObject({ origin: 'example.com/behind-the-sofa', size: 20_852_163 });
    expect(encodeTreeHead(head)).toBe(note.text);
    expect(decodeCosignature(note.signatures[1]?.signature ?? new Uint8Array())?.time).toBe(1_679_315_147);
    // A plain signature of 64 bytes is no cosignature.
    expect(decodeCosignature(note.signatures[0]?.signature ?? new Uint8Array())).toBeUndefined();
  });

  test.each([
    '',
    'a\n',
    'a\n1\n',
    'a\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n',
    'a\n1\nCsUY\n',
    'a\n9007199254740993\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n',
    'a\n-1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n',
  ])('that is malformed is refused: %j', (text) => {
    expect(() => decodeTreeHead(text)).toThrow('checkpoint');
  });

  test('is cosigned over header, time and text, as OpenSSL verifies without this program', () => {
    const seed = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, 7)]);
    const key = createPrivateKey({ key: seed, format: 'der', type: 'pkcs8' });
    const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32);
    const { text } = decodeNote(CHECKPOINT);
    const cosignature = cosign(text, 1_679_315_147, { sign: (bytes) => sign(null, bytes, key) });
    const message = `cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n`;
    expect(verify(null, Buffer.from(message), createPublicKey(key), Buffer.from(cosignature.signature, 'base64'))).toBe(
      true,
    );
    expect(isCosigned(text, cosignature, publicKey)).toBe(true);
    expect(isCosigned(text, { ...cosignature, time: cosignature.time + 1 }, publicKey)).toBe(false);
    expect(isCosigned(text.replace('20852163', '20852164'), cosignature, publicKey)).toBe(false);
    const line = cosignatureLine(publicKey, cosignature);
    expect(line.signature.length).toBe(72);
    expect(decodeCosignature(line.signature)).toEqual(cosignature);
    expect(keyOfWitness(line.name)).toEqual(new Uint8Array(publicKey));
  });

  test('has names without spaces and plus signs, whatever the key', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (publicKey) => {
        for (const { name } of [logKey(publicKey, 'audit'), logKey(publicKey, 'releases/task'), witnessKey(publicKey)])
          expect(name).toMatch(/^caro-mesh\/(audit|releases\/task|witness)\/[A-Za-z0-9_-]{43}$/);
      }),
    );
    expect(keyOfWitness('caro-mesh/witness/short')).toBeUndefined();
    expect(keyOfWitness('witness.example.com/w1')).toBeUndefined();
  });
});
