import { describe, expect, test } from '@jest/globals';
import type { SharingLevel, TrustLevel } from '../../src/domain/policy/trust.ts';
import type { MessageType } from '../../src/mesh/protocol/messages.ts';
import { decideEgress, witnessRefusal } from '../../src/policy/egress.ts';
import { ANA, BEN, settings } from './settings.ts';

const response = (level: unknown) => ({ result: 'answered', type: 'tool-usage', level });
const mayLeave = (trust: TrustLevel, sharing: SharingLevel, type: string, body: unknown): boolean =>
  decideEgress(
    settings({ trust: { nodes: { [ANA]: trust } }, sharing: { level: sharing } }),
    { type, body },
    { id: ANA },
  ).allow;

describe('what the gate asks before a message leaves', () => {
  test.each<[TrustLevel, SharingLevel, boolean, boolean, boolean]>([
    // trust, sharing → summary, level-1 answer, level-2 answer
    ['peer', 1, true, true, true],
    ['peer', 2, false, false, true],
    ['peer', 0, false, false, false],
    ['supervisor', 1, false, false, true],
    ['query_from', 1, false, true, true],
    ['share_to', 1, true, false, false],
    ['untrusted', 1, false, false, false],
  ])(
    '%s at sharing level %d: summary %s, level-1 answer %s, level-2 answer %s',
    (trust, sharing, summary, one, two) => {
      expect(mayLeave(trust, sharing, 'summary', {})).toBe(summary);
      expect(mayLeave(trust, sharing, 'response', response(1))).toBe(one);
      expect(mayLeave(trust, sharing, 'response', response(2))).toBe(two);
    },
  );

  test('a message of another type never leaves as an answer', () => {
    expect(mayLeave('peer', 1, 'reply', response(1))).toBe(false);
  });

  test('an answer that does not say its level is judged as the most detailed', () => {
    expect(mayLeave('supervisor', 1, 'response', response(undefined))).toBe(false);
    expect(mayLeave('supervisor', 1, 'response', response('2'))).toBe(false);
  });

  test('that a node counted nothing is a figure of that node, and as detailed as one', () => {
    const nothing = { result: 'no_data', type: 'tool-usage' };
    expect(mayLeave('peer', 1, 'response', nothing)).toBe(true);
    expect(mayLeave('peer', 2, 'response', nothing)).toBe(false);
    expect(mayLeave('supervisor', 1, 'response', nothing)).toBe(false);
  });

  test('a head of the log goes to witnesses only, and a cosignature needs a willing owner', () => {
    const refusal = (witnesses: readonly string[], witness: boolean, type: string, body: unknown) =>
      witnessRefusal({ audit: { witnesses, witness } }, { type, body }, (id) => id === ANA);
    expect(refusal([ANA], false, 'checkpoint', {})).toBeNull();
    expect(refusal([], true, 'checkpoint', {})).toBe('audit.witnesses');
    expect(refusal([BEN], true, 'checkpoint', {})).toBe('audit.witnesses');
    expect(refusal([], true, 'cosignature', { result: 'cosigned' })).toBeNull();
    expect(refusal([ANA], false, 'cosignature', { result: 'cosigned' })).toBe('audit.witness');
    expect(refusal([ANA], false, 'cosignature', { result: 'unwilling' })).toBeNull();
    expect(refusal([], false, 'query', {})).toBeNull();
  });

  test('a refusal and messages without figures go to whoever may connect, and to nobody else', () => {
    for (const [type, body] of [
      ['response', { result: 'access_denied', type: 'tool-usage' }],
      ['hello', {}],
      ['query', { type: 'tool-usage', spanHours: 24 }],
    ] as const) {
      expect(mayLeave('share_to', 0, type, body)).toBe(true);
      expect(mayLeave('untrusted', 1, type, body)).toBe(false);
    }
  });

  test('every type of message has a place, and one without a place is refused', () => {
    const bodies: Readonly<Record<MessageType, object>> = {
      ...{
        checkpoint: {},
        cosignature: {},
        advisory: {},
        'advisory-ack': {},
        'roll-call': {},
        present: {},
        layout: {},
      },
      hello: {},
      summary: {},
      'summary-ack': {},
      query: {},
      rotation: {},
      revocation: {},
      pair: {},
      goodbye: {},
      response: response(1),
      'blind-report': {},
      'blind-receipt': {},
      'blind-prepare': {},
      'blind-prepared': {},
      'blind-log': {},
      'org-ask': {},
      'org-news': {},
      'org-join': {},
      'org-joined': {},
      'blind-entries': {},
      'blind-total': {},
      'blind-share': {},
      'blind-refusal': {},
    };
    for (const [type, body] of Object.entries(bodies))
      expect([type, mayLeave('peer', 1, type, body)]).toEqual([type, true]);
    for (const type of ['receipt', 'figures', '', 'constructor', 'Summary'])
      expect(mayLeave('peer', 1, type, {})).toBe(false);
  });

  test('a response with a result that has no place is refused', () => {
    for (const result of ['suppressed', 'error']) expect(mayLeave('share_to', 0, 'response', { result })).toBe(true);
    for (const result of ['partly', undefined, null, 1, ['error']])
      expect(mayLeave('peer', 1, 'response', { result, type: 'tool-usage' })).toBe(false);
  });
});
