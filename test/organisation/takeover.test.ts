/** Which heads a node takes over, which wait for its owner, and which are refused. */
import { describe, expect, test } from '@jest/globals';
import type { RosterHead } from '../../src/domain/organisation/roster.ts';
import type { OpenedHead } from '../../src/organisation/head.ts';
import { commitmentTo, memberList } from '../../src/organisation/members.ts';
import { endorseTrustee } from '../../src/organisation/statements.ts';
import { agree, type RosterState, startWith, takeOver, wideningsIn } from '../../src/organisation/takeover.ts';
import { codeOf } from '../rig/error-code.ts';
import { cardOf, DAY_MS, firstHead, keyOf, memberOf, NOW_MS, nextHead, nodeOf, officersOf, signed } from './rosters.ts';

const FIRST = signed(firstHead(), 'anna', 'boris');
const SECOND = signed(nextHead(FIRST), 'anna', 'boris');
const HEADS = [FIRST, SECOND];
const known = (version: number): OpenedHead | undefined => HEADS[version - 1];

/** A node that joined with version 1 and has version 2. */
const state: RosterState = takeOver(startWith(FIRST, NOW_MS), known, [SECOND.envelope], NOW_MS).state;
const next = (change: Partial<RosterHead>): RosterHead => nextHead(SECOND, change);
const two = ['anna', 'boris'];

function outcome(head: RosterHead, signers: readonly string[] = two, from = state): string {
  try {
    const { state: after, taken } = takeOver(from, known, [signed(head, ...signers).envelope], NOW_MS);
    if (after.fork) return 'forked';
    if (taken.length === 0) return 'known';
    return after.waiting
      ? `waits: ${wideningsIn(after.waiting, after.consent)
          .map(({ what }) => what)
          .join()}`
      : 'taken';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

function fail(): never {
  throw new Error('expected a case');
}

const trustee = (name: string, endorsement: RosterHead['trustees'][number]['endorsement'] = null) => ({
  ...nodeOf(name),
  endorsement,
});
const endorsed = (by: string, name: string, previous = SECOND.hash, sealedFor = name) =>
  trustee(
    name,
    endorseTrustee(
      {
        org: 'example-gmbh',
        previous,
        trustee: keyOf(name).id,
        sealingKey: cardOf(sealedFor).sealingKey,
      },
      keyOf(by),
    ),
  );
const works = trustee('works-council');
const members = commitmentTo(memberList([memberOf('ws-9')]));

describe('a new head', () => {
  const CASES: readonly (readonly [string, RosterHead, string, (readonly string[])?])[] = [
    ['names another analyst', next({ supervisors: [nodeOf('new-ciso')] }), 'taken'],
    ['has other members', next({ members }), 'taken'],
    ['has a higher floor', next({ floor: 50 }), 'taken'],
    ['has other relays', next({ relays: [{ url: 'tls://10.0.0.9:4222', key: cardOf('relay').sealingKey }] }), 'taken'],
    ['has a longer validity', next({ expires: '2027-06-01T00:00:00.000Z' }), 'taken'],
    [
      'adds a trustee that the old one endorses',
      next({ trustees: [works, endorsed('works-council', 'dpo')] }),
      'taken',
    ],
    [
      'puts an endorsed trustee in place of the old one',
      next({ trustees: [endorsed('works-council', 'dpo')] }),
      'taken',
    ],
    ['has no trustee', next({ trustees: [] }), 'taken'],
    ['has a higher threshold', next({ threshold: 3 }), 'taken', ['anna', 'boris', 'clara']],
    [
      'replaces a lost key of an officer',
      next({ officers: officersOf('anna', 'boris', 'dora') }),
      'taken',
      ['anna', 'boris'],
    ],
    [
      'has other officers, signed by both quorums',
      next({ officers: officersOf('anna', 'dora', 'emil') }),
      'taken',
      ['anna', 'boris', 'dora'],
    ],
    ['is signed by one officer only', next({}), 'roster_unsigned', ['anna']],
    ['is signed by an officer and a stranger', next({}), 'roster_unsigned', ['anna', 'mallory']],
    [
      'has other officers, signed by these only',
      next({ officers: officersOf('anna', 'dora', 'emil') }),
      'roster_unsigned',
      ['dora', 'emil'],
    ],
    [
      'has other officers, signed by the old ones only',
      next({ officers: officersOf('dora', 'emil', 'fritz') }),
      'roster_unsigned',
      two,
    ],
    ['has a lower floor', next({ floor: 5 }), 'waits: floor'],
    ['has a wider level', next({ level: 1 }), 'waits: level'],
    ['has a lower threshold', next({ threshold: 1 }), 'waits: threshold'],
    ['has a trustee without an endorsement', next({ trustees: [trustee('puppet')] }), 'waits: trustee'],
    [
      'has a trustee that an officer endorses',
      next({ trustees: [works, endorsed('anna', 'puppet')] }),
      'waits: trustee',
    ],
    ['has a trustee that endorses itself', next({ trustees: [works, endorsed('puppet', 'puppet')] }), 'waits: trustee'],
    [
      'has a trustee with an endorsement for another version',
      next({ trustees: [works, endorsed('works-council', 'dpo', FIRST.hash)] }),
      'waits: trustee',
    ],
    [
      'has a trustee with an endorsement for another sealing key',
      next({ trustees: [works, endorsed('works-council', 'dpo', SECOND.hash, 'puppet')] }),
      'waits: trustee',
    ],
    [
      'gives the trustee the sealing key of somebody else',
      next({ trustees: [{ ...works, card: cardOf('puppet') }] }),
      'waits: trustee',
    ],
    ['is the one that is known', SECOND.head, 'known'],
    ['is an old one again', FIRST.head, 'known'],
    ['is of a version that was before the node joined', { ...FIRST.head, floor: 21 }, 'forked'],
    ['leaves a version out', { ...next({}), version: 4 }, 'roster_gap'],
    ['is a second one of the version in force', { ...SECOND.head, floor: 30 }, 'forked'],
    ['follows a head that the node does not know', next({ previous: cardOf('x').sealingKey }), 'forked'],
    ['is a fork that one officer has signed', { ...SECOND.head, floor: 30 }, 'roster_unsigned', ['anna']],
    ['has expired', next({ expires: '2026-11-30T12:00:00.000Z' }), 'roster_expired'],
    ['is of another organization', next({ org: 'evil' }), 'roster_other_org'],
  ];
  test.each(CASES.map(([name]) => name))('that %s', (name) => {
    const [, head, expected, signers] = CASES.find((row) => row[0] === name) ?? fail();
    expect(outcome(head, signers)).toBe(expected);
  });

  test('with a layout that is new to the owner waits', () => {
    const without = startWith(signed(firstHead({ layouts: [] }), ...two), NOW_MS);
    expect(outcome(nextHead(without.current, { layouts: ['day/1'] }), two, without)).toBe('waits: layout');
  });

  test('cannot lower a floor that it has raised', () => {
    const third = signed(next({ floor: 50 }), ...two);
    const raised = takeOver(state, known, [third.envelope], NOW_MS).state;
    expect(outcome(nextHead(third, { floor: 20 }), two, raised)).toBe('waits: floor');
  });

  test('is older than what the node knows: refused where it cannot be compared', () => {
    const late = takeOver(startWith(SECOND, NOW_MS), () => undefined, [], NOW_MS).state;
    expect(codeOf(() => takeOver(late, () => undefined, [FIRST.envelope], NOW_MS))).toBe('roster_rollback');
  });
});

describe('a chain of heads', () => {
  const chain = (changes: readonly Partial<RosterHead>[]): readonly OpenedHead[] => {
    const heads: OpenedHead[] = [];
    for (const change of changes) heads.push(signed(nextHead(heads.at(-1) ?? SECOND, change), ...two));
    return heads;
  };

  test('is followed through heads that have expired, up to one that has not', () => {
    const expired = { createdAt: '2026-11-01T00:00:00.000Z', expires: '2026-11-15T00:00:00.000Z' };
    const fresh = { createdAt: '2026-11-20T00:00:00.000Z', expires: '2027-01-01T00:00:00.000Z' };
    const heads = chain([expired, fresh]);
    const documents = heads.map(({ envelope }) => envelope);
    expect(takeOver(state, known, documents, NOW_MS).state.current).toEqual(heads[1]);
    expect(codeOf(() => takeOver(state, known, documents.slice(0, 1), NOW_MS))).toBe('roster_expired');
    expect(codeOf(() => takeOver(state, known, documents, NOW_MS + 90 * DAY_MS))).toBe('roster_expired');
  });

  test('stops waiting when a later head asks for no more than the owner agreed to', () => {
    const [lower, higher] = chain([{ floor: 5 }, { floor: 20 }]);
    if (!lower || !higher) throw new Error('expected two heads');
    const waits = takeOver(state, known, [lower.envelope], NOW_MS).state;
    expect(waits.current).toEqual(SECOND);
    expect(waits.waiting).toEqual(lower);
    const after = takeOver(waits, known, [higher.envelope], NOW_MS).state;
    expect(after).toMatchObject({ waiting: null, current: { head: { version: 4, floor: 20 } } });
  });

  test('goes on from a head to which the owner has agreed', () => {
    const [lower, same] = chain([{ floor: 5, trustees: [trustee('puppet')] }, { members }]);
    if (!lower || !same) throw new Error('expected two heads');
    const agreed = agree(takeOver(state, known, [lower.envelope], NOW_MS).state);
    expect(agreed.consent).toMatchObject({ floor: 5, level: 2 });
    expect(takeOver(agreed, known, [same.envelope], NOW_MS).state.current).toEqual(same);
    expect(codeOf(() => agree(agreed))).toBe('not_found');
  });

  test('keeps the evidence of a fork, and nothing follows it', () => {
    const fork = signed({ ...SECOND.head, floor: 30 }, ...two);
    const forked = takeOver(state, known, [fork.envelope], NOW_MS).state;
    expect(forked).toMatchObject({ current: SECOND, fork: fork.envelope });
    const third = signed(next({}), ...two);
    expect(takeOver(forked, known, [third.envelope], NOW_MS)).toEqual({ state: forked, taken: [] });
  });
});
