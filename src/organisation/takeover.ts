/*
 * The rules by which a node takes a new head over (docs/protocol.md §11.4). They are those of TUF
 * for its root role: a chain of versions, both thresholds, expiry. What the owner has consented to
 * can be narrowed by the officers, and widened only by the owner.
 */

import { CaroError } from '../domain/errors.ts';
import type { Envelope } from '../domain/identity/signed-envelope.ts';
import type { RosterTrustee } from '../domain/organisation/roster.ts';
import { hasQuorum, type OpenedHead, openHead, unsigned } from './head.ts';
import { openEndorsement } from './statements.ts';

/** What the owner of a node has agreed to. It only gets narrower without them. */
export interface Consent {
  readonly level: 1 | 2;
  readonly floor: number;
  readonly threshold: number;
  readonly layouts: readonly string[];
  /** Trustees that the owner has agreed to, and those that these have endorsed. */
  readonly trustees: readonly AgreedTrustee[];
}

/** With another sealing key, somebody else could read what is sealed to the trustee. */
export interface AgreedTrustee {
  /** Node id. */
  readonly id: string;
  readonly sealingKey: string;
}

/** What a node knows of its organization. */
export interface RosterState {
  /** The head in force. */
  readonly current: OpenedHead;
  readonly consent: Consent;
  /** The newest head of the chain, where it asks for more than the owner has agreed to. */
  readonly waiting: OpenedHead | null;
  /** A second head of a known version, as evidence. With it the organization grants nothing. */
  readonly fork: Envelope | null;
}

export type Widening =
  | { readonly what: 'level'; readonly from: 1 | 2; readonly to: 1 | 2 }
  | { readonly what: 'floor' | 'threshold'; readonly from: number; readonly to: number }
  | { readonly what: 'layout' | 'trustee'; readonly value: string };

/** Heads that the node has taken over before. */
export type KnownHead = (version: number) => OpenedHead | undefined;

export const consentTo = ({ head }: OpenedHead): Consent => ({
  level: head.level,
  floor: head.floor,
  threshold: head.threshold,
  layouts: head.layouts,
  trustees: head.trustees.map(agreedOf),
});

/**
 * The state of a node whose owner joins with this head.
 * @throws CaroError `roster_expired`
 */
export function startWith(opened: OpenedHead, nowMs: number): RosterState {
  checkExpiry(opened, nowMs);
  return { current: opened, consent: consentTo(opened), waiting: null, fork: null };
}

/** What a head asks for beyond the consent; empty where nothing waits for the owner. */
export function wideningsIn({ head }: OpenedHead, consent: Consent): readonly Widening[] {
  const { level, floor, threshold, layouts, trustees } = head;
  return [
    ...(level < consent.level ? [{ what: 'level', from: consent.level, to: level } as const] : []),
    ...(floor < consent.floor ? [{ what: 'floor', from: consent.floor, to: floor } as const] : []),
    ...(threshold < consent.threshold ? [{ what: 'threshold', from: consent.threshold, to: threshold } as const] : []),
    ...layouts.filter((one) => !consent.layouts.includes(one)).map((value) => ({ what: 'layout', value }) as const),
    ...trustees
      .filter((trustee) => !isAgreed(consent, trustee))
      .map(({ id }) => ({ what: 'trustee', value: id }) as const),
  ];
}

const agreedOf = ({ id, card }: RosterTrustee): AgreedTrustee => ({ id, sealingKey: card.sealingKey });

const isAgreed = ({ trustees }: Consent, { id, card }: RosterTrustee): boolean =>
  trustees.some((agreed) => agreed.id === id && agreed.sealingKey === card.sealingKey);

/** The newest head that the node knows, whether it is in force or waits. */
export const tipOf = ({ current, waiting }: Pick<RosterState, 'current' | 'waiting'>): OpenedHead => waiting ?? current;

/**
 * Takes heads over, oldest first. Heads that are known already change nothing. Only the last one
 * has to be valid at `nowMs`: a node that was away follows the chain through expired ones.
 *
 * @param documents parsed JSON from outside
 * @throws CaroError `roster_invalid`, `roster_unsigned`, `roster_other_org`, `roster_gap`,
 *   `roster_rollback`, `roster_expired`. A fork is not thrown: it is part of the state.
 */
export function takeOver(
  state: RosterState,
  known: KnownHead,
  documents: readonly unknown[],
  nowMs: number,
): { readonly state: RosterState; readonly taken: readonly OpenedHead[] } {
  const taken = new Map<number, OpenedHead>();
  const at: KnownHead = (version) => taken.get(version) ?? known(version);
  let next = state;
  for (const document of documents) {
    if (next.fork !== null) break;
    const opened = openHead(document);
    const before = tipOf(next);
    next = follow(next, at, opened);
    if (tipOf(next) !== before) taken.set(opened.head.version, opened);
  }
  if (taken.size > 0 && next.fork === null) checkExpiry(tipOf(next), nowMs);
  return { state: next, taken: [...taken.values()] };
}

/** One step of `takeOver`, without expiry. */
function follow(state: RosterState, known: KnownHead, opened: OpenedHead): RosterState {
  const tip = tipOf(state);
  const { head, envelope } = opened;
  if (head.org !== tip.head.org)
    throw new CaroError('roster_other_org', `expected a roster of ${tip.head.org}, got one of ${head.org}`);
  if (head.version <= tip.head.version) return compare(state, known, opened);
  if (head.version > tip.head.version + 1)
    throw new CaroError('roster_gap', `expected version ${tip.head.version + 1} of the roster, got ${head.version}`);
  if (!hasQuorum(envelope, tip.head)) throw unsigned(head);
  // The officers have signed a successor of a head that this node does not know.
  if (head.previous !== tip.hash) return { ...state, fork: envelope };
  const consent = withEndorsed(state.consent, tip, opened);
  if (wideningsIn(opened, consent).length > 0) return { ...state, consent, waiting: opened };
  return { current: opened, consent: narrowed(consent, opened), waiting: null, fork: null };
}

/** Compares a head with the known one of its version. */
function compare(state: RosterState, known: KnownHead, opened: OpenedHead): RosterState {
  const { head, hash, envelope } = opened;
  const tip = tipOf(state);
  const same = head.version === tip.head.version ? tip : known(head.version);
  if (same === undefined)
    throw new CaroError(
      'roster_rollback',
      `expected version ${tip.head.version} of the roster or a newer one, got ${head.version}`,
    );
  if (same.hash === hash) return state;
  // Only those who could have signed the version can fork it.
  const signers = (known(head.version - 1) ?? same).head;
  if (!hasQuorum(envelope, signers)) throw unsigned(head);
  return { ...state, fork: envelope };
}

/** Adds trustees that one of the head before, to which the owner has agreed, has endorsed. */
function withEndorsed(consent: Consent, before: OpenedHead, { head }: OpenedHead): Consent {
  const serving = before.head.trustees.filter((trustee) => isAgreed(consent, trustee)).map(({ id }) => id);
  const endorsed = head.trustees.filter((candidate) => {
    if (candidate.endorsement === null || isAgreed(consent, candidate)) return false;
    const { org, previous, by, trustee, sealingKey } = openEndorsement(candidate.endorsement);
    const isFor = trustee === candidate.id && sealingKey === candidate.card.sealingKey;
    return isFor && org === head.org && previous === before.hash && serving.includes(by);
  });
  return endorsed.length === 0 ? consent : withTrustees(consent, endorsed.map(agreedOf));
}

/** What was narrowed stays so. Trustees that were agreed to may come back. */
const narrowed = (consent: Consent, opened: OpenedHead): Consent => ({
  ...consentTo(opened),
  trustees: consent.trustees,
});

/** The owner agrees to the head that waits. @throws CaroError `not_found` where none does */
export function agree(state: RosterState): RosterState {
  const { waiting, consent } = state;
  if (waiting === null) throw new CaroError('not_found', 'expected a roster that waits for its owner, there is none');
  const next = withTrustees({ ...consentTo(waiting), trustees: consent.trustees }, waiting.head.trustees.map(agreedOf));
  return { ...state, current: waiting, consent: next, waiting: null };
}

function withTrustees(consent: Consent, trustees: readonly AgreedTrustee[]): Consent {
  const all = [...consent.trustees, ...trustees];
  const isFirst = ({ id, sealingKey }: AgreedTrustee, at: number): boolean =>
    all.findIndex((other) => other.id === id && other.sealingKey === sealingKey) === at;
  return { ...consent, trustees: all.filter(isFirst) };
}

function checkExpiry({ head }: OpenedHead, nowMs: number): void {
  if (Date.parse(head.expires) <= nowMs)
    throw new CaroError(
      'roster_expired',
      `expected a roster that is valid, got version ${head.version}, which expired at ${head.expires}`,
    );
}
