import { naturalOrder } from '../domain/natural-order.ts';
/*
 * How officers edit the next head. A draft is signed when it is finished: an edit drops
 * signatures.
 */

import { CaroError } from '../domain/errors.ts';
import type { OrgRole } from '../domain/organisation/membership.ts';
import type { JoinRequest, Member, RosterHead, RosterNode } from '../domain/organisation/roster.ts';
import { isoTime } from '../domain/time/iso-time.ts';
import { draftHead, type OpenedHead } from './head.ts';
import { commitmentTo, encodeMember, memberList } from './members.ts';
import { fingerprintOf } from './terms.ts';

const DAY_MS = 86_400_000;

/** A head that is not finished, and the list to which it commits. */
export interface Draft {
  readonly head: OpenedHead;
  readonly members: readonly Member[];
}

export type Terms = Pick<
  RosterHead,
  'org' | 'officers' | 'threshold' | 'supervisors' | 'trustees' | 'level' | 'floor' | 'windowHours'
>;

const draftOf = (head: RosterHead, unsorted: readonly Member[]): Draft => {
  const list = memberList(unsorted);
  return { head: draftHead({ ...head, members: commitmentTo(list) }), members: list.members };
};

export const firstDraft = (terms: Terms, nowMs: number, days: number): Draft =>
  draftOf(
    {
      type: 'caro.roster',
      version: 1,
      previous: null,
      ...terms,
      relays: [],
      layouts: ['day/1'],
      createdAt: isoTime(nowMs),
      expires: isoTime(nowMs + days * DAY_MS),
      members: { size: 0, root: '' },
    },
    [],
  );

/** The draft of the version after `last`. Endorsements belong to one version. */
export const nextDraft = ({ head, hash }: OpenedHead, members: readonly Member[], nowMs: number, days: number): Draft =>
  draftOf(
    {
      ...head,
      version: head.version + 1,
      previous: hash,
      createdAt: isoTime(nowMs),
      expires: isoTime(nowMs + days * DAY_MS),
      trustees: head.trustees.map((trustee) => ({ ...trustee, endorsement: null })),
    },
    members,
  );

export const changeDraft = ({ head, members }: Draft, change: Partial<RosterHead>): Draft =>
  draftOf({ ...head.head, ...change }, members);

/**
 * Adds a node that asked. It replaces its predecessor, and an entry with the same key or name.
 * @param addresses for a supervisor or a trustee
 */
export function approve(
  draft: Draft,
  request: JoinRequest,
  as: OrgRole,
  { addresses, nowMs }: { readonly addresses: readonly string[]; readonly nowMs: number },
): Draft {
  const { org } = draft.head.head;
  if (request.org !== org)
    throw new CaroError('roster_other_org', `expected a request to join ${org}, got one to join ${request.org}`);
  const { node: id, name, unit, card, predecessor } = request;
  const present = draft.members.find((member) => member.name === name && member.id !== id);
  if (present && predecessor !== name)
    throw new CaroError(
      'usage',
      `expected a name that no other member has, got ${name}; if the node was installed anew, it has to say so: caro org join FILE --replaces ${name}`,
    );
  const others = draft.members.filter((member) => member.id !== id && member.name !== predecessor);
  const member = { id, name, unit, card, since: isoTime(nowMs).slice(0, 10) };
  const { head } = changeDraft({ ...draft, members: [...others, member] }, {});
  const added = { head, members: memberList([...others, member]).members };
  if (as === 'member') return added;
  const node: RosterNode = { id, name, card, addresses };
  const { supervisors, trustees } = withoutNode(head.head, id, predecessor ?? name);
  return changeDraft(
    added,
    as === 'supervisor'
      ? { supervisors: [...supervisors, node], trustees }
      : { supervisors, trustees: [...trustees, { ...node, endorsement: null }] },
  );
}

/** Removes a node from the members, supervisors and trustees. @throws CaroError `not_found` */
export function remove(draft: Draft, name: string): Draft {
  const { head } = draft.head;
  const isIt = (node: { readonly id: string; readonly name: string }): boolean =>
    node.name === name || node.id === name;
  const found = [...draft.members, ...head.supervisors, ...head.trustees].find(isIt);
  if (!found) throw new CaroError('not_found', `expected the name or id of a member, ${name} is none`);
  const members = draft.members.filter((member) => !isIt(member));
  return changeDraft({ ...draft, members }, withoutNode(head, found.id, found.name));
}

/**
 * Members look for a supervisor or trustee at these addresses only.
 * @throws CaroError `not_found`
 */
export function readdress(draft: Draft, name: string, addresses: readonly string[]): Draft {
  const { supervisors, trustees } = draft.head.head;
  if (![...supervisors, ...trustees].some((node) => node.name === name))
    throw new CaroError('not_found', `expected the name of a supervisor or trustee, ${name} is none`);
  const moved = <N extends RosterNode>(node: N): N => (node.name === name ? { ...node, addresses } : node);
  return changeDraft(draft, { supervisors: supervisors.map(moved), trustees: trustees.map(moved) });
}

const withoutNode = (
  { supervisors, trustees }: RosterHead,
  id: string,
  name: string,
): Pick<RosterHead, 'supervisors' | 'trustees'> => {
  const isOther = (node: RosterNode): boolean => node.id !== id && node.name !== name;
  return { supervisors: supervisors.filter(isOther), trustees: trustees.filter(isOther) };
};

/** What a head changes, for the officer who signs it. */
export function changesOf(
  before: RosterHead | null,
  { head, members }: Draft,
  old: readonly Member[],
): readonly string[] {
  const next = head.head;
  const value = (key: string, shown: (of: RosterHead) => string): readonly string[] => {
    const [was, is] = [before && shown(before), shown(next)];
    if (was === is) return [];
    return [was === null ? `${key}: ${is}` : `${key}: ${is} (was ${was})`];
  };
  const isIn = (list: readonly Member[], id: string): boolean => list.some((member) => member.id === id);
  const added = members.filter(({ id }) => !isIn(old, id));
  const gone = old.filter(({ id }) => !isIn(members, id));
  const other = members.filter((member) => {
    const was = old.find(({ id }) => id === member.id);
    return was !== undefined && encodeMember(was) !== encodeMember(member);
  });
  return [
    ...value('officers', ({ officers }) => listed(officers.map(withPrint))),
    ...value('signatures needed', ({ threshold }) => String(threshold)),
    ...value('supervisors', ({ supervisors }) => listed(supervisors.map(withAddresses))),
    ...value('trustees', ({ trustees }) => listed(trustees.map(withAddresses))),
    ...newKeys(before, next),
    ...endorsed(next),
    ...value('level', ({ level }) => String(level)),
    ...value('floor', ({ floor }) => String(floor)),
    ...value('window', ({ windowHours }) => `${windowHours} hours`),
    ...value('layouts', ({ layouts }) => listed(layouts)),
    ...value('relays', ({ relays }) => listed(relays.map(({ url, key }) => `${url} with the key ${key}`))),
    `members: ${members.length}`,
    ...(added.length === 0 ? [] : [`  new: ${listed(added.map(({ name }) => name))}`]),
    ...(gone.length === 0 ? [] : [`  gone: ${listed(gone.map(({ name }) => name))}`]),
    ...(other.length === 0 ? [] : [`  with other name, unit, keys or date: ${listed(other.map(({ name }) => name))}`]),
    `expires: ${next.expires}`,
  ];
}

const listed = (texts: readonly string[]): string => [...texts].sort(naturalOrder).join(', ') || 'none';

const withPrint = ({ id, name }: Pick<RosterNode, 'id' | 'name'>): string => `${name} (${fingerprintOf(id)})`;

const withAddresses = (node: RosterNode): string =>
  `${withPrint(node)} ${node.addresses.length === 0 ? 'without an address' : `at ${node.addresses.join(' and ')}`}`;

/** Whether the endorsement counts is decided by each member. */
function endorsed({ trustees }: RosterHead): readonly string[] {
  const some = trustees.filter(({ endorsement }) => endorsement !== null);
  return some.length === 0 ? [] : [`endorsed by a trustee: ${listed(some.map(withPrint))}`];
}

/** Somebody with another sealing key could read what is sealed to a supervisor or trustee. */
function newKeys(before: RosterHead | null, next: RosterHead): readonly string[] {
  const nodesOf = ({ supervisors, trustees }: RosterHead): readonly RosterNode[] => [...supervisors, ...trustees];
  const known = before ? nodesOf(before) : [];
  const isChanged = ({ id, card }: RosterNode): boolean => {
    const was = known.find((node) => node.id === id)?.card;
    return was !== undefined && (was.sealingKey !== card.sealingKey || was.connectionKey !== card.connectionKey);
  };
  const changed = nodesOf(next).filter(isChanged);
  return changed.length === 0 ? [] : [`other keys for what is sealed to: ${listed(changed.map(withPrint))}`];
}
