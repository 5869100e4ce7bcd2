import { CaroError } from '../domain/errors.ts';
import type { KeyState } from '../domain/identity/key-state.ts';
import { MAX_KEYS, MAX_REVOKED, type RotationStatement } from '../domain/identity/key-statement.ts';
import type { DualEnvelope, Envelope } from '../domain/identity/signed-envelope.ts';
import type { Asker } from '../domain/policy/policy.ts';
import { isoTime } from '../domain/time/iso-time.ts';
import { openRevocation, openRotation } from '../identity/key-statement.ts';
import { GRACE_MS } from './grace.ts';

/** Clocks differ: a statement may begin this much later than now. */
const TOLERANCE_MS = 5 * 60_000;
/** Further endorsements by the same key change nothing: two suspend it already. */
const MAX_PER_KEY = 4;
/** So many steps of one family of keys, so that no peer can fill the book of all. */
const MAX_PER_FAMILY = 32;

export interface AcceptedRotation {
  /** Node ids. */
  readonly old: string;
  readonly new: string;
  /**
   * By our own clock, which a thief cannot set: the grace counts from here, not from what the
   * statement says.
   */
  readonly firstSeenMs: number;
  /** The owner of this node has said that the new key is right. */
  readonly confirmed: boolean;
  /** The new key has been seen at work since trust moved to it. */
  readonly shown: boolean;
  /** The move of trust stands in the audit log. */
  readonly recorded: boolean;
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
export interface KeyStatus {
  readonly state: KeyState;
  /** Earlier ids of the node, youngest first: a denial of any of them covers this one at once. */
  readonly formerIds: readonly string[];
  /** The oldest id whose trust has moved to this one. */
  readonly trustedAs?: string;
}

export interface Observation {
  readonly book: KeyBook;
  /**
   * `conflict`: the old key had endorsed another one before; `late`: nobody may begin to believe it
   * any more; `full`: there is no room for it.
   */
  readonly outcome: 'new' | 'known' | 'conflict' | 'late' | 'full';
}

/**
 * Takes note of a rotation that came with a hello or a message.
 * @throws CaroError `rotation_invalid`: signatures, a time that has not come, or a key that already
 *   belongs to another lineage
 */
export function observeRotation(book: KeyBook, envelope: DualEnvelope, nowMs: number): Observation {
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
  const rivals = heirs(book, statement.old).length;
  if (!hasRoom(book, statement, rivals)) return { book, outcome: 'full' };
  const known = { firstSeenMs: nowMs, confirmed: false, shown: false, recorded: false };
  const entry = { old: statement.old, new: statement.new, ...known, statement: envelope };
  return { book: { ...book, rotations: [...book.rotations, entry] }, outcome: rivals === 0 ? 'new' : 'conflict' };
}

/**
 * A rival always has, or a thief could fill the book first and his own heir would never be
 * contested.
 */
function hasRoom(book: KeyBook, { old, new: successor }: RotationStatement, rivals: number): boolean {
  if (rivals > 0) return rivals < MAX_PER_KEY;
  const ofFamily = successorsOf(book, rootOf(book, old)).length + successorsOf(book, successor).length;
  return book.rotations.length < MAX_KEYS && ofFamily < MAX_PER_FAMILY;
}

/**
 * The owner of this node says that `newId` is right, and with it every step that led there: it is
 * trusted at once, and rivals stay shut out.
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

/** What the owner says anew goes on record anew. */
const decidedAs = (rotation: AcceptedRotation, confirmed: boolean): AcceptedRotation => ({
  ...rotation,
  confirmed,
  recorded: rotation.recorded && rotation.confirmed === confirmed,
});

/**
 * Takes note that a key has connected. From then on the one before it is over, if trust has moved.
 */
export function noteShown(book: KeyBook, id: string): KeyBook {
  const isNews = (rotation: AcceptedRotation): boolean => rotation.new === id && !rotation.shown;
  if (!book.rotations.some(isNews)) return book;
  return { ...book, rotations: book.rotations.map((one) => (isNews(one) ? { ...one, shown: true } : one)) };
}

/**
 * Takes note of a revocation. It covers successors, since whoever has the key could have endorsed
 * them, but for those that the owner of this node has confirmed.
 * @param sender who tells of it: of keys that the book does not know only its own is noted, so that
 *   nobody fills it with keys of nobody
 * @throws CaroError `rotation_invalid`
 */
export function observeRevocation(book: KeyBook, envelope: Envelope, sender: string): KeyBook {
  const { key } = openRevocation(envelope);
  const isStep = book.rotations.some((rotation) => rotation.old === key || rotation.new === key);
  const isNoted = isStep || (key === sender && book.revoked.length < MAX_REVOKED);
  return book.revoked.includes(key) || !isNoted ? book : { ...book, revoked: [...book.revoked, key] };
}

/**
 * Whether a book could have come about by itself: each step signed by both of its keys, no key
 * twice a successor, no circle.
 */
export function isSound({ rotations }: KeyBook): boolean {
  const book = (count: number): KeyBook => ({ rotations: rotations.slice(0, count), revoked: [] });
  return rotations.every((step, index) => {
    const { old, new: successor } = openRotation(step.statement);
    const isTaken = rotations.slice(0, index).some((earlier) => earlier.new === successor);
    return old === step.old && successor === step.new && !isTaken && !lineage(book(index), old).includes(successor);
  });
}

/** How a key stands at `nowMs`. A key that the book does not know is `current` with no past. */
export function keyStatusOf(book: KeyBook, id: string, nowMs: number, graceMs = GRACE_MS): KeyStatus {
  const formerIds = lineage(book, id);
  const path = pathTo(book, id);
  if (isRevoked(book, id, path)) return { state: 'revoked', formerIds };
  if (isContested(book, id, path)) return { state: 'suspended', formerIds };
  const isOver = ({ firstSeenMs }: AcceptedRotation): boolean => nowMs >= firstSeenMs + graceMs;
  if (!path.every((step) => step.confirmed || isOver(step))) return { state: 'pending', formerIds };
  const own = heirs(book, id);
  // Who says that a successor is right has not said that the key before it is bad: it serves until
  // the new one does.
  const isReplaced = own.some((heir) => isOver(heir) || (heir.confirmed && (heir.shown || own.length > 1)));
  if (isReplaced) return { state: 'retired', formerIds };
  const trustedAs = formerIds.at(-1);
  return { state: 'current', formerIds, ...(trustedAs === undefined ? {} : { trustedAs }) };
}

/** Whether `later` now stands for `id`: it is that key, or trust has moved from that one to it. */
export function hasSucceeded(book: KeyBook, id: string, later: string, nowMs: number, graceMs = GRACE_MS): boolean {
  if (id === later) return true;
  const { state, formerIds } = keyStatusOf(book, later, nowMs, graceMs);
  return state === 'current' && formerIds.includes(id);
}

/** How a question about a key is put to the policy. */
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
    ...(state === 'current' ? {} : { keyState: state }),
    ...(trustedAs === undefined ? {} : { trustedAs }),
  };
}

/** Every key that descends from `id`, whoever may be right: what a denial of it covers. */
export function successorsOf(book: KeyBook, id: string): readonly string[] {
  return heirs(book, id).flatMap((heir) => [heir.new, ...successorsOf(book, heir.new)]);
}

/** The steps that led to `id`, youngest first. `observeRotation` lets no circle in. */
function pathTo(book: KeyBook, id: string): readonly AcceptedRotation[] {
  const step = book.rotations.find((rotation) => rotation.new === id);
  return step ? [step, ...pathTo(book, step.old)] : [];
}

/** The first key of the node that has `id`, as far as it is known. */
export const rootOf = (book: KeyBook, id: string): string => lineage(book, id).at(-1) ?? id;

/** Ids before `id`, youngest first. */
const lineage = (book: KeyBook, id: string): readonly string[] => pathTo(book, id).map(({ old }) => old);

const heirs = (book: KeyBook, id: string): readonly AcceptedRotation[] =>
  book.rotations.filter((rotation) => rotation.old === id);

/**
 * Walks back to the first step that the owner confirmed; what was revoked before it does not count
 * any more.
 */
function isRevoked(book: KeyBook, id: string, path: readonly AcceptedRotation[]): boolean {
  if (book.revoked.includes(id)) return true;
  const open = path.findIndex(({ confirmed }) => confirmed);
  const steps = open === -1 ? path : path.slice(0, open);
  return steps.some(({ old }) => book.revoked.includes(old));
}

/** The key endorsed two, or descends from a step that has an unsettled rival. */
function isContested(book: KeyBook, id: string, path: readonly AcceptedRotation[]): boolean {
  const own = heirs(book, id);
  if (own.length > 1 && !own.some(({ confirmed }) => confirmed)) return true;
  return path.some((step) => !step.confirmed && heirs(book, step.old).length > 1);
}
