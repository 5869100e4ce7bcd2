/** Requests to join the organization, for who administers its fleet. */
import type { ListedRequest } from '../organisation/membership.ts';
import type { RosterEntry } from './fleet.ts';

/** Problems first. */
export const REQUEST_REASONS = ['name_taken', 'replaces_member', 'not_approved'] as const;
export type RequestReason = (typeof REQUEST_REASONS)[number];

export const REQUEST_REASON_MEANS: Readonly<Record<RequestReason, string>> = {
  name_taken: 'a member has this name; the node has to say that it replaces it: caro org join FILE --replaces NAME',
  replaces_member: 'would take the place of a member; ask its owner before: caro org approve NAME',
  not_approved: 'waits for an officer: caro org approve NAME',
};

export interface JoinRequestLine extends Omit<ListedRequest, 'document'> {
  readonly reason: RequestReason;
}

/** Problems first, the oldest first among equals. */
export function joinRequestLines(
  requests: readonly ListedRequest[],
  roster: readonly RosterEntry[],
): readonly JoinRequestLine[] {
  const names = new Map(roster.map(({ id, name }) => [name, id]));
  return requests
    .map(({ node, fingerprint, name, unit, predecessor, receivedAt }): JoinRequestLine => {
      const isTaken = names.has(name) && names.get(name) !== node && predecessor !== name;
      const isReplacing = predecessor !== null && names.has(predecessor);
      const reason = isTaken ? 'name_taken' : isReplacing ? 'replaces_member' : 'not_approved';
      return { node, fingerprint, name, unit, predecessor, receivedAt, reason };
    })
    .sort(
      (a, b) =>
        REQUEST_REASONS.indexOf(a.reason) - REQUEST_REASONS.indexOf(b.reason) ||
        (a.receivedAt < b.receivedAt ? -1 : a.receivedAt > b.receivedAt ? 1 : 0),
    );
}
