/** The members of a roster: one spelling, proofs, and deltas that lead from list to list. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Member, RosterDelta } from '../../src/domain/organisation/roster.ts';
import {
  applyDelta,
  commitmentTo,
  decodeDelta,
  decodeMember,
  decodeProof,
  deltaBetween,
  encodeDelta,
  encodeMember,
  encodeProof,
  isListOf,
  isMember,
  memberList,
  proofOf,
} from '../../src/organisation/members.ts';
import { codeOf } from '../rig/error-code.ts';
import { firstHead, keyOf, memberOf } from './rosters.ts';

const NAMES = Array.from({ length: 40 }, (_, index) => `ws-${index}`);
const ALL = NAMES.map((name) => memberOf(name));
const someMembers = fc.subarray(ALL);
const headOf = (list: ReturnType<typeof memberList>) => firstHead({ members: commitmentTo(list) });

describe('the members of a roster', () => {
  test('have one spelling, and each has a proof that no other member fits', () => {
    fc.assert(
      fc.property(someMembers, (members) => {
        const list = memberList(members);
        const head = headOf(list);
        for (const member of list.members) {
          expect(decodeMember(encodeMember(member))).toEqual(member);
          const proof = proofOf(list, member.id);
          if (!proof) throw new Error('expected a proof');
          expect(decodeProof(encodeProof(proof))).toEqual(proof);
          expect(isMember(proof, head)).toBe(true);
          expect(isMember({ ...proof, member: { ...member, unit: 'oslo/1' } }, head)).toBe(false);
          expect(isMember({ ...proof, index: proof.index + 1 }, head)).toBe(false);
        }
        expect(proofOf(list, keyOf('stranger').id)).toBeUndefined();
      }),
      { numRuns: 20 },
    );
  });

  test('are the same list in any order, and no id or name occurs twice', () => {
    expect(commitmentTo(memberList([...ALL].reverse()))).toEqual(commitmentTo(memberList(ALL)));
    const [first, second] = ALL as [Member, Member];
    expect(codeOf(() => memberList([first, first]))).toBe('roster_invalid');
    expect(codeOf(() => memberList([first, { ...second, name: first.name }]))).toBe('roster_invalid');
  });

  test('are led by a delta from any list to any other one', () => {
    const renamed = fc.array(fc.integer({ min: 0, max: 39 }), { maxLength: 5 });
    fc.assert(
      fc.property(someMembers, someMembers, renamed, (before, after, moved) => {
        const [old, next] = [
          memberList(before),
          memberList(after.map((one, at) => (moved.includes(at) ? { ...one, unit: 'lyon/2' } : one))),
        ];
        const delta = deltaBetween({ org: 'example-gmbh', from: 1, to: 2 }, old, next);
        expect(decodeDelta(encodeDelta(delta))).toEqual(delta);
        expect(isListOf(applyDelta(old, delta), headOf(next))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  test('refuse a delta that is unsorted, in another spelling, or removes a stranger', () => {
    const [first, second] = memberList(ALL).members as [Member, Member];
    const delta: RosterDelta = {
      type: 'caro.roster-delta',
      org: 'example-gmbh',
      from: 0,
      to: 1,
      add: [second, first],
      remove: [],
    };
    expect(codeOf(() => decodeDelta(encodeDelta(delta)))).toBe('roster_invalid');
    expect(codeOf(() => decodeDelta(` ${encodeDelta({ ...delta, add: [] })}`))).toBe('roster_invalid');
    expect(codeOf(() => applyDelta(memberList([]), { ...delta, remove: [first.id] }))).toBe('roster_invalid');
    for (const text of ['', '{}', encodeMember(first).replace('ws-', 'WS-'), `${encodeMember(first)} `])
      expect(codeOf(() => decodeMember(text))).toBe('roster_invalid');
  });
});
