/** The head of a roster: its spelling, its signatures, and what is refused. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  decodeDraft,
  decodeHead,
  draftHead,
  encodeHead,
  hasQuorum,
  joinHeads,
  openHead,
  signersOf,
  signHead,
} from '../../src/organisation/head.ts';
import { codeOf } from '../rig/error-code.ts';
import { cardOf, firstHead, keyOf, nodeOf, officersOf, signed } from './rosters.ts';

describe('the head of a roster', () => {
  test('is read as it was written, and named by the hash of its signed bytes', () => {
    const head = signed(firstHead(), 'anna', 'clara');
    const read = decodeHead(encodeHead(head));
    expect(read).toEqual(head);
    expect(encodeHead(read)).toBe(encodeHead(head));
    expect(signersOf(read.envelope, read.head).map(({ name }) => name)).toEqual(['anna', 'clara']);
    expect(Buffer.byteLength(encodeHead(head))).toBeLessThan(4_096);
  });

  test('has one spelling, whatever it says', () => {
    const name = fc.stringMatching(/^[a-z0-9-]{1,32}$/);
    const content = fc.record({
      version: fc.constant(1),
      org: fc.stringMatching(/^[a-z0-9][a-z0-9.-]{0,20}$/),
      level: fc.constantFrom(1 as const, 2 as const),
      floor: fc.integer({ min: 5, max: 1_000 }),
      windowHours: fc.integer({ min: 24, max: 720 }),
      supervisors: fc.uniqueArray(name, { maxLength: 3 }).map((names) => names.map((one) => nodeOf(one))),
      threshold: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(content, (change) => {
        const draft = draftHead(firstHead({ ...change, trustees: [] }));
        expect(encodeHead(decodeDraft(encodeHead(draft)))).toBe(encodeHead(draft));
      }),
      { numRuns: 50 },
    );
  });

  test('counts each officer once, whoever else has signed', () => {
    const head = signed(firstHead(), 'anna', 'mallory', 'ws-1');
    expect(hasQuorum(head.envelope, head.head)).toBe(false);
    expect(codeOf(() => openHead(head.envelope))).toBe('roster_unsigned');
    const [anna] = head.envelope.signatures.filter(({ keyid }) => keyid === keyOf('anna').fingerprint);
    const twice = { ...head.envelope, signatures: anna ? [anna, anna] : [] };
    expect(codeOf(() => openHead(twice))).toBe('roster_invalid');
    const claimed = { ...head.envelope, signatures: anna ? [{ ...anna, keyid: keyOf('boris').fingerprint }] : [] };
    expect(signersOf(claimed, head.head)).toEqual([]);
    expect(openHead(signHead(head, keyOf('boris')).envelope).head).toEqual(head.head);
  });

  test('collects signatures that were made on different machines', () => {
    const draft = draftHead(firstHead());
    const [one, two] = ['anna', 'boris'].map((name) => signHead(draft, keyOf(name)));
    if (!one || !two) throw new Error('expected two heads');
    expect(codeOf(() => openHead(one.envelope))).toBe('roster_unsigned');
    expect(openHead(joinHeads(one, two).envelope)).toEqual(signed(firstHead(), 'boris', 'anna'));
    const other = draftHead(firstHead({ floor: 30 }));
    expect(codeOf(() => joinHeads(one, other))).toBe('roster_invalid');
  });

  test('is refused where it contradicts itself or its schema', () => {
    const changes: readonly Readonly<Record<string, unknown>>[] = [
      { version: 2 },
      { version: 0 },
      { previous: 'A'.repeat(43) },
      { threshold: 4 },
      { threshold: 0 },
      { officers: officersOf('anna', 'anna') },
      { officers: [] },
      { level: 0 },
      { floor: 4 },
      { layouts: ['day/2'] },
      { layouts: ['day/1', 'day/1'] },
      { expires: '2026-11-29T12:00:00.000Z' },
      { expires: '2029-01-01T00:00:00.000Z' },
      { supervisors: [{ ...nodeOf('works-council'), name: 'other', card: cardOf('other') }] },
      { supervisors: [{ ...nodeOf('ciso'), card: cardOf('works-council') }] },
      { supervisors: [{ ...nodeOf('ciso'), addresses: ['example.com:9238'] }] },
      { relays: [{ url: 'nats://10.0.0.1:4222', key: 'A'.repeat(43) }] },
      { org: 'Example' },
      { extra: true },
    ];
    for (const change of changes)
      expect([change, codeOf(() => draftHead({ ...firstHead(), ...change }))]).toEqual([change, 'roster_invalid']);
  });

  test('is refused in any other spelling', () => {
    const { envelope } = signed(firstHead(), 'anna', 'boris');
    const text = Buffer.from(envelope.payload, 'base64').toString();
    const spelled = (payload: string) => ({ ...envelope, payload: Buffer.from(payload).toString('base64') });
    for (const other of [
      spelled(` ${text}`),
      spelled(text.replace('"org"', '"\\u006frg"')),
      spelled('[]'),
      { ...envelope, payloadType: 'application/json' },
      { ...envelope, signatures: [...envelope.signatures].reverse() },
      { ...envelope, extra: 1 },
    ])
      expect(codeOf(() => openHead(other))).toBe('roster_invalid');
    expect(codeOf(() => decodeHead('{'))).toBe('roster_invalid');
  });
});
