import { CaroError } from '../domain/errors.ts';
import type { Envelope } from '../domain/identity/signed-envelope.ts';
import {
  type JoinResult,
  MAX_ADDED_SENT,
  MAX_HEADS_SENT,
  type OrgBodies,
  type OrgReply,
  type OrgRequest,
} from '../domain/organisation/exchange.ts';
import type {
  KeptRoster,
  ListedRequest,
  OrgJoin,
  OrgOffer,
  OrgParcel,
  OrgRole,
  OrgStatus,
  OrgTaken,
} from '../domain/organisation/membership.ts';
import type { Card, RosterDelta } from '../domain/organisation/roster.ts';
import { isoTime } from '../domain/time/iso-time.ts';
import type { Signer } from '../identity/signed-document.ts';
import type { RosterStore } from '../storage/mesh/roster-store.ts';
import { decodeHead, encodeHead } from './head.ts';
import { decodeDelta, deltaBetween, encodeDelta, isMember, joinDeltas, memberList, proofOf } from './members.ts';
import { decodePass } from './relay-pass.ts';
import { type Memory, type News, openMemory, type RosterNodePorts } from './roster-memory.ts';
import { decodeRequest, encodeRequest, openRequest, signRequest } from './statements.ts';
import { agree, startWith, tipOf, wideningsIn } from './takeover.ts';
import { fingerprintOf, roleIn, termsOf, wideningText } from './terms.ts';

/** Anybody in the network may send a request, so there is a limit. */
const MAX_REQUESTS = 20_000;

/** One node's part in its organization. All of it is synchronous, so that no two changes mix. */
/** What is known without asking another node. */
export type RosterStatus = Omit<OrgStatus, 'refused'>;

export interface RosterNode {
  /** @throws CaroError `roster_invalid`, `roster_unsigned`, `roster_expired` */
  readonly inspect: (document: string) => Pick<OrgOffer, 'terms' | 'role'>;
  /** @throws CaroError as `inspect`; `usage` if the node is a member of another organization */
  readonly join: (join: OrgJoin) => void;
  /** @throws CaroError `not_found` unless this head waits */
  readonly agree: (hash: string) => void;
  readonly status: () => RosterStatus | null;
  /** What to ask a supervisor; null without an organization. */
  readonly question: () => Extract<OrgRequest, { readonly type: 'org-ask' }> | null;
  /** This node's own request, and where to send it; null once it is a member. */
  readonly enrolment: () => {
    readonly request: Envelope;
    readonly supervisors: readonly { readonly id: string; readonly addresses: readonly string[] }[];
  } | null;
  /** @param peer node id, proven by the connection */
  readonly answer: (peer: string, request: OrgRequest, takesRequests: boolean) => OrgReply;
  /** Whether a supervisor or a trustee asks who has a newer version than this node. */
  readonly isBehind: (peer: string, asked: OrgBodies['org-ask']) => boolean;
  /** @returns whether anything has changed. @throws CaroError `roster_…` */
  readonly take: (news: News) => boolean;
  readonly requests: () => readonly ListedRequest[];
  /** @throws CaroError `roster_…`, `not_found` without an organization */
  readonly importParcel: (parcel: OrgParcel) => OrgTaken;
  readonly exportParcel: (from: number | undefined) => OrgParcel;
}

export function createRosterNode(ports: RosterNodePorts): RosterNode {
  const memory = openMemory(ports);
  const { store, now } = ports;
  const self = (): string => ports.signer().id;
  return {
    inspect: (document) => {
      const { current } = startWith(decodeHead(document), now());
      return { terms: termsOf(current), role: roleIn(current.head, self()) };
    },
    join: (join) => joinWith(ports, join),
    agree: (hash) => {
      const { state, kept } = memory.present();
      if (state.waiting?.hash !== hash)
        throw new CaroError('not_found', 'expected the version that waits for you; look at it with caro org status');
      memory.keep(kept, agree(state), {});
    },
    status: () => statusOf(ports, memory),
    question: () => {
      const found = memory.state();
      if (!found) return null;
      const { head } = tipOf(found.state);
      const list = keepsList(roleIn(found.state.current.head, self())) ? (found.kept.list ?? 0) : null;
      const pass = store.pass(self())?.createdAt ?? null;
      return { type: 'org-ask', body: { org: head.org, version: head.version, list, pass } };
    },
    enrolment: () => {
      const found = memory.state();
      if (!found?.kept.request || found.state.fork !== null) return null;
      return { request: found.kept.request, supervisors: found.state.current.head.supervisors };
    },
    answer: (peer, request, takesRequests) => {
      if (request.type === 'org-join') return joined(answerJoin(ports, memory, request.body.request, takesRequests));
      return { type: 'org-news', body: newsFor(ports, memory, peer, request.body) };
    },
    isBehind: (peer, { org, version }) => {
      const found = memory.state();
      if (!found || found.kept.org !== org) return false;
      return version > tipOf(found.state).head.version && keepsList(roleIn(found.state.current.head, peer));
    },
    take: (news) => memory.take(news),
    requests: () => store.requests().map(listed),
    importParcel: (parcel) => importParcel(ports, memory, parcel),
    exportParcel: (from) => exportParcel(ports, memory, from),
  };
}

const keepsList = (role: OrgRole): boolean => role !== 'member';
const joined = (result: JoinResult): OrgReply => ({ type: 'org-joined', body: { result } });

function joinWith({ store, signer, card, now }: RosterNodePorts, join: OrgJoin): void {
  const opened = decodeHead(join.document);
  const state = startWith(opened, now());
  const before = store.kept();
  if (before !== null && before.org !== opened.head.org)
    throw new CaroError(
      'usage',
      `expected a node without an organization, this one is in ${before.org}; run: caro org leave`,
    );
  const { org, version } = opened.head;
  const known = before === null ? 0 : Math.max(before.current, before.waiting ?? 0);
  if (version < known)
    throw new CaroError(
      'roster_rollback',
      `expected version ${known} of the roster or a newer one, got ${version}; to start anew, run: caro org leave`,
    );
  const request = requestOf(join, org, signer(), card(), now());
  const isMemberRole = !keepsList(roleIn(opened.head, signer().id));
  // Whoever joins again starts a new chain.
  if (before !== null) store.forget();
  store.keep(
    {
      org,
      joinedMs: now(),
      current: version,
      waiting: null,
      consent: state.consent,
      fork: null,
      proof: null,
      list: null,
      request: isMemberRole ? request : null,
    },
    { heads: [{ version, document: opened.envelope }] },
  );
}

const requestOf = (
  { name, unit, predecessor }: OrgJoin,
  org: string,
  signer: Signer,
  card: Card,
  nowMs: number,
): Envelope =>
  signRequest({ org, name, unit, card, predecessor: predecessor ?? null, createdAt: isoTime(nowMs) }, signer).envelope;

function statusOf({ store, signer, now }: RosterNodePorts, memory: Memory): RosterStatus | null {
  const found = memory.state();
  if (!found) return null;
  const { kept, state } = found;
  const { current, waiting, consent, fork } = state;
  const self = signer().id;
  const role = roleIn(current.head, self);
  const own = keepsList(role)
    ? memory.list()?.find(self)
    : kept.proof && isMember(kept.proof, current.head)
      ? kept.proof.member
      : undefined;
  const hasExpired = Date.parse(tipOf(state).head.expires) <= now();
  const asksFor = waiting ? wideningsIn(waiting, consent).map((one) => wideningText(one, waiting.head)) : [];
  return {
    terms: termsOf(current),
    role,
    joinedAt: isoTime(kept.joinedMs),
    membership: own ? { name: own.name, unit: own.unit, since: own.since } : null,
    state: fork !== null ? 'forked' : hasExpired ? 'expired' : 'in force',
    waiting: waiting && { terms: termsOf(waiting), asksFor },
    list: kept.list,
    requests: store.requestCount(),
    request: kept.request === null ? null : encodeRequest({ envelope: kept.request }),
  };
}

/** Stores a request of a node that is not a member. It grants nothing. */
function answerJoin(
  { store, signer, now }: RosterNodePorts,
  memory: Memory,
  document: unknown,
  takesRequests: boolean,
): JoinResult {
  const found = memory.state();
  if (!found || !takesRequests || roleIn(found.state.current.head, signer().id) !== 'supervisor') return 'closed';
  let opened: ReturnType<typeof openRequest>;
  try {
    opened = openRequest(document);
  } catch {
    return 'invalid';
  }
  const { request, envelope } = opened;
  if (request.org !== found.kept.org) return 'closed';
  if (memory.list()?.find(request.node)) return 'member';
  const before = store.requests().find(({ node }) => node === request.node);
  if (before && JSON.stringify(before.document) === JSON.stringify(envelope)) return 'known';
  if (!before && store.requestCount() >= MAX_REQUESTS) return 'full';
  store.addRequest({ node: request.node, document: envelope, receivedMs: now() });
  return 'stored';
}

/** What a peer that may connect gets. The list is for supervisors and trustees only. */
function newsFor(
  { store }: RosterNodePorts,
  memory: Memory,
  peer: string,
  asked: OrgBodies['org-ask'],
): OrgBodies['org-news'] {
  const found = memory.state();
  if (!found || found.kept.org !== asked.org) return { heads: [], proof: null, delta: null, pass: null };
  const tip = tipOf(found.state).head;
  const heads = store.headsAfter(asked.version, MAX_HEADS_SENT);
  const members = found.kept.list === tip.version ? memory.list() : null;
  const reachesTip = asked.version + heads.length >= tip.version;
  const proof = members && reachesTip ? (proofOf(members, peer) ?? null) : null;
  const mayKeep = keepsList(roleIn(found.state.current.head, peer)) && keepsList(roleIn(tip, peer));
  const delta = mayKeep && asked.list !== null ? deltaFor(store, memory, found.kept, asked.list) : null;
  const pass = memory.list()?.find(peer) ? store.pass(peer) : undefined;
  const isNewer = pass !== undefined && (asked.pass === null || pass.createdAt > asked.pass);
  return { heads, proof, delta, pass: isNewer ? pass.document : null };
}

/** The next change of the list, or all of it for a node that has none. */
function deltaFor(store: RosterStore, memory: Memory, { org, list }: KeptRoster, from: number): RosterDelta | null {
  if (list === null || from >= list) return null;
  const next = store.change(from + 1);
  if (from > 0 && next?.from === from && next.add.length <= MAX_ADDED_SENT) return next;
  const members = memory.list();
  if (members === null || members.members.length > MAX_ADDED_SENT) return null;
  return deltaBetween({ org, from: 0, to: list }, memberList([]), members);
}

const listed = ({ node, document, receivedMs }: ReturnType<RosterStore['requests']>[number]): ListedRequest => {
  const { request, envelope } = openRequest(document);
  const { name, unit, predecessor } = request;
  return {
    node,
    fingerprint: fingerprintOf(node),
    name,
    unit,
    predecessor,
    receivedAt: isoTime(receivedMs),
    document: encodeRequest({ envelope }),
  };
};

function importParcel({ store, signer, now }: RosterNodePorts, memory: Memory, parcel: OrgParcel): OrgTaken {
  const before = tipOf(memory.present().state).head.version;
  const heads = parcel.heads.map(decodeHead);
  // A directory holds heads from before this node has joined.
  const newer = heads
    .filter(({ head }) => head.version > before || memory.known(head.version) !== undefined)
    .sort((a, b) => a.head.version - b.head.version);
  memory.take({ heads: newer.map(({ envelope }) => envelope) });
  takeDeltas(memory, parcel.deltas.map(decodeDelta));
  const passes = parcel.passes.filter((text) => memory.takePass(decodePass(text))).length;
  const role = roleIn(memory.present().state.current.head, signer().id);
  const requests = parcel.requests.map(decodeRequest);
  let stored = 0;
  for (const { request, envelope } of role === 'supervisor' ? requests : []) {
    if (request.org !== memory.present().kept.org || memory.list()?.find(request.node)) continue;
    store.addRequest({ node: request.node, document: envelope, receivedMs: now() });
    stored += 1;
  }
  dropAnswered(store, memory);
  const { kept, state } = memory.present();
  return {
    heads: tipOf(state).head.version - before,
    version: state.current.head.version,
    list: kept.list,
    requests: stored,
    passes,
    isWaiting: state.waiting !== null,
    isForked: state.fork !== null,
  };
}

/**
 * A node that has joined with a later version knows no head from before it, so it takes no change
 * between them: for the folder of the officers it puts the changes together first.
 */
function takeDeltas(memory: Memory, deltas: readonly RosterDelta[]): void {
  for (const delta of deltas) memory.takeDelta(delta);
  const whole = joinDeltas(memory.present().kept.org, deltas);
  if (whole !== null) memory.takeDelta(whole);
}

/** Requests of nodes that are members by now. */
function dropAnswered(store: RosterStore, memory: Memory): void {
  const members = memory.list();
  if (members === null) return;
  store.removeRequests(store.requests().flatMap(({ node }) => (members.find(node) ? [node] : [])));
}

function exportParcel({ store }: RosterNodePorts, memory: Memory, from: number | undefined): OrgParcel {
  const { kept } = memory.present();
  const members = memory.list();
  const own = kept.request === null ? [] : [encodeRequest({ envelope: kept.request })];
  const change = from === undefined ? undefined : store.change(from + 1);
  const whole =
    members && kept.list !== null
      ? [deltaBetween({ org: kept.org, from: 0, to: kept.list }, memberList([]), members)]
      : [];
  return {
    heads: store.headsAfter(0, Number.MAX_SAFE_INTEGER).map((envelope) => encodeHead({ envelope })),
    deltas: (change ? [change] : whole).map(encodeDelta),
    requests: [...own, ...store.requests().map(({ document }) => encodeRequest({ envelope: document }))],
    passes: [],
  };
}
