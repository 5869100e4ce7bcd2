import { CaroError } from '../domain/errors.ts';
import type { KeyState } from '../domain/identity/key-state.ts';
import { MAX_DEMOTED } from '../domain/identity/key-statement.ts';
import type { DualEnvelope, Envelope } from '../domain/identity/signed-envelope.ts';
import type { Asker } from '../domain/policy/policy.ts';
import { isoTime } from '../domain/time/iso-time.ts';
import { openRevocation, openRotation } from '../identity/key-statement.ts';
import { GRACE_MS } from './grace.ts';
import { type IsNamed, roomFor, withRevoked } from './key-book-room.ts';

/** A statement may start this much later than now, because clocks differ. */
const TOLERANCE_MS = 5 * 60_000;

export interface AcceptedRotation {
  /** Node ids. */
  readonly old: string;
  readonly new: string;
  /**
   * By our own clock. The grace period counts from here: a thief could choose the statement's time.
   */
  readonly firstSeenMs: number;
  /** Whether the owner of this node has confirmed the new key. */
  readonly confirmed: boolean;
  /** Whether the new key has connected since trust moved to it. */
  readonly shown: boolean;
  /** Whether the audit log has the move of trust. */
  readonly recorded: boolean;
  readonly statement: DualEnvelope;
}

/** What this node knows about the keys of others. Immutable; the caller stores it. */
export interface KeyBook {
  readonly rotations: readonly AcceptedRotation[];
  /** Node ids that their own owners revoked. */
  readonly revoked: readonly string[];
  /** IP addresses from which a revoked or denied key connected, oldest first. */
  readonly demoted?: readonly string[];
}

export const EMPTY_KEY_BOOK: KeyBook = { rotations: [], revoked: [] };

/** The status of a key, as the policy uses it. */
export interface KeyStatus {
  readonly state: KeyState;
  /** Earlier ids of the node, newest first. A denial of any of them covers this one at once. */
  readonly formerIds: readonly string[];
  /** The oldest id whose trust has moved to this one. */
  readonly trustedAs?: string;
}

export interface Observation {
  readonly book: KeyBook;
  /**
   * `conflict`: the old key endorsed another one before; `late`: expired; `full`: no room for it.
   */
  readonly outcome: 'new' | 'known' | 'conflict' | 'late' | 'full';
}

/**
 * Adds a rotation that came with a hello or a message.
 * @throws CaroError `rotation_invalid`: signatures, a time that has not come, or a key that already
 *   belongs to another lineage
 */
export function observeRotation(
  book: KeyBook,
  envelope: DualEnvelope,
  nowMs: number,
  isNamed: IsNamed = nobody,
): Observation {
  const statement = openRotation(envelope);
  if (book.rotations.some((known) => known.old === statement.old && known.new === statement.new)) {
    return { book, outcome: 'known' };
  }
  if (Date.parse(statement.from) > nowMs + TOLERANCE_MS) {
    throw new CaroError(
      'rotation_invalid',
      `expected a rotation that counts at ${isoTime(nowMs)}, got one from ${statement.from}`,
    );
  }
  if (Date.parse(statement.until) <= nowMs) return { book, outcome: 'late' };
  const isTaken = book.rotations.some((known) => known.new === statement.new);
  if (isTaken || lineage(book, statement.old).includes(statement.new)) {
    throw new CaroError('rotation_invalid', 'expected a key that no other lineage holds');
  }
  const rotations = roomFor(book.rotations, statement, isNamed);
  if (!rotations) return { book, outcome: 'full' };
  const known = { firstSeenMs: nowMs, confirmed: false, shown: false, recorded: false };
  const entry = { old: statement.old, new: statement.new, ...known, statement: envelope };
  const outcome = heirs(book, statement.old).length === 0 ? 'new' : 'conflict';
  return { book: { ...book, rotations: [...rotations, entry] }, outcome };
}

const nobody: IsNamed = () => false;

/**
 * The owner of this node confirms `newId`, and with it every step that led there. It is trusted at
 * once; its rivals are not.
 * @throws CaroError `not_found`
 */
export function confirmRotation(book: KeyBook, newId: string): KeyBook {
  const path = pathTo(book, newId);
  if (path.length === 0) throw new CaroError('not_found', 'expected the id of a key that another one has endorsed');
  const decided = new Set(path.map(({ old }) => old));
  const rotations = book.rotations.map((rotation) =>
    decided.has(rotation.old) ? decidedAs(rotation, path.includes(rotation)) : rotation,
  );
  return { ...book, rotations };
}

/** A changed decision of the owner is recorded again. */
const decidedAs = (rotation: AcceptedRotation, confirmed: boolean): AcceptedRotation => ({
  ...rotation,
  confirmed,
  recorded: rotation.recorded && rotation.confirmed === confirmed,
});

/**
 * Marks a key as having connected. If trust has moved to it, the key before it is retired from then
 * on.
 */
export function noteShown(book: KeyBook, id: string): KeyBook {
  const isNews = (rotation: AcceptedRotation): boolean => rotation.new === id && !rotation.shown;
  if (!book.rotations.some(isNews)) return book;
  return { ...book, rotations: book.rotations.map((one) => (isNews(one) ? { ...one, shown: true } : one)) };
}

/**
 * Adds a revocation. It covers successors, which a thief of the key could have endorsed, except
 * those that the owner of this node has confirmed.
 * @param sender node id of the peer that delivered it
 * @throws CaroError `rotation_invalid`
 */
export function observeRevocation(
  book: KeyBook,
  envelope: Envelope,
  sender: string,
  isNamed: IsNamed = nobody,
): KeyBook {
  const { key } = openRevocation(envelope);
  if (book.revoked.includes(key)) return book;
  const revoked = withRevoked(book, key, sender, isNamed);
  return revoked ? { ...book, revoked } : book;
}

/**
 * Whether a book is consistent: each step is signed by both of its keys, no key is the successor of
 * two keys, and there is no cycle.
 */
export function isSound({ rotations }: KeyBook): boolean {
  const book = (count: number): KeyBook => ({ rotations: rotations.slice(0, count), revoked: [] });
  return rotations.every((step, index) => {
    const { old, new: successor } = openRotation(step.statement);
    const isTaken = rotations.slice(0, index).some((earlier) => earlier.new === successor);
    return old === step.old && successor === step.new && !isTaken && !lineage(book(index), old).includes(successor);
  });
}

/** The status of a key at `nowMs`. An unknown key is `current` and has no former ids. */
export function keyStatusOf(book: KeyBook, id: string, nowMs: number, graceMs = GRACE_MS): KeyStatus {
  const formerIds = lineage(book, id);
  const path = pathTo(book, id);
  if (isRevoked(book, id, path)) return { state: 'revoked', formerIds };
  if (isContested(book, id, path)) return { state: 'suspended', formerIds };
  const isOver = ({ firstSeenMs }: AcceptedRotation): boolean => nowMs >= firstSeenMs + graceMs;
  if (!path.every((step) => step.confirmed || isOver(step))) return { state: 'pending', formerIds };
  const own = heirs(book, id);
  // A confirmed successor does not make the key before it bad: that key serves until the new one
  // connects. A key that was replaced twice serves no more: its successor was in use.
  const hasMoved = (step: AcceptedRotation): boolean => step.confirmed || isOver(step);
  const isInUse = (heir: AcceptedRotation): boolean => heir.shown || heirs(book, heir.new).some(hasMoved);
  const isReplaced = own.some((heir) => isOver(heir) || (heir.confirmed && (own.length > 1 || isInUse(heir))));
  if (isReplaced) return { state: 'retired', formerIds };
  const trustedAs = formerIds.at(-1);
  return { state: 'current', formerIds, ...(trustedAs === undefined ? {} : { trustedAs }) };
}

/** Takes the level of its subnet from an address; the oldest is forgotten if there are too many. */
export function demote(book: KeyBook, address: string): KeyBook {
  const { demoted = [] } = book;
  return demoted.includes(address) ? book : { ...book, demoted: [...demoted, address].slice(-MAX_DEMOTED) };
}

/** Whether `later` is the key `id`, or trust has moved from `id` to it. */
export function hasSucceeded(book: KeyBook, id: string, later: string, nowMs: number, graceMs = GRACE_MS): boolean {
  if (id === later) return true;
  const { state, formerIds } = keyStatusOf(book, later, nowMs, graceMs);
  return state === 'current' && formerIds.includes(id);
}

/** The peer as the policy judges it, with the status of its key. */
export function askerOf<P extends { readonly id: string; readonly address?: string }>(
  book: KeyBook,
  peer: P,
  nowMs: number,
  graceMs = GRACE_MS,
): P & Asker {
  const { state, formerIds, trustedAs } = keyStatusOf(book, peer.id, nowMs, graceMs);
  return {
    ...peer,
    formerIds,
    ...(peer.address !== undefined && book.demoted?.includes(peer.address) ? { hasLostSubnet: true } : {}),
    ...(state === 'current' ? {} : { keyState: state }),
    ...(trustedAs === undefined ? {} : { trustedAs }),
  };
}

/** Every key that descends from `id`, including rivals: what a denial of it covers. */
export function successorsOf(book: KeyBook, id: string): readonly string[] {
  return heirs(book, id).flatMap((heir) => [heir.new, ...successorsOf(book, heir.new)]);
}

/** The steps that led to `id`, newest first. `observeRotation` admits no cycle. */
function pathTo(book: KeyBook, id: string): readonly AcceptedRotation[] {
  const step = book.rotations.find((rotation) => rotation.new === id);
  return step ? [step, ...pathTo(book, step.old)] : [];
}

/** The first known key of the node that has `id`. */
export const rootOf = (book: KeyBook, id: string): string => lineage(book, id).at(-1) ?? id;

/** Ids before `id`, newest first. */
const lineage = (book: KeyBook, id: string): readonly string[] => pathTo(book, id).map(({ old }) => old);

const heirs = (book: KeyBook, id: string): readonly AcceptedRotation[] =>
  book.rotations.filter((rotation) => rotation.old === id);

/**
 * Looks back to the last step that the owner confirmed. Revocations before that step do not count.
 */
function isRevoked(book: KeyBook, id: string, path: readonly AcceptedRotation[]): boolean {
  if (book.revoked.includes(id)) return true;
  const open = path.findIndex(({ confirmed }) => confirmed);
  const steps = open === -1 ? path : path.slice(0, open);
  return steps.some(({ old }) => book.revoked.includes(old));
}

/** Whether the key endorsed two keys, or descends from a step that has an unconfirmed rival. */
function isContested(book: KeyBook, id: string, path: readonly AcceptedRotation[]): boolean {
  const own = heirs(book, id);
  if (own.length > 1 && !own.some(({ confirmed }) => confirmed)) return true;
  return path.some((step) => !step.confirmed && heirs(book, step.old).length > 1);
}
