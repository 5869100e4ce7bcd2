/**
 * `test/vectors/roster/`: documents with their expected outcome, for other implementations. Written
 * by `CARO_WRITE_VECTORS=1 npx jest vectors.test.ts`; the keys in it are public.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { MemberProof, RosterDelta, RosterHead } from '../../src/domain/organisation/roster.ts';
import { type OpenedHead, openHead } from '../../src/organisation/head.ts';
import {
  applyDelta,
  commitmentTo,
  decodeDelta,
  deltaBetween,
  encodeDelta,
  isListOf,
  isMember,
  memberList,
  proofOf,
} from '../../src/organisation/members.ts';
import { endorseTrustee, openRequest, signRequest } from '../../src/organisation/statements.ts';
import { startWith, takeOver, wideningsIn } from '../../src/organisation/takeover.ts';
import { cardOf, firstHead, keyOf, memberOf, NOW_MS, nextHead, nodeOf, officersOf, signed } from './rosters.ts';

const FILE = join(__dirname, '..', 'vectors', 'roster', 'roster.json');

interface Vectors {
  readonly now: string;
  /** Heads that the node knows, oldest first; the owner joined with the first. */
  readonly known: readonly unknown[];
  readonly takeover: readonly { readonly name: string; readonly head: unknown; readonly outcome: string }[];
  readonly proofs: readonly {
    readonly name: string;
    readonly head: unknown;
    readonly proof: MemberProof;
    readonly holds: boolean;
  }[];
  readonly deltas: readonly { readonly from: RosterDelta; readonly delta: RosterDelta; readonly head: unknown }[];
  readonly requests: readonly { readonly name: string; readonly request: unknown; readonly valid: boolean }[];
}

function outcomeOf(known: readonly OpenedHead[], head: unknown): string {
  const [first, ...rest] = known;
  if (!first) throw new Error('expected a head');
  const at = (version: number): OpenedHead | undefined => known[version - 1];
  const documents = rest.map(({ envelope }) => envelope);
  const { state } = takeOver(startWith(first, NOW_MS), at, documents, NOW_MS);
  try {
    const { state: after, taken } = takeOver(state, at, [head], NOW_MS);
    if (after.fork) return 'roster_forked';
    if (taken.length === 0) return 'known';
    return after.waiting
      ? `waits for ${wideningsIn(after.waiting, after.consent)
          .map(({ what }) => what)
          .join()}`
      : 'taken';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

function make(): Vectors {
  const list = memberList(['ws-1', 'ws-2', 'ws-3', 'ws-4', 'ws-5'].map((name) => memberOf(name)));
  const first = signed(firstHead({ members: commitmentTo(list) }), 'anna', 'boris');
  const second = signed(nextHead(first), 'boris', 'clara');
  const after = memberList([...list.members.slice(1), memberOf('ws-6', 'oslo/1')]);
  const next = (change: Partial<RosterHead>, ...names: string[]) =>
    signed(nextHead(second, change), ...(names.length === 0 ? ['anna', 'boris'] : names)).envelope;
  const third = next({ members: commitmentTo(after) });
  const works = first.head.trustees;
  const endorsement = endorseTrustee(
    { org: 'example-gmbh', previous: second.hash, trustee: keyOf('dpo').id, sealingKey: cardOf('dpo').sealingKey },
    keyOf('works-council'),
  );
  const heads: Readonly<Record<string, unknown>> = {
    'other members': third,
    'another analyst': next({ supervisors: [nodeOf('new-ciso')] }),
    'a higher floor': next({ floor: 50 }),
    'an endorsed trustee': next({ trustees: [...works, { ...nodeOf('dpo'), endorsement }] }),
    'a trustee without an endorsement': next({ trustees: [{ ...nodeOf('dpo'), endorsement: null }] }),
    'a lower floor': next({ floor: 5 }),
    'a wider level': next({ level: 1 }),
    'a lower threshold': next({ threshold: 1 }),
    'one signature': next({}, 'anna'),
    'other officers, signed by both quorums': next(
      { officers: officersOf('anna', 'dora', 'emil') },
      ...['anna', 'boris', 'dora'],
    ),
    'other officers, signed by the new ones': next({ officers: officersOf('anna', 'dora', 'emil') }, 'dora', 'emil'),
    'an old head': first.envelope,
    'a second head of the version in force': signed({ ...second.head, floor: 30 }, 'anna', 'boris').envelope,
    'an unknown predecessor': next({ previous: first.hash }),
    'a version that is left out': signed({ ...nextHead(second), version: 4 }, 'anna', 'boris').envelope,
    'an expired head': next({ expires: '2026-11-30T12:00:00.000Z' }),
    'another organisation': next({ org: 'other' }),
    'a payload in another spelling': { ...third, payload: `${third.payload.slice(0, -4)}AAAA` },
  };
  const known = [first, second];
  const proof = proofOf(list, list.members[4]?.id ?? '');
  if (!proof) throw new Error('expected a proof');
  const request = signRequest(
    {
      org: 'example-gmbh',
      name: 'ws-7',
      unit: 'berlin/1',
      card: cardOf('ws-7'),
      predecessor: 'ws-1',
      createdAt: '2026-11-30T00:00:00.000Z',
    },
    keyOf('ws-7'),
  ).envelope;
  return {
    now: new Date(NOW_MS).toISOString(),
    known: known.map(({ envelope }) => envelope),
    takeover: Object.entries(heads).map(([name, head]) => ({ name, head, outcome: outcomeOf(known, head) })),
    proofs: [
      { name: 'the last of five', head: first.envelope, proof, holds: true },
      { name: 'another unit', head: first.envelope, proof: changed(proof, { unit: 'oslo/1' }), holds: false },
      { name: 'another place', head: first.envelope, proof: { ...proof, index: 3 }, holds: false },
      { name: 'another list', head: third, proof, holds: false },
    ],
    deltas: [
      {
        from: deltaBetween({ org: 'example-gmbh', from: 0, to: 1 }, memberList([]), list),
        delta: deltaBetween({ org: 'example-gmbh', from: 2, to: 3 }, list, after),
        head: third,
      },
    ],
    requests: [
      { name: 'signed by its node', request, valid: true },
      {
        name: 'signed by another node',
        request: {
          ...request,
          signatures: signRequest({ ...openRequest(request).request }, keyOf('x')).envelope.signatures,
        },
        valid: false,
      },
    ],
  };
}

const changed = (proof: MemberProof, change: Partial<MemberProof['member']>): MemberProof => ({
  ...proof,
  member: { ...proof.member, ...change },
});

if (process.env['CARO_WRITE_VECTORS'] === '1') writeFileSync(FILE, `${JSON.stringify(make(), null, 1)}\n`);
const vectors = JSON.parse(readFileSync(FILE, 'utf8')) as Vectors;

describe('the vectors of the roster', () => {
  const known = vectors.known.map(openHead);

  test.each(vectors.takeover)('a new head: $name', ({ head, outcome }) => {
    expect(outcomeOf(known, head)).toBe(outcome);
  });

  test.each(vectors.proofs)('a proof: $name', ({ head, proof, holds }) => {
    expect(isMember(proof, openHead(head).head)).toBe(holds);
  });

  test.each(vectors.deltas)('a delta', ({ from, delta, head }) => {
    const before = applyDelta(memberList([]), from);
    expect(isListOf(applyDelta(before, delta), openHead(head).head)).toBe(true);
    expect(decodeDelta(encodeDelta(delta))).toEqual(delta);
  });

  test.each(vectors.requests)('a request: $name', ({ request, valid }) => {
    const read = (): boolean => {
      try {
        return openRequest(request).request.name.length > 0;
      } catch {
        return false;
      }
    };
    expect(read()).toBe(valid);
  });

  test('are those that this program makes', () => {
    expect(vectors).toEqual(JSON.parse(JSON.stringify(make())));
  });
});
