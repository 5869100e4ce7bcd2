/*
 * What an owner reads before they join an organization, and afterwards. Command line and page show
 * the same text.
 */
import type { OrgNode, OrgOffer, OrgStatus, OrgTerms, RefusedNews } from './membership.ts';

export interface TextSection {
  readonly title: string;
  /** A sentence or an item each. */
  readonly lines: readonly string[];
}

/** What the owner agrees to when they join. */
export const offerText = (offer: OrgOffer): readonly TextSection[] => [
  { title: 'What may leave this node, after you confirm', lines: contentLines(offer) },
  { title: 'To whom', lines: recipientLines(offer) },
  { title: 'How', lines: routeLines(offer) },
  {
    title: 'What can change without asking you, if enough officers sign it',
    lines: [
      'members, supervisors, addresses and relays',
      'totals over more nodes, or less detail',
      'a trustee that the present trustee endorses',
    ],
  },
  {
    title: 'What waits until you agree',
    lines: [
      'totals over fewer nodes, or more detail',
      'any other trustee, another layout of reports, or signatures of fewer officers',
      'You agree with caro org accept, or on the page under Privacy.',
    ],
  },
  {
    title: 'What you can do yourself',
    lines: [
      'Your own rules take precedence over the roster: caro trust revoke, caro trust set, and subnets.',
      'Leave at any time with caro org leave, or on the page under Privacy. It takes effect at once.',
    ],
  },
];

function contentLines({ terms, sharingLevel }: OrgOffer): readonly string[] {
  return [
    terms.level === 2
      ? 'Numbers only: how often kinds of commands were used, how risky they were, and when.'
      : 'Summaries of commands in closed words, and numbers: how often kinds of commands were used.',
    'Never a command, a path, an argument, a file name or an output.',
    sharingLevel === 0
      ? 'Sharing is off on this node. Joining sets sharing.level to 2: only such numbers may leave.'
      : `sharing.level of this node stays ${sharingLevel}. It restricts what may leave.`,
    'The numbers of now are below. See them at any time later: caro sharing preview --level 2',
  ];
}

function recipientLines({ terms: { supervisors, trustees, floor }, role }: OrgOffer): readonly string[] {
  return [
    `Supervisors get them when they ask: ${namesOf(supervisors) || 'nobody for now'}.`,
    'A supervisor can find out the numbers of one node, unless this node takes part in blind totals.',
    ...(trustees.length === 0
      ? ['There is no trustee, so there are no blind totals.']
      : [
          `Blind totals stand for at least ${floor} nodes. None is released without the trustee: ${namesOf(trustees)}.`,
          'You join a task of blind totals separately: caro blind join',
        ]),
    role === 'member'
      ? 'The officers get your request: name, unit and public keys of this node.'
      : `This node is named as ${role}: it keeps the list of members.`,
  ];
}

function routeLines({ terms: { relays } }: OrgOffer): readonly string[] {
  const mesh = 'The mesh is turned on: this node connects to supervisors and trustees.';
  if (relays.length === 0) return [mesh, 'The roster names no relay. A later version may.'];
  return [
    mesh,
    `Where it does not reach them, it uses the relay: ${relays.join(', ')}.`,
    'The relay carries answers, blind reports, receipts, releases and the roster, all sealed.',
    'It sees when this node is online and how much it sends: no content, no name, no node id.',
    'relay.connect = "off" in caro.toml keeps this node away from it.',
  ];
}

const namesOf = (nodes: readonly OrgNode[]): string => nodes.map(({ name }) => name).join(', ');

/** The terms of one version of a roster. `time` spells a time for the reader. */
export const termFacts = (
  terms: OrgTerms,
  time: (iso: string) => string,
): readonly (readonly [label: string, text: string])[] => [
  ['organization', `${terms.org}, version ${terms.version}, valid until ${time(terms.expires)}`],
  ['members', String(terms.members)],
  [
    'officers',
    `${terms.threshold} of ${terms.officers.map(({ name, fingerprint }) => `${name} (${fingerprint})`).join(', ')}`,
  ],
  ['supervisors', namesOf(terms.supervisors) || 'none'],
  ['trustees', namesOf(terms.trustees) || 'none'],
  ['relays', terms.relays.join(', ') || 'none'],
  ['level', terms.level === 2 ? '2: numbers only' : '1: summaries and numbers'],
  ['floor', `${terms.floor} nodes behind a blind total`],
];

export const ORG_STATE_MEANS: Readonly<Record<OrgStatus['state'], string>> = {
  'in force': 'in force',
  expired: 'EXPIRED: it grants nothing until the officers sign a new version',
  forked:
    'FORKED: the officers have signed two versions with one number. It grants nothing. Ask them; then join again.',
};

export function placeText({ role, membership, list }: Pick<OrgStatus, 'role' | 'membership' | 'list'>): string {
  if (role !== 'member') return `${role}; the list of members is of version ${list ?? 'none yet'}`;
  if (membership === null) return 'not a member: waits for an officer, or was removed';
  return `${membership.name}, unit ${membership.unit}, since ${membership.since}`;
}

/** News that this node refused; the version in force stays. */
export const refusedText = ({ from, code, at }: RefusedNews, time: (iso: string) => string): string =>
  `${from} sent news of the roster at ${time(at)} that this node refused (${code}). Nothing of it is in force. Tell an officer.`;

/** After a node has joined. Officers look for `name` and `fingerprint` of one that waits. */
export function joinedText(
  { terms, role, membership }: Pick<OrgStatus, 'terms' | 'role' | 'membership'>,
  { name, fingerprint }: { readonly name: string; readonly fingerprint: string },
): readonly string[] {
  if (role !== 'member')
    return [`joined ${terms.org} as ${role}`, 'next: caro org import FOLDER, with the folder of the officers'];
  if (membership !== null) return [`joined ${terms.org}; this node is a member`];
  return [
    `joined ${terms.org}; an officer has to approve this node`,
    `tell an officer its name and fingerprint: ${name}, ${fingerprint}`,
    'the request goes to a supervisor by itself; caro org status shows when this node is a member',
  ];
}

/** Before and after a node leaves. */
export const LEAVING: readonly string[] = [
  'Everything that this node grants to the organization ends at once. It sends nothing there any more.',
  'What has left before stays where it is. Officers see that the node is silent, and can remove it from the list.',
];

/** What stays on after a node has left; null if nothing does. */
export const sharingAfterLeaving = (level: 0 | 1 | 2): string | null =>
  level === 0
    ? null
    : `sharing stays at level ${level} for nodes that you have listed yourself; caro sharing disable ends it`;

/** Why a node whose owner has turned the mesh off cannot join. */
export const meshRefused = (file: string): string =>
  `expected a mesh that joining may turn on, got enabled = false under [mesh] in ${file}; if you want to join, remove the line first`;
