import { CaroError } from '../domain/errors.ts';
import type { DualEnvelope } from '../domain/mesh-message.ts';
import type { Envelope } from '../domain/summary.ts';
import { openRevocation, openRotation } from './key-statement.ts';

/** How long the receiving owner has to object before trust moves to the new key (design.md §6). */
export const GRACE_MS = 24 * 3_600_000;
/** Clocks differ: a statement may begin this much later than now. */
const TOLERANCE_MS = 5 * 60_000;
/** Further endorsements by the same key change nothing: two suspend it already. */
const MOST_PER_KEY = 4;

export interface AcceptedRotation {
  /** Node ids. */
  readonly old: string;
  readonly new: string;
  /** By our own clock, which a thief cannot set: the grace counts from here, not from what the statement says. */
  readonly firstSeenMs: number;
  /** The owner of this node has said that the new key is right. */
  readonly confirmed: boolean;
  readonly statement: DualEnvelope;
}

/** What this node knows about the keys of others. Immutable; the caller stores it. */
export interface KeyBook {
  readonly rotations: readonly AcceptedRotation[];
  /** Ids whose own owners revoked them. */
  readonly revoked: readonly string[];
}

export const EMPTY_KEY_BOOK: KeyBook = { rotations: [], revoked: [] };

/** In the form in which the policy asks for it. */
export interface KeyStanding {
  /**
   * `current`: as good as the trust in it or in `trustedAs`; `pending`: a successor in its grace; `retired`: a successor has taken
   * over; `suspended`: its lineage has two heirs; `revoked`: by its own owner.
   */
  readonly state: 'current' | 'pending' | 'retired' | 'suspended' | 'revoked';
  /** Earlier ids of the node, youngest first: a denial of any of them covers this one at once. */
  readonly formerIds: readonly string[];
  /** The oldest id whose trust has moved to this one. */
  readonly trustedAs?: string;
  /** Whether nobody may connect with it: retired, suspended or revoked. */
  readonly suspended: boolean;
}

export interface Observation {
  readonly book: KeyBook;
  /** `conflict`: the old key had endorsed another one before. */
  readonly outcome: 'new' | 'known' | 'conflict';
}

/**
 * Takes note of a rotation that came with a hello or a message.
 * @throws CaroError `rotation_invalid`: signatures, time, or a key that already belongs to another lineage
 */
export function observeRotation(book: KeyBook, envelope: DualEnvelope, nowMs: number): Observation {
  const statement = openRotation(envelope);
  if (book.rotations.some((known) => known.old === statement.old && known.new === statement.new)) {
    return { book, outcome: 'known' };
  }
  if (Date.parse(statement.from) > nowMs + TOLERANCE_MS || Date.parse(statement.until) <= nowMs) {
    throw new CaroError(
      'rotation_invalid',
      `expected a rotation that counts at ${new Date(nowMs).toISOString()}, got one for ${statement.from} to ${statement.until}`,
    );
  }
  if (
    book.rotations.some((known) => known.new === statement.new) ||
    lineage(book, statement.old).includes(statement.new)
  ) {
    throw new CaroError('rotation_invalid', 'expected a key that no other lineage holds');
  }
  const rivals = book.rotations.filter((known) => known.old === statement.old).length;
  const entry = { old: statement.old, new: statement.new, firstSeenMs: nowMs, confirmed: false, statement: envelope };
  const rotations = rivals < MOST_PER_KEY ? [...book.rotations, entry] : book.rotations;
  return { book: { ...book, rotations }, outcome: rivals === 0 ? 'new' : 'conflict' };
}

/**
 * The owner of this node says that `newId` is right: trust moves at once, and rivals stay shut out.
 * @throws CaroError `not_found`
 */
export function confirmRotation(book: KeyBook, newId: string): KeyBook {
  const chosen = book.rotations.find((rotation) => rotation.new === newId);
  if (!chosen) throw new CaroError('not_found', 'expected the id of a key that another one has endorsed');
  const rotations = book.rotations.map((rotation) =>
    rotation.old === chosen.old ? { ...rotation, confirmed: rotation === chosen } : rotation,
  );
  return { ...book, rotations };
}

/**
 * Takes note of a revocation. It covers successors, since whoever has the key could have endorsed them, but for those that the owner
 * of this node has confirmed.
 * @throws CaroError `rotation_invalid`
 */
export function observeRevocation(book: KeyBook, envelope: Envelope): KeyBook {
  const { key } = openRevocation(envelope);
  return book.revoked.includes(key) ? book : { ...book, revoked: [...book.revoked, key] };
}

/** How a key stands at `nowMs`. A key that the book does not know is `current` with no past. */
export function standingOf(book: KeyBook, id: string, nowMs: number): KeyStanding {
  const formerIds = lineage(book, id);
  const path = [id, ...formerIds].flatMap((key) => book.rotations.find((rotation) => rotation.new === key) ?? []);
  const shut = (state: KeyStanding['state']): KeyStanding => ({ state, formerIds, suspended: true });
  if (isRevoked(book, id, path)) return shut('revoked');
  if (isContested(book, id, path)) return shut('suspended');
  const isSettled = ({ confirmed, firstSeenMs }: AcceptedRotation): boolean =>
    confirmed || nowMs >= firstSeenMs + GRACE_MS;
  if (!path.every(isSettled)) return { state: 'pending', formerIds, suspended: false };
  if (book.rotations.some((rotation) => rotation.old === id && isSettled(rotation))) return shut('retired');
  const trustedAs = formerIds.at(-1);
  return { state: 'current', formerIds, suspended: false, ...(trustedAs === undefined ? {} : { trustedAs }) };
}

/** Whether `later` now stands for `id`: it is that key, or trust has moved from that one to it. */
export function hasSucceeded(book: KeyBook, id: string, later: string, nowMs: number): boolean {
  if (id === later) return true;
  const { state, formerIds } = standingOf(book, later, nowMs);
  return state === 'current' && formerIds.includes(id);
}

/** Ids before `id`, youngest first. `observeRotation` lets no circle in. */
function lineage(book: KeyBook, id: string): readonly string[] {
  const former: string[] = [];
  for (let key: string | undefined = id; key !== undefined; ) {
    const child: string = key;
    key = book.rotations.find((rotation) => rotation.new === child)?.old;
    if (key !== undefined) former.push(key);
  }
  return former;
}

/** Walks back to the first step that the owner confirmed; what was revoked before it does not count any more. */
function isRevoked(book: KeyBook, id: string, path: readonly AcceptedRotation[]): boolean {
  if (book.revoked.includes(id)) return true;
  const open = path.findIndex(({ confirmed }) => confirmed);
  const steps = open === -1 ? path : path.slice(0, open);
  return steps.some(({ old }) => book.revoked.includes(old));
}

/** The key endorsed two, or descends from a step that has an unsettled rival. */
function isContested(book: KeyBook, id: string, path: readonly AcceptedRotation[]): boolean {
  const heirs = (key: string): readonly AcceptedRotation[] => book.rotations.filter(({ old }) => old === key);
  const own = heirs(id);
  if (own.length > 1 && !own.some(({ confirmed }) => confirmed)) return true;
  return path.some((step) => !step.confirmed && heirs(step.old).length > 1);
}
