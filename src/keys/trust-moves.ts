import type { KeyChange, KeyState } from '../domain/identity/key-state.ts';
import { parseNodeId } from '../domain/identity/node-id.ts';
import { isoTime } from '../domain/time/iso-time.ts';
import { fingerprint } from '../identity/fingerprint.ts';
import { GRACE_MS } from './grace.ts';
import { type AcceptedRotation, type KeyBook, keyStatusOf } from './key-book.ts';

/** A move of trust from one key to the next. */
export interface KeyMove {
  readonly old: string;
  readonly new: string;
  readonly by: 'grace' | 'owner';
}

/** Every known rotation, oldest first. */
export function keyChanges(book: KeyBook, nowMs: number, graceMs = GRACE_MS): readonly KeyChange[] {
  return book.rotations.map((rotation) => {
    const { state } = keyStatusOf(book, rotation.new, nowMs, graceMs);
    const movesMs = rotation.firstSeenMs + graceMs;
    return {
      old: rotation.old,
      new: rotation.new,
      oldFingerprint: fingerprintOf(rotation.old),
      newFingerprint: fingerprintOf(rotation.new),
      state,
      since: isoTime(rotation.firstSeenMs),
      movesAt: state === 'pending' ? isoTime(movesMs) : null,
      confirmed: rotation.confirmed,
    };
  });
}

/** When the next grace period ends, in ms since the epoch; null if no key is in one. */
export function nextMoveMs(book: KeyBook, nowMs: number, graceMs = GRACE_MS): number | null {
  const ends = book.rotations.map(({ firstSeenMs }) => firstSeenMs + graceMs).filter((end) => end > nowMs);
  return ends.length === 0 ? null : Math.min(...ends);
}

/** Moves of trust that have happened and are not in the audit log yet. */
export const openMoves = (book: KeyBook, nowMs: number, graceMs = GRACE_MS): readonly KeyMove[] =>
  book.rotations
    .filter((one) => !one.recorded && hasCome(keyStatusOf(book, one.new, nowMs, graceMs).state))
    .map((one) => ({ old: one.old, new: one.new, by: one.confirmed ? 'owner' : 'grace' }));

export function markRecorded(book: KeyBook, moves: readonly KeyMove[]): KeyBook {
  const isRecorded = (one: AcceptedRotation): boolean =>
    one.recorded || moves.some((move) => move.old === one.old && move.new === one.new);
  return { ...book, rotations: book.rotations.map((one) => ({ ...one, recorded: isRecorded(one) })) };
}

/**
 * The first id of the node that has, or had, the key `id`, as far as trust has moved. Records about
 * a node, such as the summaries sent to it, use this id.
 */
export function accountOf(book: KeyBook, id: string, nowMs: number, graceMs = GRACE_MS): string {
  const { state, formerIds } = keyStatusOf(book, id, nowMs, graceMs);
  return hasCome(state) ? (formerIds.at(-1) ?? id) : id;
}

const hasCome = (state: KeyState): boolean => state === 'current' || state === 'retired';

function fingerprintOf(id: string): string {
  const key = parseNodeId(id);
  return key ? fingerprint(key) : '';
}
