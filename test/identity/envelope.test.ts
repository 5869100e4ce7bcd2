import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { encodeNodeId, parseNodeId } from '../../src/domain/identity/node-id.ts';
import { decodeEnvelope, encodeEnvelope, openEnvelope, preAuthentication, seal } from '../../src/identity/envelope.ts';
import { fingerprint } from '../../src/identity/fingerprint.ts';
import { signWithSeed } from '../../src/identity/pool-signature.ts';
import { codeOf } from '../rig/error-code.ts';

/** RFC 8032 §7.1 test 1. */
const SEED = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');
const KEY = new Uint8Array(Buffer.from('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', 'hex'));
const signer = { fingerprint: fingerprint(KEY), sign: (message: Uint8Array) => signWithSeed(SEED, message) };
const TYPE = 'application/vnd.caro.summary+json';
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

describe('a DSSE envelope', () => {
  test('signs the pre-authentication encoding of the DSSE v1 specification', () => {
    expect(text(preAuthentication('http://example.com/HelloWorld', Buffer.from('hello world')))).toBe(
      'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
    );
    expect(text(preAuthentication('a', Buffer.from('é')))).toBe('DSSEv1 1 a 2 é');
  });

  test('has the same bytes for the same key and payload', () => {
    expect(encodeEnvelope(seal(TYPE, Buffer.from('{}'), signer))).toBe(
      `{"payload":"e30=","payloadType":"${TYPE}","signatures":[{"keyid":"${signer.fingerprint}","sig":"${Buffer.from(
        signer.sign(Buffer.from(`DSSEv1 33 ${TYPE} 2 {}`)),
      ).toString('base64')}"}]}`,
    );
  });

  test('returns any payload byte for byte after sealing, encoding, decoding and opening', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (payload) => {
        const envelope = seal(TYPE, payload, signer);
        const read = decodeEnvelope(encodeEnvelope(envelope));
        expect(read).toEqual(envelope);
        expect(openEnvelope(read, KEY)).toEqual(payload);
      }),
      { numRuns: 50 },
    );
  });

  test('does not open when payload, type or key is another', () => {
    const envelope = seal(TYPE, Buffer.from('45 commands'), signer);
    const other = new Uint8Array(
      Buffer.from('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c', 'hex'),
    );
    const payload = Buffer.from('46 commands').toString('base64');
    expect(codeOf(() => openEnvelope(envelope, KEY))).toBe(undefined);
    expect(codeOf(() => openEnvelope({ ...envelope, payload }, KEY))).toBe('signature_invalid');
    expect(codeOf(() => openEnvelope({ ...envelope, payloadType: `${TYPE}x` }, KEY))).toBe('signature_invalid');
    expect(codeOf(() => openEnvelope({ ...envelope, signatures: [] }, KEY))).toBe('signature_invalid');
    expect(codeOf(() => openEnvelope(envelope, other))).toBe('signature_invalid');
  });

  const good = {
    payload: 'e30=',
    payloadType: TYPE,
    signatures: [{ keyid: '0'.repeat(16), sig: `${'A'.repeat(86)}==` }],
  };
  test.each([
    ['something that is not JSON', '{'],
    ['null', 'null'],
    ['a list', '[]'],
    ['an unknown member', JSON.stringify({ ...good, note: 'x' })],
    ['a missing member', JSON.stringify({ payload: 'e30=', payloadType: TYPE })],
    ['base64 without padding', JSON.stringify({ ...good, payload: 'e30' })],
    ['base64 with stray bits', JSON.stringify({ ...good, payload: 'e31=' })],
    ['base64 for URLs', JSON.stringify({ ...good, payload: '_-8=' })],
    ['two signatures', JSON.stringify({ ...good, signatures: [...good.signatures, ...good.signatures] })],
    ['a short signature', JSON.stringify({ ...good, signatures: [{ keyid: '0'.repeat(16), sig: 'AAAA' }] })],
    ['a key id that is none', JSON.stringify({ ...good, signatures: [{ keyid: 'me', sig: `${'A'.repeat(86)}==` }] })],
    ['a type with a line feed', JSON.stringify({ ...good, payloadType: 'a\nb' })],
  ])('is not decoded from %s', (_what, json) => {
    expect(codeOf(() => decodeEnvelope(json))).toBe('signature_invalid');
  });

  test('is decoded from its own members only', () => {
    expect(decodeEnvelope(JSON.stringify(good))).toEqual(good);
  });
});

describe('a node id', () => {
  test('consists of the prefix and padded base64, and decodes to the key (FR-103)', () => {
    expect(encodeNodeId(KEY)).toBe('caro:ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=');
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (key) => {
        expect(parseNodeId(encodeNodeId(key))).toEqual(key);
      }),
    );
  });

  test('has exactly one spelling', () => {
    const id = encodeNodeId(KEY);
    const others = [
      id.slice(0, -1),
      id.replace('/', '_'),
      `${id}=`,
      `${id} `,
      id.replace('Ro=', 'Rp='),
      id.replace('caro:', 'CARO:'),
      id.replace('ed25519', 'ed448'),
      'caro:ed25519:',
      '',
    ];
    expect(others.map((other) => parseNodeId(other))).toEqual(others.map(() => undefined));
  });

  test('has a fingerprint of the first 8 bytes of BLAKE3 over the key (FR-105)', () => {
    // BLAKE3 of the empty input starts with af1349b9f5f9a1a6 (the published test vector).
    expect(fingerprint(new Uint8Array())).toBe('af1349b9f5f9a1a6');
  });
});
