import { CaroError } from '../domain/errors.ts';
import type { Envelope } from '../domain/identity/signed-envelope.ts';
import {
  type JoinResult,
  MAX_ADDED_SENT,
  MAX_HEADS_SENT,
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
import type { Card, MemberProof, RosterDelta } from '../domain/organisation/roster.ts';
import { isoTime } from '../domain/time/iso-time.ts';
import type { Signer } from '../identity/signed-document.ts';
import type { RosterStore } from '../storage/roster-store.ts';
import { decodeHead, encodeHead, type OpenedHead, openHead, readHead } from './head.ts';
import {
  applyDelta,
  decodeDelta,
  deltaBetween,
  encodeDelta,
  isListOf,
  isMember,
  type MemberList,
  memberList,
  proofOf,
} from './members.ts';
import { decodeRequest, encodeRequest, openRequest, signRequest } from './statements.ts';
import { agree, type Consent, type RosterState, startWith, takeOver, tipOf, wideningsIn } from './takeover.ts';
import { fingerprintOf, roleIn, termsOf, wideningText } from './terms.ts';

/** Anybody in the network may send a request, so there is a limit. */
const MAX_REQUESTS = 20_000;

export interface RosterNodePorts {
  readonly store: RosterStore;
  readonly signer: () => Signer;
  readonly card: () => Card;
  readonly now: () => number;
}

/** Documents from a peer or from files: parsed JSON. */
export interface News {
  readonly heads: readonly unknown[];
  readonly proof?: MemberProof | null;
  readonly delta?: RosterDelta | null;
}

/** One node's part in its organization. All of it is synchronous, so that no two changes mix. */
export interface RosterNode {
  /** @throws CaroError `roster_invalid`, `roster_unsigned`, `roster_expired` */
  readonly inspect: (document: string) => Omit<OrgOffer, 'sharingLevel'>;
  /** @throws CaroError as `inspect`; `usage` if the node is a member of another organization */
  readonly join: (join: OrgJoin) => void;
  /** @throws CaroError `not_found` unless this head waits */
  readonly agree: (hash: string) => void;
  readonly status: () => OrgStatus | null;
  /** What to ask a supervisor; null without an organization. */
  readonly question: () => Extract<OrgRequest, { readonly type: 'org-ask' }> | null;
  /** This node's own request, and where to send it; null once it is a member. */
  readonly enrolment: () => {
    readonly request: Envelope;
    readonly supervisors: readonly { readonly id: string; readonly addresses: readonly string[] }[];
  } | null;
  /** @param peer node id, proven by the connection */
  readonly answer: (peer: string, request: OrgRequest, takesRequests: boolean) => OrgReply;
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
      return { type: 'org-ask', body: { org: head.org, version: head.version, list } };
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
    take: (news) => memory.take(news),
    requests: () => store.requests().map(listed),
    importParcel: (parcel) => importParcel(ports, memory, parcel),
    exportParcel: (from) => exportParcel(ports, memory, from),
  };
}

const keepsList = (role: OrgRole): boolean => role !== 'member';
const joined = (result: JoinResult): OrgReply => ({ type: 'org-joined', body: { result } });

interface Found {
  readonly kept: KeptRoster;
  readonly state: RosterState;
}

type Memory = ReturnType<typeof openMemory>;

function knownHeads(store: RosterStore) {
  const known = (version: number): OpenedHead | undefined => {
    const document = store.head(version);
    return document && readHead(document);
  };
  const read = (version: number): OpenedHead => {
    const head = known(version);
    if (head === undefined) throw new CaroError('not_found', `expected version ${version} of the roster`);
    return head;
  };
  return { known, read };
}

/** The state in the database, and the tree over the list, which is made once for each version. */
function openMemory({ store, signer, now }: RosterNodePorts) {
  let tree: { readonly version: number; readonly list: MemberList } | undefined;
  const { known, read } = knownHeads(store);
  const state = (): Found | null => {
    const kept = store.kept();
    if (kept === null) return null;
    const waiting = kept.waiting === null ? null : read(kept.waiting);
    return {
      kept,
      state: { current: read(kept.current), waiting, consent: kept.consent as Consent, fork: kept.fork },
    };
  };
  const present = (): Found => {
    const found = state();
    if (found) return found;
    throw new CaroError('not_found', 'expected a node that has joined an organization; run: caro org join FILE');
  };
  const list = (): MemberList | null => {
    const version = store.kept()?.list ?? null;
    if (version === null) return null;
    if (tree?.version !== version) tree = { version, list: memberList(store.members()) };
    return tree.list;
  };
  const keep = (kept: KeptRoster, next: RosterState, change: Parameters<RosterStore['keep']>[1], more = {}): void => {
    const { current, waiting, consent, fork } = next;
    const versions = { current: current.head.version, waiting: waiting?.head.version ?? null };
    store.keep({ ...kept, ...versions, consent, fork, ...more }, change);
  };
  const take = ({ heads, proof = null, delta = null }: News): boolean => {
    const { kept, state: before } = present();
    const { state: next, taken } = takeOver(before, known, heads, now());
    const added = taken.map(({ head, envelope }) => ({ version: head.version, document: envelope }));
    const isOwn = proof !== null && proof.member.id === signer().id;
    const holds = isOwn && isMember(proof, next.current.head) ? proof : null;
    const isProven = holds !== null && JSON.stringify(holds) !== JSON.stringify(kept.proof);
    const mine = holds === null ? {} : { proof: holds, request: null };
    const isChanged = taken.length > 0 || next.fork !== before.fork || isProven;
    if (isChanged) keep(kept, next, { heads: added }, mine);
    return (delta !== null && takeDelta(delta)) || isChanged;
  };
  /** Only a list with the root of its head is taken. */
  const takeDelta = (delta: RosterDelta): boolean => {
    const { kept, state: at } = present();
    const head = known(delta.to)?.head;
    if (delta.org !== kept.org || head === undefined || delta.to <= (kept.list ?? 0)) return false;
    const before = delta.from === 0 ? memberList([]) : list();
    if (before === null || (delta.from !== 0 && delta.from !== kept.list)) return false;
    const next = applyDelta(before, delta);
    if (!isListOf(next, head))
      throw new CaroError('roster_invalid', `expected the members that version ${delta.to} of the roster names`);
    const change = delta.from === 0 && kept.list !== null ? changeFrom(kept.list, list(), next, delta) : delta;
    keep(kept, at, { list: { members: next.members, delta: change } }, { list: delta.to });
    return true;
  };
  return { known, state, present, list, keep, take, takeDelta };
}

/** What a whole list changes for a node that has one. */
const changeFrom = (from: number, before: MemberList | null, next: MemberList, delta: RosterDelta): RosterDelta =>
  deltaBetween({ ...delta, from }, before ?? memberList([]), next);

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
      ...{ org, joinedMs: now(), current: version, waiting: null, consent: state.consent, fork: null },
      ...{ proof: null, list: null, request: isMemberRole ? request : null },
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

function statusOf({ store, signer, now }: RosterNodePorts, memory: Memory): OrgStatus | null {
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
  asked: { readonly org: string; readonly version: number; readonly list: number | null },
): { readonly heads: readonly Envelope[]; readonly proof: MemberProof | null; readonly delta: RosterDelta | null } {
  const found = memory.state();
  if (!found || found.kept.org !== asked.org) return { heads: [], proof: null, delta: null };
  const tip = tipOf(found.state).head;
  const heads = store.headsAfter(asked.version, MAX_HEADS_SENT);
  const members = found.kept.list === tip.version ? memory.list() : null;
  const reachesTip = asked.version + heads.length >= tip.version;
  const proof = members && reachesTip ? (proofOf(members, peer) ?? null) : null;
  const mayKeep = keepsList(roleIn(found.state.current.head, peer)) && keepsList(roleIn(tip, peer));
  const delta = mayKeep && asked.list !== null ? deltaFor(store, memory, found.kept, asked.list) : null;
  return { heads, proof, delta };
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
    ...{ node, fingerprint: fingerprintOf(node), name, unit, predecessor, receivedAt: isoTime(receivedMs) },
    document: encodeRequest({ envelope }),
  };
};

function importParcel({ store, signer, now }: RosterNodePorts, memory: Memory, parcel: OrgParcel): OrgTaken {
  const before = tipOf(memory.present().state).head.version;
  const heads = parcel.heads.map((text) => JSON.parse(text) as unknown).map(openHead);
  // A directory holds heads from before this node has joined.
  const newer = heads
    .filter(({ head }) => head.version > before || memory.known(head.version) !== undefined)
    .sort((a, b) => a.head.version - b.head.version);
  memory.take({ heads: newer.map(({ envelope }) => envelope) });
  for (const text of parcel.deltas) memory.takeDelta(decodeDelta(text));
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
    ...{ version: state.current.head.version, list: kept.list, requests: stored },
    ...{ isWaiting: state.waiting !== null, isForked: state.fork !== null },
  };
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
  };
}
