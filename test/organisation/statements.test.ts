/** Requests to join and endorsements: who has to sign them, and their one spelling. */
import { describe, expect, test } from '@jest/globals';
import {
  decodeRequest,
  encodeRequest,
  endorseTrustee,
  openEndorsement,
  openRequest,
  signRequest,
} from '../../src/organisation/statements.ts';
import { codeOf } from '../rig/error-code.ts';
import { cardOf, keyOf } from './rosters.ts';

const asked = {
  org: 'example-gmbh',
  name: 'ws-1',
  unit: 'berlin/1',
  card: cardOf('ws-1'),
  predecessor: null,
  createdAt: '2026-11-29T00:00:00.000Z',
};

test('a request is read as it was written', () => {
  const request = signRequest(asked, keyOf('ws-1'));
  expect(decodeRequest(encodeRequest(request))).toEqual(request);
  expect(request.request.node).toBe(keyOf('ws-1').id);
});

describe('a request is refused', () => {
  const { envelope } = signRequest(asked, keyOf('ws-1'));
  test('where another node has signed it', () => {
    const { signatures } = signRequest(asked, keyOf('ws-2')).envelope;
    expect(codeOf(() => openRequest({ ...envelope, signatures }))).toBe('roster_invalid');
  });
  test.each([
    ['name', { name: 'WS 1' }],
    ['unit', { unit: '' }],
    ['predecessor', { predecessor: '../x' }],
    ['card', { card: { ...asked.card, extra: 1 } }],
  ])('for a wrong %s', (_, change) => {
    expect(codeOf(() => signRequest({ ...asked, ...change }, keyOf('ws-1')))).toBe('roster_invalid');
  });
});

test('an endorsement names who signed it, and is refused if somebody else did', () => {
  const statement = {
    org: 'example-gmbh',
    previous: cardOf('x').sealingKey,
    trustee: keyOf('dpo').id,
    sealingKey: cardOf('dpo').sealingKey,
  };
  const envelope = endorseTrustee(statement, keyOf('works-council'));
  expect(openEndorsement(envelope)).toMatchObject({ ...statement, by: keyOf('works-council').id });
  const { signatures } = endorseTrustee(statement, keyOf('mallory'));
  expect(codeOf(() => openEndorsement({ ...envelope, signatures }))).toBe('roster_invalid');
});
