import { parseNodeId } from '../domain/identity/node-id.ts';
import type { OrgRole, OrgTerms } from '../domain/organisation/membership.ts';
import { RELAY_SCHEME, type RosterHead, type RosterNode } from '../domain/organisation/roster.ts';
import { fingerprint } from '../identity/fingerprint.ts';
import type { OpenedHead } from './head.ts';
import type { Widening } from './takeover.ts';

export function termsOf({ head, hash }: OpenedHead): OrgTerms {
  const { org, version, expires, members, threshold, level, floor, windowHours, layouts } = head;
  return {
    org,
    version,
    hash,
    expires,
    members: members.size,
    threshold,
    level,
    floor,
    windowHours,
    layouts,
    officers: head.officers.map(({ id, name }) => ({ name, fingerprint: fingerprintOf(id) })),
    supervisors: head.supervisors.map(shown),
    trustees: head.trustees.map(shown),
    relays: head.relays.map(({ url }) => url.slice(RELAY_SCHEME.length)),
  };
}

export const fingerprintOf = (id: string): string => fingerprint(parseNodeId(id) ?? new Uint8Array());

const shown = ({ id, name, addresses }: RosterNode) => ({ id, name, addresses });

export function roleIn({ supervisors, trustees }: RosterHead, node: string): OrgRole {
  if (supervisors.some(({ id }) => id === node)) return 'supervisor';
  return trustees.some(({ id }) => id === node) ? 'trustee' : 'member';
}

/** What a head that waits asks for, for its owner. */
export function wideningText(widening: Widening, { trustees }: RosterHead): string {
  switch (widening.what) {
    case 'level':
      return `more detail: level ${widening.to} instead of ${widening.from}`;
    case 'floor':
      return `totals over fewer nodes: ${widening.to} instead of ${widening.from}`;
    case 'threshold':
      return `signatures of fewer officers: ${widening.to} instead of ${widening.from}`;
    case 'layout':
      return `another layout of reports: ${widening.value}`;
    case 'trustee': {
      const { value } = widening;
      const name = trustees.find(({ id }) => id === value)?.name ?? '';
      return `a trustee that none of the present ones endorses: ${name} (${fingerprintOf(value)})`;
    }
  }
}
