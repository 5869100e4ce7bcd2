/** Passes to the relay: who may make them, and who can open them. */
import { describe, expect, test } from '@jest/globals';
import { deriveSealingKey } from '../../src/blind/sealing.ts';
import type { PassContent } from '../../src/domain/organisation/relay-pass.ts';
import { decodePass, encodePass, openPass, readPass, signPass, unsealPass } from '../../src/organisation/relay-pass.ts';
import { codeOf } from '../rig/error-code.ts';
import { firstHead, keyOf } from './rosters.ts';

const JWT = `${'a'.repeat(36)}.${'b'.repeat(600)}.${'c'.repeat(86)}`;
const content: PassContent = { fleet: JWT, docs: null, questionKey: Buffer.alloc(32, 1).toString('base64') };
const key = deriveSealingKey(new Uint8Array(32).fill(2));
const other = deriveSealingKey(new Uint8Array(32).fill(3));
const node = keyOf('ws-1').id;

const passOf = (signer = keyOf('anna'), change: Partial<PassContent> = {}, org = 'example-gmbh') =>
  signPass(
    {
      org,
      node,
      createdAt: '2026-12-01T00:00:00.000Z',
      expires: '2027-05-28T00:00:00.000Z',
      sealingKey: Buffer.from(key.publicKey).toString('base64'),
      content: { ...content, ...change },
    },
    signer,
  );

test('a pass is read as it was written, and its node opens it', () => {
  const pass = passOf();
  const opened = openPass(decodePass(encodePass(pass)), firstHead());
  expect(opened).toEqual(pass);
  expect(unsealPass(opened.pass, key)).toEqual(content);
});

test('its text holds no credential and no key', () => {
  const text = `${encodePass(passOf())}${Buffer.from(passOf().envelope.payload, 'base64').toString('utf8')}`;
  for (const secret of [JWT, content.questionKey]) expect(text).not.toContain(secret);
});

describe('a pass is refused', () => {
  test('where no officer has signed it, such as a supervisor that makes one', () => {
    for (const name of ['ciso', 'dora', 'ws-1'])
      expect(codeOf(() => openPass(passOf(keyOf(name)).envelope, firstHead()))).toBe('roster_invalid');
  });

  test('of an officer whose signature is that of another pass', () => {
    const { signatures } = passOf(keyOf('anna'), { fleet: JWT.replace('b', 'd') }).envelope;
    expect(codeOf(() => openPass({ ...passOf().envelope, signatures }, firstHead()))).toBe('roster_invalid');
  });

  test('of another organization', () => {
    const { envelope } = passOf(keyOf('anna'), {}, 'other-gmbh');
    expect(codeOf(() => openPass(envelope, firstHead()))).toBe('roster_invalid');
  });

  test('with more in it than a pass has', () => {
    expect(codeOf(() => readPass({ ...passOf().envelope, extra: 1 }))).toBe('roster_invalid');
    expect(codeOf(() => decodePass('{'))).toBe('roster_invalid');
  });
});

test('no other key opens it, and no other node can use it', () => {
  const { pass } = passOf();
  expect(codeOf(() => unsealPass(pass, other))).toBe('blind_box_invalid');
  expect(codeOf(() => unsealPass({ ...pass, node: keyOf('ws-2').id }, key))).toBe('blind_box_invalid');
});

test('a box with another content than that of a pass is refused, and its text is not told', () => {
  const { pass } = passOf(keyOf('anna'), { fleet: 'no token' });
  expect(codeOf(() => unsealPass(pass, key))).toBe('roster_invalid');
  expect(() => unsealPass(pass, key)).toThrow(expect.not.stringContaining('no token'));
});
