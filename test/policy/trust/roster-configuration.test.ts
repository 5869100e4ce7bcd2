/** What a roster adds to the configuration: peers to dial, trust and units of members. */
import { describe, expect, test } from '@jest/globals';
import { loadConfiguration } from '../../../src/config/loader.ts';
import type { Configuration } from '../../../src/domain/configuration.ts';
import type { RosterView } from '../../../src/domain/organisation/membership.ts';
import { withRoster } from '../../../src/policy/roster.ts';
import { firstHead, keyOf, memberOf, NOW_MS, nodeOf } from '../../organisation/rosters.ts';

const MISSING = '/nonexistent/caro.toml';
const { configuration: PLAIN } = loadConfiguration({ config: MISSING, managed: MISSING }, 'host');
const CISO = keyOf('ciso').id;
const COUNCIL = keyOf('works-council').id;
const SELF = keyOf('ws-1').id;

const viewOf = (change: Partial<RosterView> = {}): RosterView => ({
  org: 'example-gmbh',
  current: firstHead(),
  waiting: null,
  isForked: false,
  members: [memberOf('ws-2')],
  ...change,
});
const configured = (change: Partial<Configuration> = {}): Configuration => ({
  ...PLAIN,
  ...change,
  org: { ...PLAIN.org, follow: true },
});
const added = (
  configuration: Configuration,
  view: RosterView | null = viewOf(),
  { isMeshRefused = false, self = SELF }: { readonly isMeshRefused?: boolean; readonly self?: string } = {},
): Configuration => withRoster(configuration, view, { self, isMeshRefused, now: () => NOW_MS });
const peersOf = (view: RosterView, peers: Configuration['mesh']['peers'] = [], self = SELF) =>
  added(configured({ mesh: { ...PLAIN.mesh, peers } }), view, { self }).mesh.peers;

const CISO_PEER = { id: CISO, name: 'ciso', address: ['10.0.1.5:9238'] };
const COUNCIL_PEER = { id: COUNCIL, name: 'works-council', address: ['10.0.2.5:9238'] };
const MEMBER_PEER = { id: keyOf('ws-2').id, name: 'ws-2' };

describe('a roster in the configuration', () => {
  test('adds nothing where there is none, and where the owner does not follow it', () => {
    const given = configured();
    expect(added(given, null)).toBe(given);
    const unfollowed = { ...given, org: { ...given.org, follow: false } };
    expect(added(unfollowed)).toBe(unfollowed);
  });

  test('switches the mesh on, unless the owner has refused it', () => {
    const given = configured({ mesh: { ...PLAIN.mesh, enabled: false } });
    expect(added(given).mesh.enabled).toBe(true);
    expect(added(given, viewOf(), { isMeshRefused: true }).mesh.enabled).toBe(false);
  });

  test('brings supervisors and trustees with their addresses, then members without one', () => {
    expect(peersOf(viewOf())).toEqual([CISO_PEER, COUNCIL_PEER, MEMBER_PEER]);
    const addressless = viewOf({ current: firstHead({ supervisors: [nodeOf('ciso')] }) });
    expect(peersOf(addressless)[0]).toEqual({ id: CISO, name: 'ciso' });
  });

  test('never brings this node itself', () => {
    expect(peersOf(viewOf({ members: [memberOf('ws-1')] }))).toEqual([CISO_PEER, COUNCIL_PEER]);
    expect(peersOf(viewOf({ members: [] }), [], CISO)).toEqual([COUNCIL_PEER]);
  });

  test('replaces no peer of the owner, and takes no name of one', () => {
    const own = [
      { id: CISO, name: 'boss', address: '10.9.9.9:1' },
      { id: keyOf('mine').id, name: 'works-council' },
      { id: keyOf('nameless').id },
    ];
    expect(peersOf(viewOf(), own)).toEqual([...own, { id: COUNCIL, address: ['10.0.2.5:9238'] }, MEMBER_PEER]);
  });

  test('brings a node once, under its first name, and two nodes never under one', () => {
    const members = [{ ...memberOf('ws-9'), id: CISO }, memberOf('ws-2'), { ...memberOf('ws-3'), name: 'ws-2' }];
    expect(peersOf(viewOf({ members }))).toEqual([...[CISO_PEER, COUNCIL_PEER, MEMBER_PEER], { id: keyOf('ws-3').id }]);
  });

  test('grants what the roster of that moment grants, beside the rules of the owner', () => {
    const { trust } = added(configured());
    expect(trust).toMatchObject({ default: PLAIN.trust.default, deny: PLAIN.trust.deny });
    expect(trust.roster?.levelOf(CISO)).toBe('supervisor');
    expect(trust.roster?.mayKeepList(COUNCIL)).toBe(true);
    expect(trust.roster?.mayKeepList(keyOf('ws-2').id)).toBe(false);
  });

  test('names the units of members, but those that the owner has written, and blocks that are no unit', () => {
    const members = [memberOf('ws-2', 'berlin/1'), memberOf('ws-3', 'rest'), memberOf('ws-4', 'organisation')];
    const own = { [keyOf('ws-2').id]: 'bonn', [keyOf('ws-5').id]: 'bonn' };
    const units = (trustee: Configuration['trustee']) =>
      added(configured({ trustee }), viewOf({ members })).trustee.units;
    expect(units({ ...PLAIN.trustee, units: {} })).toEqual({ [keyOf('ws-2').id]: 'berlin/1' });
    expect(units({ ...PLAIN.trustee, units: own })).toEqual(own);
  });
});

describe('a stored roster', () => {
  test('is read again only after a change, and tells its version, its fork and its end', () => {
    let [view, revision, reads]: [RosterView | null, number, number] = [viewOf(), 1, 0];
    const stored = {
      view: () => {
        reads += 1;
        return view;
      },
      revision: () => revision,
    };
    const source = withRoster(configured(), viewOf(), { self: SELF, isMeshRefused: false, now: () => NOW_MS, stored })
      .trust.roster;
    expect([source?.org, source?.version, source?.isForked, source?.hasExpired(), reads]).toEqual([
      ...['example-gmbh', 1, false, false, 0],
    ]);
    [view, revision] = [
      viewOf({ current: firstHead({ version: 2, expires: '2026-11-30T00:00:00.000Z' }), isForked: true }),
      2,
    ];
    expect([source?.version, source?.isForked, source?.hasExpired()]).toEqual([2, true, true]);
    expect([source?.isSupervisor(CISO), source?.mayKeepList(CISO), source?.members(), reads]).toEqual([
      false,
      false,
      [],
      1,
    ]);
    [view, revision] = [null, 3];
    expect([source?.version, source?.isForked, source?.hasExpired()]).toEqual([1, false, true]);
    expect([source?.levelOf(CISO), source?.isSupervisor(CISO), source?.mayKeepList(CISO), source?.members()]).toEqual([
      ...[undefined, false, false, []],
    ]);
    [view, revision] = [viewOf(), 4];
    expect([source?.isSupervisor(CISO), source?.isSupervisor(COUNCIL), source?.mayKeepList(COUNCIL)]).toEqual([
      ...[true, false, true],
    ]);
    expect(source?.members()).toEqual([keyOf('ws-2').id]);
  });
});
