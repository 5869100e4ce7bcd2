import { CaroError } from '../domain/errors.ts';
import type { DualEnvelope } from '../domain/identity/signed-envelope.ts';
import { openRotation } from '../identity/key-statement.ts';
import { type KeyBook, observeRotation, rootOf } from './key-book.ts';
import type { IsNamed } from './key-book-room.ts';

/** A rotation that was not known before. */
export interface KeyNews {
  readonly outcome: 'new' | 'conflict';
  /** Node ids. */
  readonly from: string;
  readonly to: string;
}

export interface RotationIntake {
  readonly book: KeyBook;
  readonly news: readonly KeyNews[];
  /** Whether some statements were not stored: the book is full, in all or for this node. */
  readonly isFull: boolean;
}

/**
 * Adds what the node with the key `sender` says about its own keys, oldest first, as far as there
 * is room.
 *
 * @throws CaroError `rotation_invalid`, also for a step that leads neither to that key nor away
 *   from it: with such steps a peer could fill the book
 */
export function takeRotations(
  book: KeyBook,
  statements: readonly DualEnvelope[],
  sender: string,
  nowMs: number,
  isNamed?: IsNamed,
): RotationIntake {
  const news: KeyNews[] = [];
  let next = book;
  let isFull = false;
  for (const statement of statements) {
    const { book: observed, outcome } = observeRotation(next, statement, nowMs, isNamed);
    next = observed;
    isFull = outcome === 'full';
    if (isFull) break;
    if (outcome !== 'new' && outcome !== 'conflict') continue;
    const { old: from, new: to } = openRotation(statement);
    news.push({ outcome, from, to });
  }
  const root = rootOf(next, sender);
  if (news.some(({ from }) => rootOf(next, from) !== root))
    throw new CaroError('rotation_invalid', 'expected rotations that lead to the key of the sender or away from it');
  return { book: next, news, isFull };
}
