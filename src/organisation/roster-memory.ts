import { CaroError } from '../domain/errors.ts';
import type { KeptRoster } from '../domain/organisation/membership.ts';
import type { Card, MemberProof, RosterDelta } from '../domain/organisation/roster.ts';
import type { Signer } from '../identity/signed-document.ts';
import type { RosterStore } from '../storage/mesh/roster-store.ts';
import { type OpenedHead, readHead } from './head.ts';
import { applyDelta, deltaBetween, isListOf, isMember, type MemberList, memberList } from './members.ts';
import { openPass } from './relay-pass.ts';
import { type Consent, type RosterState, takeOver } from './takeover.ts';
import { roleIn } from './terms.ts';

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
  readonly pass?: unknown;
}

interface Found {
  readonly kept: KeptRoster;
  readonly state: RosterState;
}

export type Memory = ReturnType<typeof openMemory>;

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

/** What the database says of the organization that this node has joined. */
function knownState(store: RosterStore, read: (version: number) => OpenedHead) {
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
  return { state, present };
}

/** The state in the database, and the tree over the list, which is made once for each version. */
export function openMemory({ store, signer, now }: RosterNodePorts) {
  let tree: { readonly version: number; readonly list: MemberList } | undefined;
  const { known, read } = knownHeads(store);
  const { state, present } = knownState(store, read);
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
  const take = ({ heads, proof = null, delta = null, pass = null }: News): boolean => {
    const { kept, state: before } = present();
    const { state: next, taken } = takeOver(before, known, heads, now());
    const added = taken.map(({ head, envelope }) => ({ version: head.version, document: envelope }));
    const isOwn = proof !== null && proof.member.id === signer().id;
    const holds = isOwn && isMember(proof, next.current.head) ? proof : null;
    const isProven = holds !== null && JSON.stringify(holds) !== JSON.stringify(kept.proof);
    const mine = holds === null ? {} : { proof: holds, request: null };
    const isChanged = taken.length > 0 || next.fork !== before.fork || isProven;
    if (isChanged) keep(kept, next, { heads: added }, mine);
    const hasList = delta !== null && takeDelta(delta);
    return (pass !== null && takePass(pass)) || hasList || isChanged;
  };
  /** The own pass, and on a node that keeps the list those of all members. */
  const takePass = (document: unknown): boolean => {
    const { head } = present().state.current;
    const { pass, envelope } = openPass(document, head);
    if (pass.node !== signer().id && !list()?.find(pass.node)) return false;
    return store.addPass(pass.node, { createdAt: pass.createdAt, document: envelope });
  };
  /** Only a list with the root of its head is taken, and only where it belongs. */
  const takeDelta = (delta: RosterDelta): boolean => {
    const { kept, state: at } = present();
    if (roleIn(at.current.head, signer().id) === 'member') return false;
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
  return { known, state, present, list, keep, take, takeDelta, takePass };
}

/** What a whole list changes for a node that has one. */
const changeFrom = (from: number, before: MemberList | null, next: MemberList, delta: RosterDelta): RosterDelta =>
  deltaBetween({ ...delta, from }, before ?? memberList([]), next);
