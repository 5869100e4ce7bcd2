import { decodeBase64 } from '../domain/encoding/base64.ts';
import { canonical } from '../domain/encoding/canonical.ts';
import { CaroError } from '../domain/errors.ts';
import type { Member, MemberProof, RosterDelta, RosterHead } from '../domain/organisation/roster.ts';
import { validateMember, validateMemberProof, validateRosterDelta } from '../generated/roster-validators.js';
import { isIncluded, leafHash, type MerkleTree, merkleTree } from '../identity/merkle-tree.ts';

/** The members of a roster, sorted by id, with their tree. */
export interface MemberList {
  readonly members: readonly Member[];
  readonly tree: MerkleTree;
  readonly find: (id: string) => Member | undefined;
}

/** The bytes of a leaf, before they are hashed. */
export const encodeMember = (member: Member): string => canonical(member);

/** @throws CaroError `roster_invalid` unless the text is what `encodeMember` writes */
export function decodeMember(text: string): Member {
  const member = parsed(text);
  if (!validateMember(member) || encodeMember(member) !== text)
    throw invalid('expected a member of a roster in canonical JSON');
  return member;
}

/**
 * @throws CaroError `roster_invalid` for an id or a name that occurs twice: a name stands for one
 *   node in every command
 */
export function memberList(unsorted: readonly Member[]): MemberList {
  const members = [...unsorted].sort((a, b) => (a.id < b.id ? -1 : 1));
  const places = new Map(members.map((member) => [member.id, member]));
  if (places.size !== members.length) throw invalid('expected each member once');
  if (new Set(members.map(({ name }) => name)).size !== members.length)
    throw invalid('expected another name for each member');
  const tree = merkleTree(members.map((member) => leafHash(encodeMember(member))));
  return { members, tree, find: (id) => places.get(id) };
}

/** What a head says of a list. */
export const commitmentTo = ({ tree }: Pick<MemberList, 'tree'>): RosterHead['members'] => ({
  size: tree.size,
  root: tree.root.toString('base64'),
});

/** Whether a list is the one that a head commits to. */
export const isListOf = (list: Pick<MemberList, 'tree'>, { members }: Pick<RosterHead, 'members'>): boolean =>
  canonical(commitmentTo(list)) === canonical(members);

/** Undefined for a node that is no member. */
export function proofOf({ members, tree }: MemberList, id: string): MemberProof | undefined {
  const index = members.findIndex((member) => member.id === id);
  const member = members[index];
  return member && { member, index, path: tree.proof(index).map((hash) => hash.toString('base64')) };
}

/**
 * A proof from outside, which `isMember` has to check.
 * @throws CaroError `roster_invalid`
 */
export function decodeProof(text: string): MemberProof {
  const proof = parsed(text);
  if (!validateMemberProof(proof) || canonical(proof) !== text)
    throw invalid('expected the proof of a member in canonical JSON');
  return proof;
}

export const encodeProof = (proof: MemberProof): string => canonical(proof);

/** Whether a head commits to the member of a proof. */
export function isMember({ member, index, path }: MemberProof, { members }: Pick<RosterHead, 'members'>): boolean {
  const hashes = path.map(decodeBase64);
  const root = decodeBase64(members.root);
  if (root === undefined || hashes.some((hash) => hash === undefined)) return false;
  const known = hashes.filter((hash) => hash !== undefined);
  return isIncluded(leafHash(encodeMember(member)), { index, size: members.size, path: known }, root);
}

/** What leads from one list to another. */
export function deltaBetween(
  { org, from, to }: Pick<RosterDelta, 'org' | 'from' | 'to'>,
  before: MemberList,
  after: MemberList,
): RosterDelta {
  const isNew = (member: Member): boolean => {
    const old = before.find(member.id);
    return old === undefined || encodeMember(old) !== encodeMember(member);
  };
  const remove = before.members.filter(({ id }) => after.find(id) === undefined).map(({ id }) => id);
  return { type: 'caro.roster-delta', org, from, to, add: after.members.filter(isNew), remove };
}

/**
 * The list after a delta. It MUST be compared with the head: `isListOf`.
 * @throws CaroError `roster_invalid` for a delta that removes an unknown member
 */
export function applyDelta(before: MemberList, { add, remove }: RosterDelta): MemberList {
  if (remove.some((id) => before.find(id) === undefined))
    throw invalid('expected only members of the list before among those that have left');
  const changed = new Set([...remove, ...add.map(({ id }) => id)]);
  return memberList([...before.members.filter(({ id }) => !changed.has(id)), ...add]);
}

/**
 * The whole list from changes that lead to it, beginning with an empty one; null if none does. The
 * lists between are not checked: the result MUST be compared with the head (`isListOf`).
 */
export function joinDeltas(org: string, deltas: readonly RosterDelta[]): RosterDelta | null {
  let members = new Map<string, Member>();
  let to = 0;
  for (const delta of [...deltas].sort((a, b) => a.to - b.to)) {
    if (delta.org !== org || (delta.from !== 0 && delta.from !== to)) continue;
    if (delta.from === 0) members = new Map();
    for (const id of delta.remove) members.delete(id);
    for (const member of delta.add) members.set(member.id, member);
    to = delta.to;
  }
  if (to === 0) return null;
  const add = [...members.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  return { type: 'caro.roster-delta', org, from: 0, to, add, remove: [] };
}

export const encodeDelta = (delta: RosterDelta): string => `${canonical(delta)}\n`;

/** @throws CaroError `roster_invalid` unless the text is what `encodeDelta` writes */
export function decodeDelta(text: string): RosterDelta {
  const delta = parsed(text);
  if (!validateRosterDelta(delta) || encodeDelta(delta) !== text || !isSorted(delta))
    throw invalid('expected a delta of a roster in canonical JSON, sorted by id');
  return delta;
}

const isSorted = ({ add, remove }: RosterDelta): boolean =>
  [add.map(({ id }) => id), remove].every((ids) => ids.every((id, at) => at === 0 || (ids[at - 1] ?? '') < id));

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('expected JSON');
  }
}

const invalid = (message: string): CaroError => new CaroError('roster_invalid', message);
