/** What an officer reads before they sign, and how they move a supervisor or trustee. */
import { expect, test } from '@jest/globals';
import type { RosterHead } from '../../src/domain/organisation/roster.ts';
import { changeDraft, changesOf, type Draft, nextDraft, readdress, remove } from '../../src/organisation/draft.ts';
import { endorseTrustee } from '../../src/organisation/statements.ts';
import { codeOf } from '../rig/error-code.ts';
import { cardOf, firstHead, keyOf, memberOf, NOW_MS, nodeOf, signed } from './rosters.ts';

const MEMBERS = ['ws-1', 'ws-2', 'ws-3', 'ws-4'].map((name) => memberOf(name));
const before = signed(firstHead(), 'anna', 'boris');
const draft = nextDraft(before, MEMBERS, NOW_MS, 90);
const shown = (next: Draft): readonly string[] => changesOf(before.head, next, MEMBERS);
const changed = (change: Partial<RosterHead>): readonly string[] => shown(changeDraft(draft, change));
const print = (name: string): string => keyOf(name).fingerprint;

test('a draft that changes nothing shows the number of members and the date only', () => {
  expect(shown(draft)).toEqual(['members: 4', 'expires: 2027-03-01T00:00:00.000Z']);
});

test('the addresses of a supervisor and of a trustee are shown with those before', () => {
  expect(shown(readdress(draft, 'ciso', ['10.0.1.7:9238', '[fd00::7]:9238']))).toContain(
    `supervisors: ciso (${print('ciso')}) at 10.0.1.7:9238 and [fd00::7]:9238 (was ciso (${print('ciso')}) at 10.0.1.5:9238)`,
  );
  const moved = readdress(draft, 'works-council', ['10.0.2.6:9238']);
  expect(moved.head.head.trustees).toMatchObject([{ name: 'works-council', addresses: ['10.0.2.6:9238'] }]);
  expect(moved.head.head.supervisors).toEqual(draft.head.head.supervisors);
  expect(shown(moved).join('\n')).toContain('10.0.2.6:9238 (was ');
});

test('a node that is neither supervisor nor trustee, and an address that is none, are refused', () => {
  expect(codeOf(() => readdress(draft, 'ws-1', ['10.0.1.7:9238']))).toBe('not_found');
  expect(codeOf(() => readdress(draft, 'ciso', ['example.com:9238']))).toBe('roster_invalid');
});

test('another sealing key or connection key under the same name and id is shown', () => {
  const { sealingKey, connectionKey } = cardOf('attacker');
  for (const change of [{ sealingKey }, { connectionKey }]) {
    const card = { ...cardOf('works-council'), ...change };
    expect(
      changed({ trustees: [{ ...nodeOf('works-council', ['10.0.2.5:9238']), card, endorsement: null }] }),
    ).toContain(`other keys for what is sealed to: works-council (${print('works-council')})`);
  }
});

test('a node with the name of another is shown by its fingerprint', () => {
  const { id } = nodeOf('attacker');
  expect(changed({ supervisors: [{ ...nodeOf('ciso', ['10.0.1.5:9238']), id }] }).join('\n')).toContain(
    `ciso (${print('attacker')}) at 10.0.1.5:9238 (was ciso (${print('ciso')})`,
  );
});

test('a relay is shown with its address and key', () => {
  const key = Buffer.alloc(32, 7).toString('base64');
  expect(changed({ relays: [{ url: 'tls://10.0.0.9:4222', key }] })).toContain(
    `relays: tls://10.0.0.9:4222 with the key ${key} (was none)`,
  );
});

test('members who leave are listed by name', () => {
  expect(shown(remove(remove(draft, 'ws-3'), 'ws-1'))).toEqual(
    expect.arrayContaining(['members: 2', '  gone: ws-1, ws-3']),
  );
});

test('everything else that an officer signs is shown: window, endorsements, and members with other keys', () => {
  expect(changed({ windowHours: 720 })).toContain('window: 720 hours (was 72 hours)');
  const [trustee] = draft.head.head.trustees;
  if (!trustee) throw new Error('expected a trustee');
  const endorsement = endorseTrustee(
    { org: before.head.org, previous: before.hash, trustee: trustee.id, sealingKey: trustee.card.sealingKey },
    keyOf('works-council'),
  );
  expect(changed({ trustees: [{ ...trustee, endorsement }] })).toContain(
    `endorsed by a trustee: works-council (${print('works-council')})`,
  );
  const members = MEMBERS.map((member) => (member.name === 'ws-2' ? { ...member, card: cardOf('attacker') } : member));
  expect(changesOf(before.head, nextDraft(before, members, NOW_MS, 90), MEMBERS)).toContain(
    '  with other name, unit, keys or date: ws-2',
  );
});

test('a supervisor without an address is shown as such', () => {
  expect(changed({ supervisors: [nodeOf('ciso')] }).join('\n')).toContain(`ciso (${print('ciso')}) without an address`);
});
