import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CaroError } from '../../../src/domain/errors.ts';
import { encodeNodeId } from '../../../src/domain/identity/node-id.ts';
import { seal } from '../../../src/identity/envelope.ts';
import {
  decodeMessage,
  decodePayload,
  encodeMessage,
  encodePayload,
} from '../../../src/mesh/protocol/message-codec.ts';
import { MESSAGE_TYPE, type MessageHeader, type Typed } from '../../../src/mesh/protocol/messages.ts';
import { makeIdentity } from '../rig.ts';

const base64 = (length: number): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => Buffer.from(bytes).toString('base64'));
const nodeId = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(encodeNodeId);
const header: fc.Arbitrary<MessageHeader> = fc.record({
  version: fc.constant(1 as const),
  sender: nodeId,
  recipient: nodeId,
  session: base64(32),
  sequence: fc.nat(),
  time: fc
    .date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true })
    .map((date) => date.toISOString()),
  nonce: base64(16),
  inReplyTo: fc.option(base64(16)),
});
const message: fc.Arbitrary<Typed> = fc.oneof(
  fc.constant<Typed>({ type: 'hello', body: { rotations: [] } }),
  fc.constantFrom<Typed>(
    { type: 'goodbye', body: { reason: 'shutdown' } },
    { type: 'query', body: { type: 'anomalies', spanHours: 168 } },
  ),
  base64(32).map((proof): Typed => ({ type: 'pair', body: { name: 'a-name', port: null, proof } })),
);

describe('a message', () => {
  test('survives encoding and decoding, and has exactly one encoding', () => {
    const identity = makeIdentity();
    fc.assert(
      fc.property(header, message, (head, typed) => {
        const bytes = encodePayload(head, typed);
        expect(decodePayload(bytes)).toEqual({ ...head, ...typed });
        const text = encodeMessage(seal(MESSAGE_TYPE, bytes, identity));
        expect(encodeMessage(decodeMessage(text))).toBe(text);
      }),
      { numRuns: 100 },
    );
  });

  test('is refused in any other spelling of the same JSON', () => {
    fc.assert(
      fc.property(header, message, (head, typed) => {
        const text = Buffer.from(encodePayload(head, typed)).toString();
        const members = Object.entries(JSON.parse(text) as object).reverse();
        const spellings = [
          ` ${text}`,
          `${text}\n`,
          text.replace('"version":1', '"version":1.0'),
          text.replace('"type"', '"\\u0074ype"'),
          text.replace('{', '{"version":2,'),
          JSON.stringify(Object.fromEntries(members)),
        ];
        for (const spelling of spellings)
          expect(() => decodePayload(Buffer.from(spelling))).toThrow('expected canonical JSON (RFC 8785)');
      }),
      { numRuns: 30 },
    );
  });

  test('is refused with the same code after any change', () => {
    const identity = makeIdentity();
    const text = encodeMessage(seal(MESSAGE_TYPE, Buffer.from('{}'), identity));
    const attempt = (input: string): string => {
      try {
        decodePayload(Buffer.from(decodeMessage(input).payload, 'base64'));
        return 'taken';
      } catch (error) {
        return error instanceof CaroError ? error.code : 'a defect';
      }
    };
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.nat({ max: text.length }).map((at) => text.slice(0, at)),
        ),
        (input) => {
          expect(attempt(input)).toBe('message_malformed');
        },
      ),
      { numRuns: 300 },
    );
  });

  test('is refused when its payload is not UTF-8, even if it decodes to the same text', () => {
    const lone = Buffer.concat([Buffer.from('{"body":{"a":"'), Buffer.from([0xff]), Buffer.from('"}}')]);
    expect(() => decodePayload(lone)).toThrow(CaroError);
  });
});
